// Why an observation was admitted or not: a table for each, what would have admitted it, and four noes that are never mixed.
import { describe, expect, it } from "vitest";
import { parseBundle } from "../../../shared/evidence/bundle.ts";
import { type Explanation, explainOne } from "../../../shared/evidence/explain.ts";
import { explainBundle } from "../../../shared/evidence/explain-bundle.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import { stepOf } from "../../../shared/observation/door-steps.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { commitTo } from "../../../shared/outcome/sealing.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { AUCTION } from "../../../shared/policy/patterns/auction.ts";
import { ADMISSION_REFUSALS } from "../../../shared/refusals/admission.ts";
import { CEREMONY_REFUSALS } from "../../../shared/refusals/ceremony.ts";
import { COMPOSITE_REFUSALS } from "../../../shared/refusals/composite.ts";
import { ENCODING_REFUSALS } from "../../../shared/refusals/encoding.ts";
import { INTAKE_REFUSALS } from "../../../shared/refusals/intake.ts";
import type { RefusalCode } from "../../../shared/refusals.ts";
import { joinAll, joinOf, opened, pinned, voteAndEnd, WALK_IN } from "../../support/convened.ts";
import { bundleOf, bytesOf } from "../../support/evidence.ts";
import { type Agent, Network, SECOND, START, storedBy } from "../../support/network.ts";
import { testParties } from "../../support/parties.ts";

const times = { closesAt: START + 10 * SECOND, expiresAt: START + 200 * SECOND };

function network(document: object, role: string, count = 4): Network {
  const policy = pinPolicy(document);
  if (!policy.ok) throw new Error(JSON.stringify(policy.fault));
  const net = new Network(testParties(count), policy.value, { role, ...times });
  net.open();
  net.deliverAll();
  return net;
}

function refusedBy(agent: Agent) {
  return agent.effects.flatMap((effect) =>
    effect.do === "refuse" ? [{ id: effect.observation.id, code: effect.code, frame: effect.observation.frame }] : [],
  );
}
const answer = (net: Network, name: string, id: string) => {
  const agent = net.agent(name);
  return explainOne(agent.state, { refused: refusedBy(agent), stored: () => storedBy(agent) }, id);
};
function told(net: Network, name: string, id: string): Explanation {
  const found = answer(net, name, id);
  if (!found.ok) throw new Error(found.fault.code);
  return found.value;
}
const rowOf = ({ factors }: Explanation, name: string) => factors.find((factor) => factor.name === name);
const ended = (net: Network) => net.run(60, () => net.agents.every(({ state }) => state.ending !== null));

/** A contribution that dune signs past the rules of its own agent. */
function signed(
  net: Network,
  changes: { readonly at?: number; readonly round?: number; readonly seat?: number },
): VerifiedObservation {
  const { at = net.now, round = 0, seat = 3 } = changes;
  return authorFor(net.agent("dune").party.identity)({
    ceremony: net.call.id,
    round,
    slot: { seat, attempt: null, item: null },
    at: [at, at],
    timeToLive: 3_600 * SECOND,
    lineage: { sequence: 90, prev: null, parents: [], sources: [], derivation: null },
    body: { kind: "contribution", role: "approver", content: new Map([["choice", "approve"]]) },
  });
}
const give = (net: Network, name: string, observation: VerifiedObservation) =>
  net.turn(name, { on: "observations", now: net.now, observations: [observation] });

describe("an observation that is not admitted", () => {
  it("is told with the gate that refused it, the clause, and the words of its refusal", () => {
    const net = network(APPROVAL, "approver");
    const stray = signed(net, { seat: 0 });
    give(net, "acme", stray);
    const found = told(net, "acme", stray.id.slice(0, 12));
    expect([found.verdict, found.refusal?.code, rowOf(found, "seat")]).toMatchObject([
      "not admitted",
      "SEAT_MISMATCH",
      { weight: "gate", verdict: "not met", clause: "SPEC 7.6" },
    ]);
    expect(rowOf(found, "slot")?.verdict).toBe("not reached");
    // What the refusal said beside its code is found again.
    expect(JSON.stringify(found.refusal)).not.toContain("unknown");
    expect(found.nearest).toMatchObject([{ by: "sender", text: found.refusal?.do }]);
  });

  it.each(["sender", "policy"] as const)("is admitted after the nearest change, where the %s makes it", (by) => {
    const late = (policy: object, off: number) => {
      const net = network(policy, "approver");
      const said = signed(net, { at: times.closesAt + APPROVAL.timing.tolerance + 7 * SECOND - off });
      for (const { party } of net.agents) give(net, party.name, said);
      for (const name of ["acme", "bolt", "crux"]) net.attest(name, "abstain");
      ended(net);
      return told(net, "bolt", said.id);
    };
    const found = late(APPROVAL, 0);
    expect([found.verdict, found.refusal?.code, rowOf(found, "policy")?.clause]).toEqual([
      "not admitted",
      "WINDOW_MISSED",
      "timing.tolerance",
    ]);
    const change = found.nearest.find((one) => one.by === by)?.text ?? "";
    const seconds = Number(/([\d.]+) s/.exec(change)?.[1]);
    expect(seconds * SECOND).toBe(by === "sender" ? 7 * SECOND : APPROVAL.timing.tolerance + 7 * SECOND);
    const tolerance = seconds * SECOND;
    const changed = { ...APPROVAL, timing: { ...APPROVAL.timing, tolerance } };
    const again = by === "sender" ? late(APPROVAL, seconds * SECOND) : late(changed, 0);
    expect([again.verdict, again.nearest]).toEqual(["admitted", []]);
    // Dune's agent met what was signed behind its back, and says nothing any more.
    expect(again.elsewhere).toEqual({ same: ["acme", "crux"], different: [], notHeard: ["dune"] });
  });

  it("is told by the clause that convenes, where it was a join without a seat", () => {
    const policy = pinned({ convening: { roster: "open-by-class", class: "mutual-aid" } });
    const net = opened(testParties(4), policy, 3);
    net.turn("dune", { on: "observations", now: net.now, observations: [net.call] });
    joinAll(net, ["acme", "bolt", "crux"]);
    net.say("dune", WALK_IN);
    voteAndEnd(net);
    const found = told(net, "bolt", joinOf(net, "dune") as string);
    expect([found.verdict, found.refusal?.code, found.authority]).toEqual([
      "not admitted",
      "CLASS_NOT_GRANTED",
      "dune",
    ]);
    expect(found.factors.filter(({ verdict }) => verdict === "not met")).toMatchObject([{ clause: "admission" }]);
    expect(rowOf(found, "competence")?.verdict).toBe("met");
  });

  it("is told alike by the agent and from its bundle", async () => {
    const net = network(APPROVAL, "approver");
    const late = signed(net, { at: START + 500 * SECOND });
    give(net, "acme", late);
    for (const name of ["acme", "bolt", "crux"]) net.attest(name, "approve");
    ended(net);
    const bundle = parseBundle(bytesOf(bundleOf(net.agent("acme"))));
    const offline = bundle.ok ? await explainBundle(bundle.value, null, late.id) : bundle;
    const own = told(net, "acme", late.id);
    expect(offline).toMatchObject({
      ok: true,
      value: { verdict: own.verdict, refusal: own.refusal, nearest: own.nearest },
    });
  });
});

describe("the four noes", () => {
  it("held: it waits for a round, or for the call", () => {
    const net = network(APPROVAL, "approver");
    const early = signed(net, { round: 3 });
    give(net, "acme", early);
    const found = told(net, "acme", early.id);
    expect([found.verdict, found.refusal?.code, rowOf(found, "seat")?.verdict]).toEqual([
      "held",
      "ROUND_UNKNOWN",
      "unknown",
    ]);
    const policy = pinPolicy(APPROVAL);
    const other = new Network(testParties(4), (policy as { value?: unknown }).value as never, {
      role: "approver",
      ...times,
    });
    give(other, "bolt", early);
    expect(told(other, "bolt", early.id)).toMatchObject({ verdict: "held", refusal: { code: "CEREMONY_UNKNOWN" } });
  });

  it("ignored: a second reveal of one commitment", () => {
    const net = network(AUCTION, "bidder", 3);
    const reveal = (amount: number) =>
      new Map<string, never>([
        ["bid", new Map([["amount", amount]])],
        ["nonce", `n${amount}`],
      ] as never);
    for (const [index, name] of ["acme", "bolt", "crux"].entries())
      net.say(name, new Map([["commit", commitTo(reveal(70 + index))]]));
    net.run(30, () => net.agents.every(({ state }) => state.rounds.length === 2));
    for (const [index, name] of ["acme", "bolt"].entries()) net.say(name, new Map([["reveal", reveal(70 + index)]]));
    const twice = ["", "again"].map((reason) =>
      net.forge(
        "crux",
        new Map<string, never>([
          ["reveal", reveal(72)],
          ["reason", reason],
        ] as never),
      ),
    );
    net.run(60, () => ["acme", "bolt"].every((name) => net.agent(name).state.ending !== null));
    const verdicts = twice.map(({ id }) => told(net, "acme", id)).map(({ verdict, nearest }) => [verdict, nearest]);
    expect(verdicts.sort()).toEqual([
      ["admitted", []],
      ["ignored", []],
    ]);
  });

  it("never arrived: who says that it holds it is named", () => {
    const net = network({ ...APPROVAL, timing: { ...APPROVAL.timing, early: false } }, "approver");
    net.delivers = ({ to, observation }) => to !== "acme" || observation.body.kind === "status";
    const [receipt] = net.attest("dune", "approve");
    net.run(6);
    const missing = answer(net, "acme", receipt?.id as string);
    expect(missing).toMatchObject({ ok: false, fault: { code: "NEVER_ARRIVED", detail: { by: "acme" } } });
    const { reported } = (missing as unknown as { fault: { detail: { reported: string } } }).fault.detail;
    expect(reported).toContain("dune");
    expect(answer(net, "acme", "ab".repeat(32))).toMatchObject({
      fault: { detail: { reported: "nobody has said that it holds it" } },
    });
    expect(told(net, "bolt", receipt?.id as string).verdict).toBe("admitted");
  });

  it("an id that several begin with is none of them", () => {
    const net = network(APPROVAL, "approver");
    net.attest("acme", "approve");
    const [one] = storedBy(net.agent("acme")).slice(-1);
    const twin = { ...(one as VerifiedObservation), id: `${one?.id.slice(0, 10)}${"0".repeat(54)}` };
    const { state } = net.agent("acme");
    const parked = new Map([[twin.id, twin]]);
    const found = explainOne({ ...state, parked }, { refused: [], stored: () => [] }, twin.id.slice(0, 10));
    expect(found).toMatchObject({ fault: { code: "ID_AMBIGUOUS" } });
  });
});

describe("every refusal of an observation", () => {
  /** Codes about something else than an observation that a party was given. */
  const OTHERS: readonly string[] = [
    ...[
      "STATEMENT_UNKNOWN",
      "STATEMENT_INVALID",
      "CERTIFICATE_LATE",
      "MUTE",
      "PAST_UNKNOWN",
      "OVER_TOLERANCE",
      "PROVISIONAL",
    ],
    ...["ALREADY_ATTESTED", "DRAFT_STALE", "DRAFT_CHANGED", "ITEMS_FULL", "CEREMONIES_WAITING", "NO_SEAT"],
    ...["SHARD_BEHIND", "SHARD_LATE", "SHARD_SILENT", "SHARDS_IDLE"],
  ];

  it("has its step in the table", () => {
    const groups = [ENCODING_REFUSALS, ADMISSION_REFUSALS, CEREMONY_REFUSALS, INTAKE_REFUSALS, COMPOSITE_REFUSALS];
    const stray = groups.flatMap((group) => Object.keys(group)).filter((code) => stepOf(code as RefusalCode) === null);
    expect(stray.sort()).toEqual([...OTHERS].sort());
  });
});
