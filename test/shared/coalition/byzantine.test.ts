// A partner that plays with its own statements, and a careless one: what it issues anew, whatever it withdraws, and what a call says of it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import type { Json } from "../../../shared/cbor/json.ts";
import { readAs } from "../../../shared/cbor/read.ts";
import { basisOf, standpointOf } from "../../../shared/coalition/basis.ts";
import { effectivePolicy } from "../../../shared/coalition/effective.ts";
import { planRevocation } from "../../../shared/coalition/plan.ts";
import { type Pool, readPool } from "../../../shared/coalition/pool.ts";
import { poolFrom } from "../../../shared/coalition/signed.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { readUnder, underFields } from "../../../shared/observation/under.ts";
import { Nation } from "../../support/coalition.ts";
import { SECOND, START } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";

const parties = testParties(2);
const roots = rootsOf(parties);
const permit = (id: string, value: string) => ({ id, effect: "permit", value });

describe("a translator issued again under its id", () => {
  function issued(...versions: readonly { readonly [name: string]: Json }[]): readonly VerifiedObservation[] {
    const [acme, bolt] = parties.map((party) => new Nation(party)) as [Nation, Nation];
    const own = [acme.policy([permit("A1", "escort")], ["bolt/ba"]), bolt.policy([permit("B1", "tow")], [])];
    return [...own, ...versions.map((more) => bolt.translator("ba", "bolt", "acme", more))];
  }
  const basis = (said: readonly VerifiedObservation[], at: number) => {
    const asked = { mesh: MESH, operation: "lantern", home: "acme", at, shift: 0, matters: [], authorities: null };
    const found = basisOf(poolFrom(said, roots).pool, roots, asked);
    if (!found.ok) throw new Error(found.fault.code);
    return found.value;
  };
  const soon = { expires: START + 10 * SECOND };
  const later = { expires: START + 90 * SECOND };

  it("takes the place of the earlier one, so that a call still names each road once and can be read", () => {
    const under = basis(issued(soon, later), START);
    expect(under.roads).toEqual([{ authority: "bolt", roads: [["bolt/ba"]] }]);
    const bytes = decodeCanonical(encodeCanonical(underFields(under)));
    expect(bytes.ok && readAs(bytes.value, readUnder, "under")).toMatchObject({ ok: true });
    expect(basis(issued(soon, later), START + 20 * SECOND).roads).toHaveLength(1);
    expect(basis([...issued(later, soon)].reverse(), START + 20 * SECOND).roads).toHaveLength(0);
  });

  it("goes by the last that was issued where they contradict each other", () => {
    const { pool } = poolFrom(issued({ terms: { tow: "drag" } }, { terms: { tow: "haul" } }), roots);
    const policy = effectivePolicy(pool, { home: "acme", at: START, operation: null });
    expect(policy.ok && policy.value.clauses.map(({ value }) => value)).toEqual(["escort", "haul"]);
  });
});

const NAMES = ["acme", "bolt", "crux", "dune"];
const translatorOf = fc
  .record({
    from: fc.constantFrom(...NAMES),
    to: fc.constantFrom(...NAMES),
    signer: fc.constantFrom(null, ...NAMES),
    issued: fc.constantFrom(null, 40, 60),
    expires: fc.constantFrom(null, 80),
    clauses: fc.constantFrom("*", ["1"], ["2"]),
    terms: fc.constantFrom({}, { x: "y" }, { y: { as: null, loss: "dropped" } }),
    scope: fc.constantFrom(null, "lantern", { partner: "acme" }),
  })
  .filter(({ from, to }) => from !== to);
const clauseOf = fc.record({
  effect: fc.constantFrom("permit", "prohibit"),
  value: fc.constantFrom("x", "y", true),
  scope: fc.constantFrom(null, "lantern"),
});
const revocationOf = fc.record({
  revokes: fc.constantFrom("*", "t0", "t1", "t2", "t3"),
  by: fc.constantFrom(...NAMES),
  after: fc.constantFrom(50, 100, 150),
  scope: fc.constantFrom(null, "lantern", "ember", { partner: "acme" }),
});
const poolOf = fc.record({
  translators: fc.array(translatorOf, { minLength: 4, maxLength: 8 }),
  clauses: fc.array(fc.array(clauseOf, { maxLength: 2 }), { minLength: 4, maxLength: 4 }),
  revocations: fc.array(revocationOf, { maxLength: 2 }),
});

function poolAs(documents: readonly object[]): Pool {
  const read = readPool(documents.map((document, index) => ({ name: `${index}`, document })));
  if (!read.ok) throw new Error(JSON.stringify(read.fault));
  return read.value;
}

describe("a preview", () => {
  it("is what then happens, whatever the pool, the revocation and its scope, and names what it takes", () => {
    const operations = fc.constantFrom(null, "lantern");
    fc.assert(
      fc.property(poolOf, revocationOf, operations, ({ translators, clauses, revocations }, revocation, operation) => {
        const all = translators.map((one, index) => ({ ...one, id: `t${index}` }));
        const policies = NAMES.map((authority, at) => ({
          authority,
          admits: all.map(({ id }) => id),
          clauses: (clauses[at] ?? []).map((clause, index) => ({ ...clause, id: `${index + 1}` })),
        }));
        const pool = poolAs([...policies, ...all, ...revocations]);
        const then = poolAs([...policies, ...all, ...revocations, revocation]);
        const [read] = then.revocations.slice(-1);
        const plan = planRevocation(pool, read as Pool["revocations"][number], 100, operation);
        const change = (home: string) => (plan.ok ? plan.value.homes.find((one) => one.home === home) : undefined);
        // A wildcard of somebody who may revoke nothing names nothing.
        if (!plan.ok) expect([plan.fault.code, revocation.revokes]).toEqual(["TRANSLATION_MISSING", "*"]);
        for (const home of NAMES) {
          const holds = (which: Pool) => {
            const found = effectivePolicy(which, { home, at: 100, operation });
            if (!found.ok) throw new Error(found.fault.code);
            return new Map(found.value.clauses.map(({ id, from, via }) => [`${from} ${id}`, via.join()]));
          };
          const [before, after] = [holds(pool), holds(then)];
          const { lost, regained, rerouted } = change(home) ?? {};
          const named = (list: readonly { from: string; id: string }[] = []) =>
            list.map(({ from, id }) => `${from} ${id}`);
          const keys = [...before.keys()];
          expect(named(lost)).toEqual(keys.filter((key) => !after.has(key)));
          expect(named(regained)).toEqual([...after.keys()].filter((key) => !before.has(key)));
          const moved = [...after.keys()].filter((key) => before.has(key) && before.get(key) !== after.get(key));
          expect(named(rerouted)).toEqual(moved);
          if (plan.ok) expect(plan.value.unchanged.includes(home)).toBe(change(home) === undefined);
        }
        const may = ({ from, to, signer }: Pool["translators"][number]) => [from, to, signer].includes(revocation.by);
        for (const id of plan.ok ? plan.value.translators : [])
          expect(may(pool.translators.find((one) => one.id === id) as Pool["translators"][number])).toBe(true);
      }),
      { numRuns: 150, seed: 15 },
    );
  });
});

describe("a party's own standpoint", () => {
  const prohibits = (...more: readonly object[]) => {
    const own = { authority: "bolt", clauses: [{ id: "B1", effect: "prohibit", value: "geleit" }] };
    const pool = poolAs([{ authority: "acme", clauses: [] }, { ...own, admits: ["ab", "ab2"] }, ...more]);
    const under = { home: "acme", operation: "lantern", matters: ["escort"] };
    return standpointOf(pool, "bolt", 100, under).prohibits.map(({ clause }) => clause);
  };
  const into = (id: string, more: object) => ({ id, from: "acme", to: "bolt", ...more });

  it("reads the home's words by a translator that carries some clauses only", () => {
    expect(prohibits(into("ab", { terms: { escort: "geleit" } }))).toEqual(["B1"]);
    expect(prohibits(into("ab", { clauses: ["A1"], terms: { escort: "geleit" } }))).toEqual(["B1"]);
  });

  it("is not turned by a second translator of the same length that says otherwise", () => {
    expect(prohibits(into("ab", {}), into("ab2", { terms: { escort: "geleit" } }))).toEqual(["B1"]);
  });
});
