// What a call pins of a coalition, and what each party's own policy says of its matters: found from the pool alone, and sound by the rule that every
// reader of the call applies.
import { describe, expect, it } from "vitest";
import { checkUnder } from "../../../shared/ceremony/under.ts";
import { type Asked, basisOf, standpointOf } from "../../../shared/coalition/basis.ts";
import { planRevocation } from "../../../shared/coalition/plan.ts";
import { readPool } from "../../../shared/coalition/pool.ts";
import { shownPolicy } from "../../../shared/coalition/shown.ts";

const permit = (id: string, value: string) => ({ id, effect: "permit", value });
const prohibit = (id: string, value: string) => ({ id, effect: "prohibit", value });
const into = (from: string, to: string, more: object = {}) => ({
  id: `${from}/to-${to}`,
  from,
  to,
  signer: from,
  ...more,
});

const HOME = { authority: "acme", clauses: [permit("A1", "escort"), prohibit("A2", "loiter")] };
const ADMITS = ["bolt/to-acme", "crux/to-acme", "crux/to-bolt"];
const WORDS = { terms: { escort: "geleit" } };
const POOL = [
  { ...HOME, admits: ADMITS },
  { authority: "bolt", clauses: [prohibit("B1", "geleit"), permit("B2", "refuel")], admits: ["acme/to-bolt"] },
  { authority: "crux", clauses: [permit("C1", "tow")], admits: [] },
  into("acme", "bolt", WORDS),
  into("bolt", "acme"),
  into("crux", "acme"),
  into("crux", "bolt"),
];
const ROOTS = new Map(["acme", "bolt", "crux"].map((name, index) => [String(index).repeat(64), name]));
const ASKED: Asked = {
  mesh: "pact",
  operation: "lantern",
  home: "acme",
  at: 100,
  shift: 0,
  matters: ["escort"],
  authorities: ["acme", "bolt", "crux"],
};

function pool(...documents: readonly object[]) {
  const read = readPool(documents.map((document, index) => ({ name: `${index}.json`, document })));
  if (!read.ok) throw new Error(JSON.stringify(read.fault));
  return read.value;
}

function basis(documents: readonly object[] = POOL, changes: Partial<Asked> = {}) {
  const found = basisOf(pool(...documents), ROOTS, { ...ASKED, ...changes });
  if (!found.ok) throw new Error(found.fault.code);
  return found.value;
}

const codeOf = (documents: readonly object[], changes: Partial<Asked> = {}, names = ["acme", "bolt", "crux"]) =>
  checkUnder({ under: basis(documents, changes), seats: names.map((authority) => ({ authority }) as never) })?.code ??
  null;

describe("what a call pins", () => {
  it("is sound, names the home's policy by its digest, and every road of each partner, the shortest first", () => {
    const found = basis();
    expect(codeOf(POOL)).toBeNull();
    const shown = shownPolicy({ pool: pool(...POOL), refused: [] }, { home: "acme", at: 100, operation: "lantern" });
    expect(found.policy).toBe(shown.ok ? shown.value.digest : "");
    expect(found.roads).toEqual([
      { authority: "bolt", roads: [["bolt/to-acme"]] },
      { authority: "crux", roads: [["crux/to-acme"], ["crux/to-bolt", "bolt/to-acme"]] },
    ]);
    expect(found.clauses).toEqual([
      { matter: "escort", id: "A1", effect: "permit", value: "escort", label: null, from: "acme", via: [] },
    ]);
  });

  it("leaves out what home does not admit, what is revoked, and what holds elsewhere only", () => {
    const without = (...gone: readonly object[]) => codeOf([...POOL, ...gone]);
    const wild = (by: string, more: object = {}) => ({ revokes: "*", by, after: 50, ...more });
    expect(without(wild("crux"))).toBe("PARTNER_UNRECOGNISED");
    expect(without(wild("crux", { scope: "ember" }))).toBeNull();
    expect(without({ revokes: "crux/to-acme", by: "crux", after: 50 })).toBeNull();
    expect(without({ revokes: "crux/to-acme", by: "acme", after: 101 })).toBeNull();
    expect(codeOf([{ ...HOME, admits: ["bolt/to-acme"] }, ...POOL.slice(1)])).toBe("PARTNER_UNRECOGNISED");
    expect(codeOf([{ ...HOME, admits: ["bolt/to-acme"] }, ...POOL.slice(1)], {}, ["acme", "bolt"])).toBeNull();
  });

  it("takes a road that carries nothing of the partner's for none", () => {
    const narrow = (clauses: readonly string[]) =>
      codeOf(
        POOL.map((one) => ("id" in one && one.id === "bolt/to-acme" ? { ...one, clauses } : one)),
        {},
        ["bolt"],
      );
    expect(narrow(["B2"])).toBeNull();
    expect(narrow(["B9"])).toBe("PARTNER_UNRECOGNISED");
  });

  it("is refused where the home's policy prohibits what it is about, its own clause or a partner's", () => {
    expect(codeOf(POOL, { matters: ["loiter"] })).toBe("MATTER_PROHIBITED");
    expect(codeOf(POOL, { matters: ["geleit"] })).toBe("MATTER_PROHIBITED");
    expect(codeOf(POOL, { matters: ["refuel", "tow", "what nobody speaks of"] })).toBeNull();
    const setting = [{ ...HOME, clauses: [{ id: "drones", effect: "prohibit", value: true }] }];
    expect(codeOf(setting, { matters: ["drones"] }, ["acme"])).toBe("MATTER_PROHIBITED");
  });

  it.each([
    ["a road that leads elsewhere", { roads: [{ authority: "bolt", roads: [["crux/to-bolt"]] }] }],
    ["a road over what it does not pin", { roads: [{ authority: "bolt", roads: [["bolt/to-dune"]] }] }],
    ["a translator that no road uses", { roads: [{ authority: "bolt", roads: [["bolt/to-acme"]] }] }],
    ["no root of somebody it names", { roots: [] }],
    ["a clause about nothing that it is about", { matters: [] }],
  ])("does not hold together with %s", (_name, changes) => {
    const seats = ["acme", "bolt"].map((authority) => ({ authority }) as never);
    expect(checkUnder({ under: { ...basis(), ...changes }, seats })).toMatchObject({ code: "CALL_INVALID" });
  });
});

describe("a party's own standpoint", () => {
  const of = (self: string, matters: readonly string[], documents: readonly object[] = POOL) =>
    standpointOf(pool(...documents), self, 100, { home: "acme", operation: "lantern", matters }).prohibits;

  it("finds in its own words what the home's say", () => {
    expect(of("bolt", ["escort"])).toEqual([{ matter: "escort", clause: "B1", from: "bolt" }]);
    expect(of("bolt", ["geleit", "refuel"])).toEqual([{ matter: "geleit", clause: "B1", from: "bolt" }]);
    expect(of("crux", ["escort"])).toEqual([]);
    expect(of("acme", ["loiter"])).toEqual([{ matter: "loiter", clause: "A2", from: "acme" }]);
  });

  it("says nothing where it has no policy, and nothing of a word that has no image", () => {
    expect(
      standpointOf(pool(...POOL), "dune", 100, { home: "acme", operation: "lantern", matters: ["escort"] }),
    ).toEqual({
      policy: null,
      at: 100,
      prohibits: [],
    });
    const dropped = POOL.map((one) =>
      "id" in one && one.id === "acme/to-bolt" ? { ...one, terms: { escort: { as: null, loss: "dropped" } } } : one,
    );
    expect(of("bolt", ["escort"], dropped)).toEqual([]);
  });
});

describe("a preview of all that one authority may revoke", () => {
  it("names its own translators and those into and out of it, and nobody else's", () => {
    const named = (by: string) => {
      const plan = planRevocation(pool(...POOL), { revokes: "*", by, after: 100, scope: null, cut: [] }, 100, null);
      return plan.ok ? plan.value.translators : plan.fault.code;
    };
    expect(named("crux")).toEqual(["crux/to-acme", "crux/to-bolt"]);
    expect(named("bolt")).toEqual(["acme/to-bolt", "bolt/to-acme", "crux/to-bolt"]);
    expect(named("dune")).toBe("TRANSLATION_MISSING");
  });
});
