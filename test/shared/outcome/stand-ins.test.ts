// Substitutes: who speaks for a silent role, and who counts for nothing while the principal is there.
import { describe, expect, it } from "vitest";
import { decidePlain } from "../../../shared/outcome/plain.ts";
import { examinePolicy, pinPolicy } from "../../../shared/policy/decode.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { CHOOSER } from "../../../shared/policy/patterns/parts.ts";

const ONE = { ...CHOOSER, least: 1, most: 1 };
const DOCUMENT = {
  ...APPROVAL,
  roles: {
    owner: ONE,
    regulator: { ...ONE, substitutes: ["deputy", "ministry"] },
    deputy: { ...ONE, least: 0 },
    ministry: { ...ONE, least: 0 },
  },
  rounds: { ...APPROVAL.rounds },
  shortfall: [{ do: "defer", rounds: 1 }],
  outcome: {
    function: "requirements",
    require: [
      { role: "owner", choice: "approve", threshold: 1 },
      { role: "regulator", choice: "approve", threshold: 1 },
    ],
    grants: "approved",
    refusal: "reject",
    otherwise: null,
  },
};
const ROLES = ["owner", "regulator", "deputy", "ministry"];

function run(document: unknown, ...rounds: readonly string[]) {
  const pinned = pinPolicy(document);
  const parties = ROLES.map((role) => ({ id: role, role }));
  const said = rounds.map((line) =>
    line.split(" ").map((word) => ({ party: word.split(":")[0], payload: { choice: word.split(":")[1] as string } })),
  );
  const decision = pinned.ok ? decidePlain(pinned.value.policy, { parties, rounds: said }) : pinned;
  if (!decision.ok) throw new Error(JSON.stringify(decision.fault));
  return decision.value;
}

describe("a substitute", () => {
  it("speaks for a role that is silent, and the explanation says so", () => {
    const { status, value, explanation } = run(DOCUMENT, "owner:approve deputy:approve");
    expect([status, value]).toEqual(["decided", { choice: "approved", by: ["owner", "deputy"] }]);
    expect(explanation).toContain("deputy stands in for regulator");
  });

  it("counts for nothing where the principal speaks, whatever it says", () => {
    expect(run(DOCUMENT, "owner:approve regulator:approve deputy:reject")).toMatchObject({
      status: "decided",
      value: { choice: "approved", by: ["owner", "regulator"] },
    });
    expect(run(DOCUMENT, "owner:approve regulator:abstain deputy:approve")).toMatchObject({ status: "pending" });
  });

  it("of several is the first that is heard", () => {
    expect(run(DOCUMENT, "owner:approve ministry:approve deputy:reject")).toMatchObject({
      value: { choice: "reject" },
    });
    expect(run(DOCUMENT, "owner:approve ministry:approve")).toMatchObject({ value: { by: ["owner", "ministry"] } });
  });

  it("gives its place back to a principal that comes later", () => {
    expect(run(DOCUMENT, "owner:approve deputy:abstain", "regulator:approve")).toMatchObject({
      status: "decided",
      value: { by: ["owner", "regulator"] },
    });
  });

  it("does not swell what a threshold is a share of", () => {
    const outcome = {
      function: "threshold",
      threshold: { num: 1, den: 1 },
      carries: ["approve"],
      refusal: null,
      veto: [],
    };
    const all = { ...DOCUMENT, outcome, shortfall: [] };
    expect(run(all, "owner:approve regulator:approve")).toMatchObject({ status: "decided" });
    expect(run(all, "owner:approve deputy:approve")).toMatchObject({
      status: "decided",
      value: { by: ["owner", "deputy"] },
    });
    expect(run(all, "owner:approve")).toMatchObject({ status: "abandoned" });
  });

  it("is a role that speaks, and has none itself", () => {
    const codes = (substitutes: readonly string[], deputy = {}) => {
      const { roles } = DOCUMENT;
      const changed = {
        ...roles,
        regulator: { ...roles.regulator, substitutes },
        deputy: { ...roles.deputy, ...deputy },
      };
      return examinePolicy({ ...DOCUMENT, roles: changed }).findings.map(({ code }) => code);
    };
    expect(codes(["deputy"])).toEqual([]);
    expect(codes(["bishop"])).toEqual(["POLICY_ROLE_UNKNOWN"]);
    expect(codes(["regulator"])).toEqual(["POLICY_SUCCESSION_CYCLE"]);
    expect(codes(["deputy"], { substitutes: ["regulator"] })).toEqual([
      "POLICY_SUCCESSION_CYCLE",
      "POLICY_SUCCESSION_CYCLE",
    ]);
    expect(codes(["deputy"], { contributes: false, gives: [] })).toEqual(["POLICY_ROLE_MUTE"]);
  });
});
