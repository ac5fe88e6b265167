import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { deedsOf } from "../../../shared/admission/deeds.ts";
import type { Evidence } from "../../../shared/admission/evidence.ts";
import { admitFinally } from "../../../shared/admission/final.ts";
import type { AdmissionPolicy } from "../../../shared/admission/judge.ts";
import { parseAdmissionPolicy } from "../../../shared/admission/plain.ts";
import { type Join, rosterFrom } from "../../../shared/admission/roster.ts";
import type { Contribution, Seat } from "../../../shared/outcome/contribution.ts";
import { QUORUM } from "../../../shared/policy/patterns/quorum.ts";
import type { Convening } from "../../../shared/policy/policy.ts";
import { evidence } from "../../support/admission.ts";
import { policyOf } from "../../support/decisions.ts";
import { NAMES } from "../../support/parties.ts";
import { idOf } from "../../support/statements.ts";

const WHEN = { frame: "utc", opensAt: 0, closesAt: 100 };
const seats: readonly Seat[] = NAMES.slice(0, 5).map((authority, index) => ({
  index,
  authority,
  role: "voter",
  power: 1,
}));

function policy(document: object): AdmissionPolicy {
  const parsed = parseAdmissionPolicy(document);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.fault.detail));
  return parsed.value;
}

function said(seat: number, facts: Partial<Evidence>): Contribution {
  const id = idOf(`${seat} ${JSON.stringify(facts)}`);
  return {
    id,
    seat,
    role: "voter",
    item: null,
    content: new Map(),
    at: [0, 0],
    until: 100,
    evidence: evidence({ id, ...facts }),
  };
}
const standing = (x: number) => ({
  places: [{ frame: "yard", position: [x, 0, 0] as const, uncertainty: 0, ranges: [] }],
});
const fence = { kind: "fence", frame: "yard", fence: { centre: [0, 0, 0], radius: 50_000 } };

describe("final admission over a closed set", () => {
  it("leaves out the party outside the fence, and counts the quorum over the four that are left", () => {
    const set = [0, 1, 2, 3, 51].map((metres, seat) => said(seat, standing(metres * 1_000)));
    const found = admitFinally(policy({ proximity: { constraints: [fence] } }), seats, set, WHEN, new Map());
    expect(found.excluded).toMatchObject([{ id: set[4]?.id, code: "OUTSIDE_PLACE" }]);
    expect(found.seats.map(({ authority }) => authority)).toEqual(["acme", "bolt", "crux", "dune"]);
    expect(found.seats.every(({ power }) => power === 1)).toBe(true);
  });

  it("keeps the quorum of those named where the policy says so, and never takes silence for absence", () => {
    const set = [0, 1, 51].map((metres, seat) => said(seat, standing(metres * 1_000)));
    const named = policy({ admission: { factors: [{ kind: "place" }] }, proximity: { constraints: [fence] } });
    expect(admitFinally(named, seats, set, WHEN, new Map()).seats).toEqual(seats);
    const present = policy({ proximity: { constraints: [fence] } });
    expect(admitFinally(present, seats, set, WHEN, new Map()).seats.map(({ index }) => index)).toEqual([0, 1, 3, 4]);
  });

  it("lets a party speak with the part that its standing leaves, in thousandths of everyone's power", () => {
    const rule = policy({
      rule: "weighted-intersection",
      factors: [{ kind: "standing" }],
      standing: { newcomer: 1_000_000 },
    });
    const set = [0, 1].map((seat) => said(seat, {}));
    const records = new Map([["bolt", [{ id: "c0", order: 0, is: "fault", governanceClass: null } as const]]]);
    expect(admitFinally(rule, seats, set, WHEN, new Map()).seats).toEqual(seats);
    expect(admitFinally(rule, seats, set, WHEN, records).seats.map(({ power }) => power)).toEqual([
      1_000, 500, 1_000, 1_000, 1_000,
    ]);
  });

  it("changes nothing where the policy asks for nothing", () => {
    const set = [said(0, {}), said(1, { vetoes: [] })];
    const none = { admission: null, proximity: null };
    expect(admitFinally(none, seats, set, WHEN, new Map())).toMatchObject({ admitted: set, excluded: [], seats });
  });

  it("is the same whatever the order in which contributions arrived", () => {
    const rule = policy({
      admission: {
        rule: "weighted-intersection",
        factors: [{ kind: "place" }, { kind: "weight" }],
        weight: { authority: { operator: 600_000 } },
      },
      proximity: { constraints: [fence, { kind: "range", frame: "yard", limit: 30_000 }] },
    });
    fc.assert(
      fc.property(
        fc.array(fc.nat(60), { minLength: 5, maxLength: 5 }),
        fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
        (metres, ranks) => {
          const set = metres.map((x, seat) => said(seat, { ...standing(x * 1_000), authority: NAMES[seat] as string }));
          const shuffled = [...set].sort((a, b) => (ranks[a.seat] as number) - (ranks[b.seat] as number));
          const [one, other] = [set, shuffled].map((given) => admitFinally(rule, seats, given, WHEN, new Map()));
          expect(other?.seats).toEqual(one?.seats);
          const codes = (found: typeof one) =>
            Object.fromEntries(found?.excluded.map(({ id, code }) => [id, code]) ?? []);
          expect(codes(other)).toEqual(codes(one));
          expect([...(other?.admissions ?? [])].sort()).toEqual([...(one?.admissions ?? [])].sort());
        },
      ),
      { numRuns: 200, seed: 12 },
    );
  });
});

describe("records from closed rounds", () => {
  it("note who counted and who contradicted itself, and hold silence against nobody", () => {
    const twice = [said(1, { claim: "a" }), said(1, { claim: "b" })];
    const set = [said(0, {}), ...twice];
    const records = deedsOf([{ seats, set, admitted: set, slotOf: ({ seat }) => String(seat) }]);
    expect([...records].map(([authority, deeds]) => [authority, deeds.map(({ is }) => is)])).toEqual([
      ["acme", ["clean"]],
      ["bolt", ["fault"]],
    ]);
  });
});

describe("a roster of those present", () => {
  const rules = policyOf(QUORUM);
  const join = (
    authority: string,
    role = "voter",
    granted: readonly string[] = ["mutual-aid"],
    key = authority,
  ): Join => ({
    id: idOf(`${authority} joins as ${role} with ${key}`),
    authority,
    root: idOf(`root of ${authority}`),
    role,
    granted,
  });
  const open: Convening = { roster: "open-by-class", class: "mutual-aid" };
  const closed: Convening = { roster: "closed-by-name" };
  const named = ["acme", "bolt", "crux", "dune"].map((authority) => ({
    authority,
    role: "voter",
    root: idOf(`root of ${authority}`),
    power: 2,
  }));

  it("takes whoever holds a credential of the class, in an order that arrival does not decide", () => {
    const joins = ["acme", "bolt", "crux", "dune"].map((name) => join(name));
    const roster = rosterFrom(rules, open, [], joins);
    expect(roster.fault).toBeNull();
    expect(roster.seats.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(rosterFrom(rules, open, [], [...joins, ...joins].reverse())).toEqual(roster);
    expect(rosterFrom(rules, open, [], [...joins, join("walk-in", "voter", ["sightseeing"])]).refused).toMatchObject([
      { code: "CLASS_NOT_GRANTED" },
    ]);
  });

  it("takes only those who are named, with the power that the call gives them", () => {
    const roster = rosterFrom(
      rules,
      closed,
      named,
      ["acme", "bolt", "crux", "echo"].map((name) => join(name)),
    );
    expect(roster.seats.map(({ authority, power }) => [authority, power]).sort()).toEqual([
      ["acme", 2],
      ["bolt", 2],
      ["crux", 2],
    ]);
    expect(roster.refused).toMatchObject([{ code: "ROSTER_CLOSED" }]);
  });

  it("is refused for two organisations, and for three keys of one", () => {
    expect(rosterFrom(rules, open, [], [join("acme"), join("bolt")]).fault).toMatchObject({
      code: "POLICY_PARTIES",
      detail: { found: 2, need: 3 },
    });
    const keys = ["one", "two", "three"].map((key) => join("acme", "voter", ["mutual-aid"], key));
    const roster = rosterFrom(rules, open, [], keys);
    expect([roster.fault?.code, roster.fault?.detail.found, roster.refused.map(({ code }) => code)]).toEqual([
      "POLICY_PARTIES",
      1,
      ["ROSTER_TWICE", "ROSTER_TWICE"],
    ]);
  });

  it("counts an organisation that is known by two roots once, and gives it one elector", () => {
    const second = { ...join("acme"), id: idOf("acme under its next root"), root: "another root of acme" };
    const roster = rosterFrom(rules, open, [], [join("acme"), second, join("bolt")]);
    expect(roster.refused).toMatchObject([{ code: "ROSTER_TWICE" }]);
    expect(roster.fault).toMatchObject({ code: "POLICY_PARTIES", detail: { found: 2, need: 3 } });
  });

  it("keeps to the places that a role has", () => {
    const joins = ["acme", "bolt", "crux", "dune"].map((name) => join(name));
    const proposers = ["acme", "bolt"].map((name) => join(name, "proposer"));
    const roster = rosterFrom(rules, open, [], [...joins, ...proposers]);
    expect(roster.refused).toMatchObject([{ code: "ROSTER_FULL", detail: { role: "proposer", most: 1 } }]);
    expect(rosterFrom(rules, open, [], [join("acme", "king")]).refused).toMatchObject([{ code: "POLICY_ROLE" }]);
  });
});
