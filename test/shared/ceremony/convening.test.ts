// Who takes part is settled by a round of its own: candidates join, the closed set gives the seats, everyone derives the same, and a stranger
// can check who was in and why another was not.
import { describe, expect, it } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { type Json, toJson } from "../../../shared/cbor/json.ts";
import { composeCall } from "../../../shared/ceremony/compose-call.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import { decidePlain } from "../../../shared/outcome/plain.ts";
import { commitTo } from "../../../shared/outcome/sealing.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { setParameters } from "../../../shared/policy/parameters.ts";
import { AUCTION } from "../../../shared/policy/patterns/auction.ts";
import { QUORUM } from "../../../shared/policy/patterns/quorum.ts";
import type { Place } from "../../../shared/reference/place.ts";
import {
  CLOSED,
  joinAll,
  joinOf,
  opened,
  passes,
  pinned,
  recordOf,
  rosterIn,
  voteAndEnd,
} from "../../support/convened.ts";
import { SECOND, START } from "../../support/network.ts";
import { seatsFor, testParties } from "../../support/parties.ts";

const yard = (metres: number, uncertainty = 0): Place => ({
  frame: "local:yard",
  position: [metres * 1_000, 0, 0],
  uncertainty: uncertainty * 1_000,
  ranges: [],
});
const site = (key: string): Place => ({ frame: "site", key });
const fence = (mode: string) => ({
  id: "yard",
  mode,
  constraints: [{ kind: "fence", frame: "local:yard", fence: { centre: [0, 0, 0], radius: 50_000 } }],
});
const FENCED = { proximity: fence("conservative") };
const ONE_SITE = { proximity: { id: "site", constraints: [{ kind: "shared-key", frame: "site" }] } };

const placed = (places: readonly Place[]): readonly Party[] =>
  testParties(places.length).map((party, index) => ({
    ...party,
    identity: { ...party.identity, place: places[index] as Place },
  }));

describe("five candidates of whom one is elsewhere", () => {
  it.each([
    ["outside the fence", FENCED, [0, 10, 20, 30, 51].map((metres) => yard(metres)), "OUTSIDE_PLACE"],
    ["under another key", ONE_SITE, ["a", "a", "a", "a", "b"].map(site), "PLACE_KEY"],
  ] as const)(
    "are four that count, two thirds of them decide, and all five learn it: %s",
    async (_, where, places, code) => {
      const parties = placed(places);
      const net = opened(parties, pinned(CLOSED, where));
      joinAll(net);
      voteAndEnd(net, ["dune"]);
      expect(new Set(net.digests()).size).toBe(1);
      expect(net.digests()[4]).not.toBeNull();
      const record = recordOf(net);
      expect(rosterIn(net)).toEqual(["acme", "bolt", "crux", "dune"]);
      expect(record?.excluded).toMatchObject([{ id: joinOf(net, "echo"), code, round: 0 }]);
      // Three of five would not be two thirds; three of the four present are.
      expect([record?.status, record?.explanation.join()]).toEqual(["decided", expect.stringContaining("3 of 4")]);
      expect(record?.explanation.join()).toContain("not in, of those named: echo as voter");
      for (const by of ["acme", "dune"]) {
        const { verdict, outcome } = await passes(net, parties, by);
        expect([verdict, outcome?.digest]).toEqual(["passed", net.digests()[0]]);
      }
    },
  );

  it("decide otherwise where those named are the quorum", () => {
    const net = opened(placed([0, 10, 20, 30, 40].map((metres) => yard(metres))), pinned(CLOSED, FENCED));
    joinAll(net);
    voteAndEnd(net, ["dune", "echo"]);
    expect([recordOf(net)?.status, rosterIn(net)?.length]).toEqual(["abandoned", 5]);
  });

  it("count a party 49 m away, give or take 5 m, under the lenient mode and not under the strict one", () => {
    const rosters = ["strict", "lenient"].map((mode) => {
      const places = [yard(0), yard(10), yard(20), yard(30), yard(49, 5)];
      const net = opened(placed(places), pinned(CLOSED, { proximity: fence(mode) }));
      joinAll(net);
      voteAndEnd(net);
      return [rosterIn(net)?.length, recordOf(net)?.excluded.map(({ code }) => code)];
    });
    expect(rosters).toEqual([
      [4, ["PLACE_UNCERTAIN"]],
      [5, []],
    ]);
  });
});

describe("a ceremony of those present", () => {
  it("is refused at the call for two parties, and for three keys of one organisation", () => {
    const policy = pinned(CLOSED);
    const [opener] = testParties(3) as readonly [Party];
    const plan = { title: "t", policy, subject: null, opensAt: START, closesAt: START + SECOND, expiresAt: null };
    const call = (seats: ReturnType<typeof seatsFor>) =>
      composeCall({ ...plan, seats, nonce: new Uint8Array(16) }, authorFor(opener.identity));
    const one = seatsFor([opener, opener, opener], "voter");
    expect(call(seatsFor(testParties(2), "voter"))).toMatchObject({
      fault: { code: "POLICY_PARTIES", detail: { found: 2 } },
    });
    expect(call(one)).toMatchObject({ fault: { code: "POLICY_PARTIES", detail: { found: 1 } } });
    expect(call(seatsFor(testParties(3), "voter")).ok).toBe(true);
  });

  it("is abandoned where two of four join, which binds nobody", () => {
    const net = opened(testParties(4), pinned(CLOSED));
    joinAll(net, ["acme", "bolt"]);
    net.run(60, () => net.agents.every(({ state }) => state.ending !== null));
    expect(new Set(net.digests()).size).toBe(1);
    const record = recordOf(net);
    expect([record?.status, record?.cause]).toEqual(["abandoned", "TOO_FEW_PRESENT"]);
    const value = toJson(record?.value ?? null) as { readonly released: readonly { readonly party: string }[] };
    expect(value).toMatchObject({ absent: ["crux", "dune"], faulty: [] });
    expect(value.released.map(({ party }) => party).sort()).toEqual(["acme", "bolt"]);
  });

  it("goes on without whoever called it: the others end with one record, whatever order and memory they have", () => {
    const ends = [
      { copies: 1, restoreAlways: false },
      { copies: 2, restoreAlways: false },
      { copies: 1, restoreAlways: true },
    ].map((how) => {
      const net = opened(testParties(4), pinned(CLOSED));
      Object.assign(net, how);
      net.down.add("acme");
      joinAll(net, ["bolt", "crux", "dune"]);
      voteAndEnd(net);
      expect(rosterIn(net)).toEqual(["bolt", "crux", "dune"]);
      return net.digests().slice(1);
    });
    expect(new Set(ends.flat())).toEqual(new Set([expect.stringMatching(/^[0-9a-f]{64}$/)]));
  });

  it("begins as soon as everyone named has joined", () => {
    const net = opened(testParties(4), pinned(CLOSED));
    joinAll(net);
    net.run(8, () => net.agents.every(({ state }) => state.rounds.length === 2));
    expect(net.now).toBeLessThan(START + 8 * SECOND);
  });

  it("takes one join from each, and nothing else in that round", () => {
    const net = opened(testParties(4), pinned(CLOSED));
    joinAll(net);
    expect(net.attest("acme", "join")).toMatchObject([{ verdict: "ignored" }]);
    expect(
      net.say(
        "acme",
        new Map([
          ["choice", "join"],
          ["reason", "again"],
        ]),
      ),
    ).toMatchObject([{ code: "ALREADY_ATTESTED" }]);
    const other = opened(testParties(4), pinned(CLOSED));
    other.attest("dune", "approve");
    joinAll(other, ["acme", "bolt", "crux"]);
    voteAndEnd(other);
    expect(recordOf(other)?.excluded).toMatchObject([{ code: "CONTENT_INVALID", round: 0 }]);
    expect(rosterIn(other)).toEqual(["acme", "bolt", "crux"]);
  });

  it("may go on to sealed bids", () => {
    const net = opened(testParties(4), pinned(AUCTION, CLOSED));
    joinAll(net, ["acme", "bolt", "crux"]);
    net.run(40, () => net.agents.every(({ state }) => state.rounds.length === 2));
    const reveal = (amount: number) =>
      new Map<string, never>([
        ["bid", new Map([["amount", amount]])],
        ["nonce", `n${amount}`],
      ] as never);
    const say = (name: string, content: ReadonlyMap<string, unknown>) =>
      net.turn(name, { on: "attest", now: net.now, content: content as never, item: null });
    const bids = [
      ["acme", 70],
      ["bolt", 90],
      ["crux", 80],
    ] as const;
    for (const [name, amount] of bids) say(name, new Map([["commit", commitTo(reveal(amount))]]));
    net.run(60, () => net.agents.every(({ state }) => state.rounds.length === 3));
    for (const [name, amount] of bids) say(name, new Map([["reveal", reveal(amount)]]));
    net.run(60, () => net.agents.every(({ state }) => state.ending !== null));
    expect([new Set(net.digests()).size, recordOf(net)?.status, recordOf(net)?.roots.length]).toEqual([
      1,
      "decided",
      3,
    ]);
  });
});

describe("a convening policy as a document", () => {
  it("is read strictly", () => {
    const fault = (convening: unknown) => {
      const policy = pinPolicy({ ...QUORUM, convening });
      return policy.ok ? null : policy.fault.code;
    };
    expect([
      fault(null),
      fault({ roster: "closed-by-name" }),
      fault({ roster: "open-by-class", class: "aid" }),
    ]).toEqual([null, null, null]);
    expect([fault({ roster: "open-by-class" }), fault({ roster: "closed-by-name", class: "aid" }), fault({})]).toEqual(
      Array.from({ length: 3 }, () => "POLICY_INVALID"),
    );
  });

  it("is set where a pattern says nothing of it, and a misspelt one is refused", () => {
    const set = (path: string) =>
      setParameters(QUORUM as unknown as Json, [{ path, value: { roster: "closed-by-name" } }]);
    const made = set("convening");
    expect(pinPolicy(made.ok ? made.value : null)).toMatchObject({
      ok: true,
      value: { policy: { convening: { roster: "closed-by-name" } } },
    });
    for (const path of ["convenes", "convening.roster", "roles.convening"])
      expect(set(path)).toMatchObject({ fault: { code: "POLICY_SET_PATH", detail: { path } } });
  });

  it("is decided over plain documents by the same rounds", () => {
    const parties = ["acme", "bolt", "crux", "dune", "echo"].map((id) => ({ id, role: "voter" }));
    const say = (choice: string, ...names: readonly string[]) => names.map((party) => ({ party, payload: { choice } }));
    const joined = say("join", "acme", "bolt", "crux", "dune");
    const decide = (...rounds: readonly object[]) => decidePlain(pinned(CLOSED).policy, { parties, rounds });
    expect(decide(joined)).toMatchObject({ value: { status: "pending", next: { stage: "give" } } });
    const votes = [...say("approve", "acme", "bolt", "crux", "echo"), ...say("reject", "dune")];
    expect(decide(joined, votes)).toMatchObject({
      value: {
        status: "decided",
        value: { choice: "approve" },
        excluded: [{ index: 3, round: 1, code: "NOT_A_PARTY" }],
      },
    });
    expect(decide(say("join", "acme", "bolt"))).toMatchObject({
      value: { status: "abandoned", cause: "TOO_FEW_PRESENT" },
    });
  });
});
