// Who comes and goes while a ceremony runs: by signed acts that take effect with the next round, the same at every party.
import { describe, expect, it } from "vitest";
import { toJson } from "../../../shared/cbor/json.ts";
import type { CborMap, CborValue } from "../../../shared/cbor/value.ts";
import { examineBundle } from "../../../shared/evidence/verify.ts";
import { membersAt, membership } from "../../../shared/membership/history.ts";
import { QUORUM } from "../../../shared/policy/patterns/quorum.ts";
import type { PolicyDocument } from "../../../shared/policy/policy.ts";
import { bundleOf, bytesOf, lineageOf, trustIn } from "../../support/evidence.ts";
import { Network, SECOND, START, storedBy } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";
import { pinnedWith } from "../../support/performances.ts";
import type { Settings } from "../../support/trials.ts";

const NEWCOMER = "flux";
const parties = testParties(6);
const MEMBERS = parties.slice(0, 5).map(({ name }) => name);
const RULES = { eject: { num: 2, den: 3 }, admit: { num: 1, den: 2 }, supervisors: [], earlier: "keep" } as const;
const CLUB: PolicyDocument = {
  ...QUORUM,
  timing: { ...QUORUM.timing, early: false },
  rounds: { most: 3, silent: "carry", until: "decided", step: 0, unrevealed: "exclude" },
  membership: RULES,
};

/** Five are named, and flux knows of the ceremony without being named. */
function club(set: Settings = {}, named = 5): Network {
  const times = { closesAt: START + 5 * SECOND, expiresAt: START + 200 * SECOND };
  const net = new Network(parties, pinnedWith(CLUB, set), { role: "voter", named, ...times });
  net.open();
  net.deliverAll();
  net.turn(NEWCOMER, { on: "observations", now: net.now, observations: [net.call] });
  return net;
}

const map = (fields: Readonly<Record<string, CborValue>>): CborMap => new Map(Object.entries(fields));
const act = (fields: Readonly<Record<string, CborValue>>): CborMap => map({ membership: map(fields) });
const admit = (net: Network, ...by: string[]) =>
  by.map((name) => net.say(name, act({ act: "admit", party: NEWCOMER, role: "voter" })));
const eject = (net: Network, party: string, by: readonly string[], more: Readonly<Record<string, CborValue>> = {}) =>
  by.map((name) => net.say(name, act({ act: "eject", party, reason: "it is under investigation", ...more })));
/** Whoever comes later is shown what there is by a member, and then asks for itself. */
function join(net: Network) {
  net.turn(NEWCOMER, { on: "observations", now: net.now, observations: storedBy(net.agent("acme")) });
  return net.say(NEWCOMER, map({ choice: "join", role: "voter" }));
}
const vote = (net: Network, words: string, names: readonly string[] = MEMBERS) => {
  for (const [at, word] of words.split(" ").entries()) if (word !== "-") net.attest(names[at] as string, word);
};
/** Flux may have heard of nothing but the call. */
const involved = ({ agents }: Network) =>
  agents.filter(({ state, party }) => party.name !== NEWCOMER || state.head.sequence >= 0);
const toRound = (net: Network, index: number) =>
  net.run(40, () => involved(net).every(({ state }) => state.rounds.length > index || state.ending !== null));
const toEnd = (net: Network) => net.run(120, () => involved(net).every(({ state }) => state.ending !== null));
const digests = (net: Network) => new Set(involved(net).map(({ state }) => state.ending?.digest));
const namesIn = (net: Network, name: string, round: number) =>
  net.agent(name).state.rounds[round]?.seats.map(({ authority }) => authority);
const recordOf = (net: Network) => net.agent("acme").state.ending?.record;

describe("a member that is replaced in round 2 of 3", () => {
  /** Echo departs for flux in round 1, counted from 0; nobody has enough until flux has spoken. */
  function replaced(restoreAlways = false, set: Settings = {}): Network {
    const net = club(set);
    net.restoreAlways = restoreAlways;
    vote(net, "approve approve reject - approve");
    toRound(net, 1);
    expect(net.say("echo", act({ act: "depart", successor: NEWCOMER }))).toMatchObject([{ verdict: "admitted" }]);
    expect(join(net)).toMatchObject([{ verdict: "admitted" }]);
    admit(net, "acme", "bolt", "crux");
    toRound(net, 2);
    return net;
  }

  it.each([false, true])("is counted once, as its successor (memory lost: %s)", (restoreAlways) => {
    const net = replaced(restoreAlways);
    expect(namesIn(net, "dune", 2)).toEqual(["acme", "bolt", "crux", "dune", NEWCOMER]);
    net.attest("dune", "approve");
    net.attest(NEWCOMER, "approve");
    toEnd(net);
    expect(digests(net).size).toBe(1);
    expect(toJson(recordOf(net)?.value ?? null)).toMatchObject({
      choice: "approve",
      by: ["acme", "bolt", "dune", NEWCOMER],
    });
    expect(recordOf(net)?.roster?.map(({ authority }) => authority)).toEqual([
      "acme",
      "bolt",
      "crux",
      "dune",
      NEWCOMER,
    ]);
  });

  it("leaves its words to its successor, or takes them with it, as the policy says", () => {
    for (const [earlier, by] of [
      ["keep", ["acme", "bolt", "dune", NEWCOMER]],
      ["void", null],
    ] as const) {
      const net = replaced(false, { "membership.earlier": earlier });
      net.attest("dune", "approve");
      toEnd(net);
      expect(digests(net).size, earlier).toBe(1);
      const value = toJson(recordOf(net)?.value ?? null) as { by?: string[] };
      expect(value.by ?? null, earlier).toEqual(by);
    }
  });

  it("was in until its round closed: for any instant everyone names the same members, and so does a stranger", async () => {
    const net = replaced();
    net.attest("dune", "approve");
    toEnd(net);
    const asked = [0, 4, 5, 9, 10, 11, 60].map((seconds) => START + seconds * SECOND);
    const names = (state: Parameters<typeof membersAt>[0]) =>
      asked.map((at) =>
        membersAt(state, at)
          .map(({ authority }) => authority)
          .join(" "),
      );
    const first = names(net.agent("acme").state);
    expect(first[3]).toBe(MEMBERS.join(" "));
    expect(first[4]).toBe(`acme bolt crux dune ${NEWCOMER}`);
    for (const { state } of net.agents) expect(names(state)).toEqual(first);
    const { verification, state } = await examineBundle(bytesOf(bundleOf(net.agent("dune"))), {
      trust: trustIn(parties),
    });
    expect(verification.verdict, JSON.stringify(verification.firstFailing)).toBe("passed");
    expect(state === null ? null : names(state)).toEqual(first);
    expect(membership(net.agent("echo").state).map(({ seats }) => seats.length)).toEqual([5, 5, 5]);
  });

  it("is written down with what brought it about", () => {
    const net = replaced();
    const entries = lineageOf(net.agent("acme")).filter(({ kind }) => kind === "membership-change");
    expect(entries).toMatchObject([
      { by: "echo", detail: { action: "left", why: "departed", bound: NEWCOMER } },
      { by: NEWCOMER, detail: { action: "joined", why: "admitted", bound: "echo" } },
    ]);
    expect(entries.map(({ about }) => about.length)).toEqual([1, 4]);
  });
});

describe("a departure", () => {
  it("that somebody else signs is refused", () => {
    const net = club();
    const forged = net.agent("bolt").author({
      ceremony: net.call.id,
      round: 0,
      slot: { seat: 4, attempt: null, item: "membership depart" },
      at: [net.now, net.now],
      timeToLive: 3_600 * SECOND,
      lineage: { sequence: 50, prev: null, parents: [], sources: [], derivation: null },
      body: { kind: "contribution", role: "voter", content: act({ act: "depart" }) },
    });
    const answers = net.turn("acme", { on: "observations", now: net.now, observations: [forged] });
    expect(answers).toMatchObject([{ verdict: "refused", code: "SEAT_MISMATCH" }]);
  });

  it("is never silence", () => {
    const net = club();
    vote(net, "approve approve - - -");
    toRound(net, 2);
    expect(namesIn(net, "acme", 2)).toEqual(MEMBERS);
  });

  it("for a successor that nobody lets in has no effect", () => {
    const net = club();
    net.say("echo", act({ act: "depart", successor: NEWCOMER }));
    join(net);
    admit(net, "acme", "bolt");
    toRound(net, 1);
    expect(namesIn(net, "acme", 1)).toEqual(MEMBERS);
  });

  it("changes quorum and tolerance with the next round", () => {
    const net = club();
    net.say("echo", act({ act: "depart" }));
    net.say("dune", act({ act: "depart" }));
    toRound(net, 1);
    const electorates = net.agent("acme").state.rounds.map(({ closing: { electorate } }) => electorate);
    expect(electorates.map(({ total, tolerated, quorum }) => [total, tolerated, quorum])).toEqual([
      [5, 1, 4],
      [3, 0, 2],
    ]);
    vote(net, "approve approve - - -");
    toEnd(net);
    expect(toJson(recordOf(net)?.value ?? null)).toMatchObject({ choice: "approve", by: ["acme", "bolt"] });
    expect(digests(net).size).toBe(1);
  });

  it("that leaves fewer than three ends the ceremony, the same for those who left", () => {
    const net = club();
    vote(net, "approve approve - - -");
    for (const name of ["crux", "dune", "echo"]) net.say(name, act({ act: "depart" }));
    toEnd(net);
    expect([recordOf(net)?.status, recordOf(net)?.cause]).toEqual(["abandoned", "TOO_FEW_LEFT"]);
    expect(digests(net).size).toBe(1);
    const value = toJson(recordOf(net)?.value ?? null) as { released: { party: string }[]; absent: string[] };
    expect([value.absent, new Set(value.released.map(({ party }) => party)).size]).toEqual([[], 5]);
  });
});

describe("an ejection", () => {
  it("takes enough of the others, and whom it concerns has no say", () => {
    const net = club();
    eject(net, "echo", ["acme", "bolt"]);
    toRound(net, 1);
    expect(namesIn(net, "acme", 1)).toEqual(MEMBERS);
    eject(net, "echo", ["acme", "bolt", "crux"]);
    toRound(net, 2);
    expect(namesIn(net, "acme", 2)).toEqual(["acme", "bolt", "crux", "dune"]);
    const [entry] = lineageOf(net.agent("dune")).filter(({ kind }) => kind === "membership-change");
    expect(entry).toMatchObject({ by: "echo", detail: { why: "ejected", reason: "it is under investigation" } });
  });

  it("without a reason is no ejection", () => {
    const net = club();
    for (const name of ["acme", "bolt", "crux"]) net.say(name, act({ act: "eject", party: "echo" }));
    toRound(net, 1);
    expect(namesIn(net, "acme", 1)).toEqual(MEMBERS);
  });

  it("of two by each other takes both, where the rest agrees", () => {
    const net = club();
    eject(net, "echo", ["acme", "bolt", "dune"]);
    eject(net, "dune", ["acme", "bolt", "echo"]);
    toRound(net, 1);
    expect(namesIn(net, "acme", 1)).toEqual(["acme", "bolt", "crux"]);
  });

  it("by a supervisor takes its word alone", () => {
    const net = club({ "membership.supervisors": ["voter"] });
    eject(net, "echo", ["acme"]);
    toRound(net, 1);
    expect(namesIn(net, "acme", 1)).toEqual(["acme", "bolt", "crux", "dune"]);
  });
});

describe("an admission", () => {
  it("takes the newcomer's own word, and that of enough of those present", () => {
    for (const [asks, by, seats] of [
      [true, 3, 6],
      [true, 2, 5],
      [false, 5, 5],
    ] as const) {
      const net = club();
      if (asks) join(net);
      admit(net, ...MEMBERS.slice(0, by));
      toRound(net, 1);
      expect(namesIn(net, "acme", 1), `${asks} ${by}`).toHaveLength(seats);
    }
  });

  it.each([0, 1])("in round %i is how a newcomer learns of the ceremony, also with lost messages", (round) => {
    const times = { closesAt: START + 15 * SECOND, expiresAt: START + 300 * SECOND };
    const net = new Network(parties, pinnedWith(CLUB), { role: "voter", named: 5, ...times });
    net.open();
    net.deliverAll();
    let count = 0;
    net.delivers = () => ++count % 4 !== 0;
    toRound(net, round);
    expect(net.agent(NEWCOMER).state.call).toBeNull();
    admit(net, "acme", "bolt", "crux");
    net.run(12, () => net.agent(NEWCOMER).state.rounds.length > round);
    expect(net.say(NEWCOMER, map({ choice: "join", role: "voter" }))).toMatchObject([{ verdict: "admitted" }]);
    toRound(net, round + 1);
    expect(namesIn(net, "acme", round + 1)).toEqual([...MEMBERS, NEWCOMER]);
    vote(net, "approve approve approve approve approve approve", [...MEMBERS, NEWCOMER]);
    toEnd(net);
    expect(digests(net).size).toBe(1);
    expect(toJson(recordOf(net)?.value ?? null)).toMatchObject({ by: [...MEMBERS, NEWCOMER] });
  });

  it("is not asked for where the policy lets nobody come", () => {
    const net = club({ membership: null });
    expect(join(net)).toMatchObject([{ code: "NO_SEAT" }]);
  });
});
