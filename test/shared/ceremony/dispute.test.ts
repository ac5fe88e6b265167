// Disputes: an outcome may be contested by whoever held a seat. It stays what it is, byte for byte; the dispute, what is answered and the
// ruling are shown beside it wherever it is shown, and travel in the evidence that a stranger verifies.
import { beforeAll, describe, expect, it } from "vitest";
import { memoOf, restore } from "../../../shared/ceremony/restore.ts";
import { viewOf } from "../../../shared/ceremony/view.ts";
import { verifyBundle } from "../../../shared/evidence/verify.ts";
import { approvalNetwork, bundleOf, bytesOf, finishedApproval, lineageOf, trustIn } from "../../support/evidence.ts";
import { type Network, SECOND, storedBy } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

const parties = testParties(4);
const trust = trustIn(parties);
const NAMES = parties.map(({ name }) => name);
let net: Network;
let before: readonly (string | null)[];
let disputed: string;

const contest = (on: Network, name: string, fields: object = {}) =>
  on.turn(name, {
    on: "contest",
    now: on.now,
    contest: { act: "dispute", about: [], reason: "the build was not reproducible", ruling: null, ...fields },
  });
const shown = (name: string) => viewOf(net.agent(name).state).disputes;

beforeAll(() => {
  net = finishedApproval(4);
  before = net.digests();
  const contested = [...(net.agent("dune").state.rounds[0]?.held.keys() ?? [])].slice(0, 1);
  const [receipt] = contest(net, "dune", { about: contested });
  disputed = receipt?.id as string;
  net.run(1);
  contest(net, "acme", { act: "response", about: [disputed], reason: "it is: see build 77" });
  net.run(1);
  contest(net, "crux", { act: "ruling", about: [disputed], reason: "checked by us", ruling: "to be repeated" });
  net.run(2);
});

describe("a dispute", () => {
  it("is shown by every party beside the outcome, with what is answered and how it is ruled", () => {
    for (const name of NAMES) {
      expect(shown(name).map(({ by, act }) => `${by} ${act}`)).toEqual([
        "dune dispute",
        "acme response",
        "crux ruling",
      ]);
      expect(shown(name).map(({ same, override }) => [same, override])).toEqual([
        [true, false],
        [true, false],
        [true, true],
      ]);
    }
  });

  it("changes nothing of the outcome, also where a ruling says otherwise", () => {
    expect(net.digests()).toEqual(before);
    expect(new Set(before).size).toBe(1);
  });

  it("travels in the evidence, which a stranger verifies with the same outcome", async () => {
    for (const name of NAMES) {
      const { verdict, outcome, disputes, firstFailing } = await verifyBundle(bytesOf(bundleOf(net.agent(name))), {
        trust,
      });
      expect([verdict, outcome?.digest], JSON.stringify(firstFailing)).toEqual(["passed", before[0]]);
      expect(disputes).toEqual(shown("acme"));
    }
  });

  it("survives a restart, and is written down at every party", () => {
    for (const name of NAMES) {
      const agent = net.agent(name);
      const again = restore(agent.state.ceremony, agent.state.self, storedBy(agent), memoOf(agent.state));
      expect([...again.disputes.keys()].sort()).toEqual([...agent.state.disputes.keys()].sort());
      const entries = lineageOf(agent).filter(({ detail }) => detail.kind === "dispute");
      expect(
        entries.map(({ by }) => by),
        name,
      ).toEqual(["dune", "acme", "crux"]);
    }
  });

  it("cannot be altered on the way, as its entry in the evidence says", async () => {
    const bundle = bundleOf(net.agent("bolt"));
    const frames = bundle.frames.filter(({ id }) => id !== disputed);
    const { verdict } = await verifyBundle(bytesOf({ ...bundle, frames }), { trust });
    // What stands beside an outcome proves nothing of it, so its absence does not unmake the outcome.
    expect(verdict).toBe("passed");
    const broken = bundle.frames.map((frame) => (frame.id === disputed ? { ...frame, id: "0".repeat(64) } : frame));
    expect((await verifyBundle(bytesOf({ ...bundle, frames: broken }), { trust })).verdict).toBe("failed");
  });
});

describe("no dispute", () => {
  it("is raised before there is an outcome, or after its time", () => {
    const open = approvalNetwork(parties);
    open.open();
    open.deliverAll();
    expect(contest(open, "acme")).toMatchObject([{ verdict: "refused", code: "PROVISIONAL" }]);
    const late = finishedApproval(3);
    late.now += 2 * 86_400 * SECOND;
    expect(contest(late, "acme")).toMatchObject([{ verdict: "refused", code: "DISPUTE_LATE" }]);
  });

  it("is raised without end, or by whoever never held a seat", () => {
    const flood = finishedApproval(3);
    const answers = Array.from({ length: 9 }, (_, at) => contest(flood, "acme", { reason: `reason ${at}` })[0]);
    expect(answers.map((answer) => answer?.code ?? null)).toEqual([...Array(8).fill(null), "DISPUTE_FULL"]);
    const stranger = finishedApproval(4).agent("dune");
    const said = [...net.agent("dune").state.disputes.values()][0];
    const three = finishedApproval(3);
    const forged = { ...said, ceremony: three.call.id, chain: stranger.author(draft(three)).chain };
    expect(three.turn("acme", { on: "observations", now: three.now, observations: [forged as never] })).toMatchObject([
      { code: "NOT_A_PARTY" },
    ]);
  });
});

function draft(on: Network) {
  return {
    ceremony: on.call.id,
    round: 0,
    slot: { seat: 3, attempt: null, item: null },
    at: [on.now, on.now] as const,
    timeToLive: SECOND,
    lineage: { sequence: 1, prev: null, parents: [], sources: [], derivation: null },
    body: { kind: "dispute", act: "dispute", digest: on.call.id, about: [], reason: "none", ruling: null } as const,
  };
}
