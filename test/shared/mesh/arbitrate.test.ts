// Arbitration: each kind of rule picks the same winner on both sides, the loser keeps the reason, and without a common rule nobody wins.
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import { ruleHash } from "../../../shared/mesh/agreement.ts";
import { AGREEMENT, type Documents, fact, mirrored, office, plant, reported, sceneOf } from "../../support/meshes.ts";

function dispute(arbitration: Json, more: { readonly ours?: Json[]; readonly theirs?: Json[] } = {}): Documents {
  const about = (id: string, value: Json, changes: Json = {}) =>
    fact(id, { subject: "valve", value, ...(changes as object) });
  return {
    agreement: {
      ...AGREEMENT,
      arbitration,
      divergenceLimit: { num: 2, den: 1 },
      tiers: { plant: { ops: 3 }, office: { clerk: 5, lab: 1 } },
    },
    ours: plant([
      about("ours", "open", { admissibility: 900_000 }),
      ...((more.ours ?? []) as { readonly [key: string]: Json }[]),
    ]),
    theirs: office([
      about("theirs", "shut", { admissibility: 500_000 }),
      ...((more.theirs ?? []) as { readonly [key: string]: Json }[]),
    ]),
  };
}

/** Who wins, and by what each other lost; the same on both sides. */
function ruling(documents: Documents) {
  const [conflict] = reported(documents).conflicts;
  const [other] = reported(mirrored(documents)).conflicts;
  expect(other?.winner).toBe(conflict?.winner);
  expect(other?.lostBy).toEqual(conflict?.lostBy);
  return [conflict?.winner, conflict?.lostBy];
}

describe("arbitration", () => {
  it("follows a declared order of meshes or authorities", () => {
    expect(ruling(dispute({ rule: "priority", order: ["plant", "office"] }))).toEqual(["ours", { theirs: "order" }]);
    expect(ruling(dispute({ rule: "priority", order: ["office/clerk", "ops"] }))).toEqual([
      "theirs",
      { ours: "order" },
    ]);
  });

  it("follows the tiers of authorities, or weights that the rule states", () => {
    expect(ruling(dispute({ rule: "authority" }))).toEqual(["theirs", { ours: "tier" }]);
    expect(ruling(dispute({ rule: "authority", weights: { ops: 9 } }))).toEqual(["ours", { theirs: "tier" }]);
  });

  it("compares admissibility, by itself or composed by weights", () => {
    expect(ruling(dispute({ rule: "admissibility" }))).toEqual(["ours", { theirs: "admissibility" }]);
    const weights = { admissibility: 1, tier: 300_000 };
    expect(ruling(dispute({ rule: "admissibility", weights }))).toEqual(["theirs", { ours: "score" }]);
  });

  it("tries the criteria of a custom rule in turn, and counts as corroboration only who does not echo", () => {
    const echo = fact("echo", { subject: "valve", value: "open", authority: "guard", sources: ["ours"] });
    const rule = { rule: "custom", criteria: ["corroboration", "tier"] };
    expect(ruling(dispute(rule, { ours: [echo] }))).toEqual(["theirs", { echo: "tier", ours: "tier" }]);
    const witness = { ...echo, id: "witness", sources: [] };
    expect(ruling(dispute(rule, { ours: [witness] }))).toEqual(["ours", { theirs: "corroboration", witness: "tier" }]);
  });

  it("asks a custom rule's own expressions first, and one that fails for a fact does not hold for it", () => {
    const custom = (prefer: string, more: object = {}) =>
      ruling(dispute({ rule: "custom", prefer: [prefer], ...more }));
    expect(custom('fact.origin == "plant" && fact.tier > 2')).toEqual([
      "ours",
      { theirs: 'fact.origin == "plant" && fact.tier > 2' },
    ]);
    expect(custom('fact.value == "shut"')).toEqual(["theirs", { ours: 'fact.value == "shut"' }]);
    expect(custom("fact.nothing == 1", { criteria: ["tier"] })).toEqual(["theirs", { ours: "tier" }]);
  });

  it("refuses a custom rule without a rule, or with one that could end in two ways", () => {
    for (const arbitration of [
      { rule: "custom" },
      { rule: "custom", prefer: ["fact.weight > 0.5"] },
      { rule: "custom", prefer: ["now > 1"] },
    ])
      expect(() => sceneOf(dispute(arbitration))).toThrow(/MESH_DOCUMENT_INVALID.*arbitration/);
  });

  it("breaks a tie as declared, and else by the lowest id", () => {
    const equal = { ...dispute({ rule: "priority" }) };
    expect(ruling(equal)).toEqual(["ours", { theirs: "id" }]);
    expect(ruling(dispute({ rule: "priority", tiebreak: ["tier"] }))).toEqual(["theirs", { ours: "tier" }]);
  });

  it("leaves every side standing where one mesh holds another rule", () => {
    const documents = dispute({ rule: "authority" });
    const held = ruleHash(sceneOf(documents).agreement.arbitration);
    const same = { ...documents, theirs: { ...documents.theirs, rule: held } };
    expect(ruling(same)).toEqual(["theirs", { ours: "tier" }]);
    const other = { ...documents, theirs: { ...documents.theirs, rule: held.replace(/^./, "x") } };
    expect(ruling(other)).toEqual([null, { ours: "rule-unknown", theirs: "rule-unknown" }]);
    expect(reported(other).rule.hash).toBeNull();
  });
});
