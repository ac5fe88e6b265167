// A round of more contributions than one frame lists: its witnesses are paged, and whatever becomes of pages on their way, or of whoever never
// sends them, those who close the round end alike.
import { beforeAll, describe, expect, it } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { memoOf, restore } from "../../../shared/ceremony/restore.ts";
import type { Round } from "../../../shared/ceremony/state.ts";
import { statusBody } from "../../../shared/ceremony/status.ts";
import type { Closing } from "../../../shared/closing/state.ts";
import { examineBundle } from "../../../shared/evidence/verify.ts";
import { FRAME_BYTES_MAX, PAGE_IDS, PREFIXES_MAX, WANTS_MAX, WITNESS_PAGES_MAX } from "../../../shared/limits.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { makeBidders, signBids } from "../../bench/bids.ts";
import { auctionWith } from "../../support/bidders.ts";
import { bundleOf, bytesOf, trustIn } from "../../support/evidence.ts";
import { type Agent, Network, SECOND, type Sent, START, storedBy } from "../../support/network.ts";
import { MESH, testParties } from "../../support/parties.ts";
import { draftOf, idOf } from "../../support/statements.ts";

const ELECTORS = ["acme", "bolt", "crux", "dune"];
/** One of them bids once, in some of the rounds. */
const BIDDERS = 39;
const LOTS = 64;
const COUNT = (BIDDERS - 1) * LOTS;
const policy = auctionWith({ "roles.bidder.agent": true });
const parties: readonly Party[] = [...testParties(ELECTORS.length), ...makeBidders(BIDDERS, MESH)];
const role = ["seller", "buyer", "regulator", "regulator", ...Array(BIDDERS).fill("bidder")];
const trust = trustIn(parties);
let held: Network;
let last: VerifiedObservation | undefined;

/** Four electors hold 2,432 bids of 38 bidders, who have gone since; the round closes in ten seconds. */
function opened(): Network {
  const net = new Network(parties, policy, { role, closesAt: START + 10 * SECOND, expiresAt: START + 600 * SECOND });
  for (const { name } of parties.slice(ELECTORS.length)) net.down.add(name);
  return net;
}

/** The same, of which one elector may lack the last bid. */
function ceremony(lacking: string | null = null): Network {
  const net = opened();
  for (const [index, agent] of net.agents.entries()) {
    const { state, wakeAt, effects } = held.agents[index] as Network["agents"][number];
    Object.assign(agent, { state, wakeAt, effects: [...effects] });
  }
  if (lacking === null) return net;
  net.run(9.9);
  const observations = [last as VerifiedObservation];
  for (const name of ELECTORS.filter((each) => each !== lacking))
    net.turn(name, { on: "observations", now: net.now, observations });
  return net;
}

const stateOf = (net: Network, name: string) => net.agent(name).state;
const closingOf = (net: Network, name: string) => stateOf(net, name).rounds[0]?.closing;
const digests = (net: Network, names = ELECTORS) => names.map((name) => stateOf(net, name).ending?.digest);
const ended = (net: Network, names = ELECTORS) => digests(net, names).every((digest) => digest !== undefined);

beforeAll(() => {
  held = opened();
  held.open();
  held.deliverAll();
  const sold = [held.call.id, ELECTORS.length, held.now] as const;
  const bids = signBids(parties.slice(ELECTORS.length, -1), COUNT, ...sold);
  last = signBids(parties.slice(-1), 1, held.call.id, parties.length - 1, held.now)[0];
  const [first, ...others] = held.agents.slice(0, ELECTORS.length) as unknown as readonly [Agent, ...Agent[]];
  const before = first.effects.length;
  held.turn("acme", { on: "observations", now: held.now, observations: bids });
  const [taken] = first.state.rounds as unknown as readonly [Round];
  // The others take the same in alike; for the time that it takes they are given what came of it.
  for (const agent of others) {
    const [round] = agent.state.rounds as unknown as readonly [Round];
    agent.state = { ...agent.state, rounds: [{ ...round, held: taken.held }] };
    agent.effects.push(...first.effects.slice(before).filter((effect) => effect.do === "append"));
  }
});

/** Lets the round close; the one digest that all of these came to. */
function closed(net: Network, names = ELECTORS): string {
  net.run(90, () => ended(net, names));
  const [first, ...others] = new Set(digests(net, names));
  expect([first === undefined, others]).toEqual([false, []]);
  return first as string;
}

const setOf = (net: Network) => closingOf(net, "acme")?.decision?.set ?? [];
const isPage = ({ observation }: Sent) => observation.body.kind === "page";
const paths = (net: Network, names = ELECTORS) => names.map((name) => closingOf(net, name)?.decision?.certificate.path);

let usual: string;
describe("a round of 2,432 contributions", () => {
  it("ends alike at all, by witnesses of two pages each, and its evidence stands", async () => {
    const net = ceremony();
    usual = closed(net);
    const { witnesses, pages } = closingOf(net, "bolt") as Closing;
    expect(paths(net)).toEqual(Array(4).fill("unanimous"));
    expect([...witnesses.values()].flat().map(({ body }) => [body.ids.length, body.pages?.length])).toEqual(
      Array(4).fill([COUNT, 2]),
    );
    expect([...pages.values()].map(({ body }) => body.ids.length).sort()).toEqual(
      [...Array(4).fill(PAGE_IDS), ...Array(4).fill(COUNT - PAGE_IDS)].sort(),
    );
    // One list is kept once, however many electors sign it.
    expect(new Set([...witnesses.values()].flat().map(({ body }) => body.ids)).size).toBe(1);
    expect(new Set([...pages.values()].map(({ body }) => body.ids)).size).toBe(2);
    const bundle = bundleOf(net.agent("crux"));
    const { verification } = await examineBundle(bytesOf(bundle), { trust });
    expect(verification).toMatchObject({ verdict: "passed", outcome: { digest: usual } });
    const without = { ...bundle, frames: bundle.frames.filter(({ id }) => !pages.has(id)) };
    const lacking = await examineBundle(bytesOf(without), { trust });
    expect(lacking.verification).toMatchObject({ verdict: "failed", firstFailing: { code: "CERTIFICATE_MISSING" } });
  });

  it("ends so whatever order its messages come in, with repeats", () => {
    const net = ceremony();
    net.copies = 3;
    expect(closed(net)).toBe(usual);
  });

  it("ends so though nobody has another's pages, where all hold the same", () => {
    const net = ceremony();
    net.delivers = (sent) => !isPage(sent);
    expect(closed(net)).toBe(usual);
    expect(paths(net)).toEqual(Array(4).fill("unanimous"));
  });

  it("keeps few of the pages that come ahead of the call, and fewer once it has come", () => {
    const net = opened();
    const { author } = net.agent("dune");
    const flood = Array.from({ length: 20 }, (_, index) =>
      author({
        ...draftOf("page"),
        ceremony: net.call.id,
        slot: { seat: 3, attempt: null, item: `page ${index}` },
        body: { kind: "page", ids: [idOf(`ghost ${index}`)] },
      }),
    );
    const answers = net.turn("bolt", { on: "observations", now: net.now, observations: flood });
    expect(Object.groupBy(answers, ({ code }) => String(code))).toMatchObject({
      CEREMONY_UNKNOWN: { length: 2 * WITNESS_PAGES_MAX },
      PAGES_FULL: { length: 20 - 2 * WITNESS_PAGES_MAX },
    });
    net.turn("bolt", { on: "observations", now: net.now, observations: [net.call] });
    expect(closingOf(net, "bolt")?.pages.size).toBe(WITNESS_PAGES_MAX);
  });

  it("says what it holds in a status of one frame", () => {
    const round = stateOf(ceremony(), "acme").rounds[0] as Round;
    const body = statusBody(round);
    expect(body.contributions).toHaveLength(COUNT);
    const most = Array.from({ length: PREFIXES_MAX }, (_, index) => index.toString(16).padStart(16, "0"));
    const wants = Array.from({ length: WANTS_MAX }, (_, index) => index.toString(16).padStart(64, "0"));
    const { author } = ceremony().agent("acme");
    const said = author({ ...draftOf("status"), body: { ...body, contributions: most, wants } });
    expect(said.frame.length).toBeLessThan(FRAME_BYTES_MAX - 8_192);
    expect(parseObservation(said.frame)).toMatchObject({ ok: true });
  });
});

describe("a round whose last bid one elector has not heard of", () => {
  it("ends alike where pages are lost at first: whoever lacks one asks for it", () => {
    const net = ceremony("bolt");
    const lost = new Set<string>();
    net.delivers = (sent) => {
      const key = `${sent.to} ${sent.observation.id}`;
      if (!isPage(sent) || lost.has(key)) return true;
      lost.add(key);
      return false;
    };
    net.run(0.4);
    // The others' list is one; its pages are asked for, of whichever of them.
    expect(closingOf(net, "bolt")?.witnesses.size).toBe(1);
    expect(statusBody(stateOf(net, "bolt").rounds[0] as Round).wants).toHaveLength(6);
    expect(closingOf(net, "acme")?.witnesses.size).toBe(3);
    expect(statusBody(stateOf(net, "acme").rounds[0] as Round).wants).toHaveLength(2);
    expect(closed(net)).not.toBe(usual);
    expect(setOf(net)).toHaveLength(COUNT + 1);
  });

  it("ends alike where that one sends its pages to one other only, which passes them on", () => {
    const net = ceremony("dune");
    net.delivers = (sent) => !isPage(sent) || sent.from !== "dune" || sent.to === "bolt";
    closed(net);
    expect(setOf(net)).toHaveLength(COUNT + 1);
    net.run(20);
    expect(ELECTORS.map((name) => closingOf(net, name)?.witnesses.size)).toEqual([4, 4, 4, 4]);
  });

  it("is told that one's pages with the proposal, so that nobody waits for a repair to vote", () => {
    const { electorate, rotation } = closingOf(ceremony(), "acme") as Closing;
    const proposer = electorate.seats[rotation] as number;
    const lacking = (proposer + 1) % ELECTORS.length;
    const net = ceremony(ELECTORS[lacking]);
    net.delivers = ({ to, from, observation: { body, slot } }) => {
      if (body.kind === "status") return false;
      const direct = body.kind === "page" && slot.seat === lacking && from === ELECTORS[lacking];
      return !direct || to === ELECTORS[proposer];
    };
    closed(net);
    for (const name of ELECTORS)
      expect(closingOf(net, name)?.decision?.certificate).toMatchObject({ attempt: 0, witnesses: { length: 4 } });
  });

  it("closes without that one where it sends its pages to nobody, as if it had been silent", () => {
    const net = ceremony("dune");
    net.delivers = (sent) => !isPage(sent) || sent.observation.slot.seat !== 3;
    const digest = closed(net);
    expect(paths(net, ELECTORS.slice(0, 3))).toEqual(Array(3).fill("contested"));
    const { witnesses, unread } = closingOf(net, "acme") as Closing;
    expect([[...witnesses.keys()].sort(), unread.get(3)?.length]).toEqual([[0, 1, 2], 1]);
    const silent = ceremony("dune");
    silent.delivers = (sent) => sent.from !== "dune";
    expect(closed(silent, ELECTORS.slice(0, 3))).toBe(digest);
    expect(setOf(net)).toEqual(setOf(silent));
  });

  it("is read again from what was stored, with the witness signed or still unread", () => {
    const net = ceremony("dune");
    net.delivers = (sent) => !isPage(sent) || sent.observation.slot.seat !== 3;
    const again = (name: string) => {
      const agent = net.agent(name);
      const { rounds } = restore(net.call.id, agent.state.self, storedBy(agent), memoOf(agent.state));
      return rounds[0]?.closing;
    };
    net.run(0.4);
    expect(closingOf(net, "acme")?.unread.get(3)).toHaveLength(1);
    expect(again("acme")).toEqual(closingOf(net, "acme"));
    closed(net);
    expect(again("acme")).toEqual(closingOf(net, "acme"));
    expect(again("dune")).toEqual(closingOf(net, "dune"));
  });
});
