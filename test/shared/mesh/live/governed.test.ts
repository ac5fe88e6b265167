// Imports under the taking party's own policy: what a clause prohibits and what a label without an image guards stays out, what is taken bears
// the join of all that it was drawn from, and the policy is the one that held at the start.
import { describe, expect, it } from "vitest";
import { type Pinned, pinPolicy } from "../../../../shared/coalition/pinned.ts";
import { readPool } from "../../../../shared/coalition/pool.ts";
import { findingEntries } from "../../../../shared/mesh/live/entries.ts";
import { governed } from "../../../../shared/mesh/live/governed.ts";
import { reconcile } from "../../../../shared/mesh/reconcile.ts";
import { reportOf } from "../../../../shared/mesh/report.ts";
import { bornLabels, joinLabels } from "../../../../shared/observation/labels.ts";
import { AGREEMENT, type Documents, fact, office, plant, sceneOf, TRUE_START } from "../../../support/meshes.ts";

const clause = (id: string, effect: "permit" | "prohibit", value: string, more: object = {}) => ({
  id,
  effect,
  value,
  ...more,
});
const CLAUSES = [
  clause("H1", "permit", "stock", { label: "PLANT ONLY" }),
  clause("H2", "prohibit", "payroll"),
  clause("H3", "prohibit", "drill", { scope: { operation: "lantern" } }),
];
const PARTNER = { authority: "partner", clauses: [clause("P1", "prohibit", "secrets")], admits: [] };
const CARRIES = { id: "p-h", from: "partner", to: "home", terms: { secrets: "orders" } };

function pinned(clauses: readonly object[] = CLAUSES, ...more: readonly object[]): Pinned {
  const home = { authority: "home", clauses, admits: ["p-h"] };
  const pool = readPool([home, PARTNER, CARRIES, ...more].map((document, at) => ({ name: `${at}`, document })));
  if (!pool.ok) throw new Error(JSON.stringify(pool.fault));
  const policy = pinPolicy({ pool: pool.value }, { home: "home", at: 100, operation: null });
  if (!policy.ok) throw new Error(policy.fault.code);
  return policy.value;
}

const CLASSES = { stock: "sharable", orders: "sharable", payroll: "sharable" };
function documents(theirs: readonly ReturnType<typeof fact>[], translators: Documents["translators"] = []): Documents {
  const agreement = { ...AGREEMENT, classes: CLASSES, divergenceLimit: { num: 2, den: 1 } };
  return {
    agreement,
    ours: plant([fact("own", { subject: "t1" })]),
    theirs: office(theirs),
    translators,
    at: TRUE_START,
  };
}

function taken(given: Documents, policy: Pinned | null) {
  const scene = sceneOf(given);
  const result = reconcile(scene);
  if (!result.ok) throw new Error(result.fault.code);
  const under = governed(scene, result.value, "plant", policy);
  const report = reportOf(scene, under.result, "plant");
  const refused = under.view.refused.map(({ id, fault: { code, detail } }) => [id, code, detail.clause ?? null]);
  return { ...under, scene, whole: result.value, report, ids: report.imported.map(({ id }) => id), refused };
}

describe("an import under a policy", () => {
  it("leaves out what a clause prohibits by class or subject, and names the clause, its origin and the policy", () => {
    const facts = [
      fact("t1"),
      fact("t2", { class: "payroll" }),
      fact("t3", { subject: "drill" }),
      fact("t4", { class: "orders" }),
    ];
    const policy = pinned();
    const { ids, refused, view, report, scene, whole } = taken(documents(facts), policy);
    expect(ids).toEqual(["t1", "t3"]);
    expect(refused).toEqual([
      ["t2", "IMPORT_PROHIBITED", "H2"],
      ["t4", "IMPORT_PROHIBITED", "P1"],
    ]);
    expect(report.refused.find(({ id }) => id === "t4")?.why).toContain("the clause P1 of partner prohibits orders");
    const entries = findingEntries(scene, whole, view.refused, "gate", 0);
    expect(
      entries.filter(({ kind }) => kind === "refusal").map(({ detail }) => [detail.clause, detail.of, detail.policy]),
    ).toEqual([
      ["H2", "home", policy.digest],
      ["P1", "partner", policy.digest],
    ]);
  });

  it("keeps the digest that both sides have, whatever either takes of it", () => {
    const given = documents([fact("t1"), fact("t2", { class: "payroll" })]);
    const [under, without] = [taken(given, pinned()), taken(given, null)];
    expect(under.report.digest).toBe(without.report.digest);
    expect([under.ids, without.ids]).toEqual([["t1"], ["t1", "t2"]]);
    expect([under.policy?.digest, without.policy]).toEqual([pinned().digest, null]);
  });

  it("takes what is labelled only where the label has an image here, and says what it bears", () => {
    const translator = {
      id: "tr-1",
      from: "office",
      to: "plant",
      authorities: { clerk: { as: "ops", tierCap: 2 } },
      terms: { "OFFICE ONLY": "PLANT ONLY", LOST: { as: null, loss: "dropped" } },
    };
    const facts = [
      fact("t1", { labels: ["OFFICE ONLY"] }),
      fact("t2", { labels: ["UNHEARD OF"] }),
      fact("t3", { labels: ["LOST"] }),
      fact("t4", { labels: ["PLANT ONLY"] }),
    ];
    const { ids, refused, labels } = taken(documents(facts, [translator]), pinned());
    expect(ids).toEqual(["t1", "t4"]);
    expect(refused).toEqual([
      ["t2", "LABEL_WITHOUT_IMAGE", null],
      ["t3", "LABEL_WITHOUT_IMAGE", null],
    ]);
    expect(labels.get("t1")).toEqual(["PLANT ONLY"]);
    expect(taken(documents(facts, [translator]), null).ids).toEqual([]);
  });

  it("judges an aggregate by the labels of all that it was drawn from", () => {
    const facts = [
      fact("t1", { labels: ["UNHEARD OF"] }),
      fact("t2", { labels: ["PLANT ONLY"] }),
      fact("sum", { sources: ["t1", "t2"] }),
      fact("mean", { sources: ["t2"] }),
      fact("mean of means", { sources: ["mean"] }),
    ];
    const { ids, refused, labels } = taken(documents(facts), pinned());
    expect([...ids].sort()).toEqual(["mean", "mean of means", "t2"]);
    expect(refused.map(([id]) => id).sort()).toEqual(["sum", "t1"]);
    expect(labels.get("mean of means")).toEqual(["PLANT ONLY"]);
  });
});

describe("labels", () => {
  it("are joined without loss, in one spelling, whatever the order and however things were drawn from each other", () => {
    expect(joinLabels([["B"], ["A", "C"], [], ["A"]])).toEqual(["A", "B", "C"]);
    const things = [
      { id: "a", labels: ["A"], drawn: ["c"] },
      { id: "b", labels: ["B"], drawn: ["a", "nowhere"] },
      { id: "c", labels: [], drawn: ["b"] },
    ];
    for (const some of [things, things.slice().reverse()])
      expect(["a", "b", "c"].map(bornLabels(some))).toEqual([
        ["A", "B"],
        ["A", "B"],
        ["A", "B"],
      ]);
  });
});
