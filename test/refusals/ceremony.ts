// Examples of what a ceremony refuses, holds or takes for a repetition: agents of the real core, and a fourth that says what it likes.
import { readCall } from "../../shared/ceremony/call.ts";
import { draftContribution, stepDraft } from "../../shared/ceremony/draft.ts";
import type { Receipt } from "../../shared/ceremony/effect.ts";
import { emptyState, type Round } from "../../shared/ceremony/state.ts";
import { step } from "../../shared/ceremony/step.ts";
import { proposerOf } from "../../shared/closing/proposer.ts";
import { rootOfSet } from "../../shared/closing/root.ts";
import { ATTEMPTS_AHEAD_MAX, PARKED_MAX, WITNESS_IDS_MAX, WITNESS_PAGES_MAX } from "../../shared/limits.ts";
import { authorFor } from "../../shared/observation/author.ts";
import type { Body, Call, VerifiedObservation } from "../../shared/observation/observation.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { AUCTION } from "../../shared/policy/patterns/auction.ts";
import type { CEREMONY_REFUSALS } from "../../shared/refusals/ceremony.ts";
import type { DISPUTE_REFUSALS } from "../../shared/refusals/dispute.ts";
import type { Fault } from "../../shared/result.ts";
import { approvalNetwork, finishedApproval, lineageOf } from "../support/evidence.ts";
import { Network, SECOND, START } from "../support/network.ts";
import { testParties } from "../support/parties.ts";
import { idOf } from "../support/statements.ts";
import type { Example, Examples } from "./example.ts";

const parties = testParties(4);
const approve = new Map([["choice", "approve"]]);

function opened(closeIn = 10): Network {
  const net = approvalNetwork(parties, closeIn);
  net.open();
  net.deliverAll();
  return net;
}

type Slot = { readonly seat?: number; readonly attempt?: number; readonly item?: string; readonly round?: number };
type Said = Exclude<Body, { kind: "unknown" }>;

/** A statement by anybody with a key, past all rules of its agent. */
function signed(net: Network, body: Said, slot: Slot = {}, by = net.agent("dune").author): VerifiedObservation {
  return by({
    ceremony: net.call.id,
    round: slot.round ?? 0,
    slot: { seat: slot.seat ?? 3, attempt: slot.attempt ?? null, item: slot.item ?? null },
    at: [net.now, net.now],
    timeToLive: 86_400 * SECOND,
    lineage: { sequence: 1, prev: null, parents: [], sources: [], derivation: null },
    body,
  });
}
const choice = (word: string): Said => ({
  kind: "contribution",
  role: "approver",
  content: new Map([["choice", word]]),
});
const outcome = (digest: string): Said => ({ kind: "outcome", digest: idOf(digest), status: "decided" });
const witness = (root: string): Said => ({ kind: "witness", ids: [], root });
const page = (id: string): Said => ({ kind: "page", ids: [idOf(id)] });

export const faultIn = (receipts: readonly Receipt[]): Fault | undefined => {
  const last = receipts.at(-1);
  return last?.code ? { code: last.code, detail: last.detail } : undefined;
};
const take = (net: Network, ...observations: readonly VerifiedObservation[]) =>
  faultIn(net.turn("acme", { on: "observations", now: net.now, observations }));

/** What acme answers to the last of these statements of the fourth party. */
const answered =
  (...said: readonly (readonly [Said, Slot?])[]): Example =>
  () => {
    const net = opened();
    return take(net, ...said.map(([body, slot]) => signed(net, body, slot)));
  };

/** What acme answers before it knows the call. */
const unknowing =
  (count: number, body: Said, slot: (index: number) => Slot): Example =>
  () => {
    const net = opened();
    const { state, author } = net.agent("acme");
    const observations = Array.from({ length: count }, (_, index) => signed(net, body, slot(index)));
    const met = step(emptyState(net.call.id, state.self), { on: "observations", now: net.now, observations }, author);
    return faultIn(met.receipts);
  };

/** A certificate that reaches a party which had given the ceremony up. */
const late: Example = () => {
  const net = opened();
  net.down.add("crux");
  for (const name of ["acme", "bolt", "dune"]) net.attest(name, "approve");
  net.run(60, () => ["acme", "bolt", "dune"].every((name) => net.agent(name).state.ending !== null));
  net.now = net.agent("crux").state.call?.body.expiresAt ?? 0;
  net.turn("crux", { on: "clock", now: net.now + 600 * SECOND });
  const stored = net
    .agent("acme")
    .effects.flatMap((effect) => (effect.do === "append" ? [effect.observation] : []))
    .filter(({ id }) => id !== net.call.id);
  net.turn("crux", { on: "observations", now: net.now + 600 * SECOND, observations: stored });
  const alert = lineageOf(net.agent("crux")).find(({ detail }) => detail.code === "CERTIFICATE_LATE");
  return alert && { code: "CERTIFICATE_LATE", detail: alert.detail };
};

/** Two seats of four say what this engine cannot read. */
const held: Example = () => {
  const net = opened();
  const unread = (seat: number, name: string) =>
    ({
      ...signed(net, outcome("x"), { seat }, net.agent(name).author),
      body: { kind: "unknown", extension: "colour" },
    }) as unknown as VerifiedObservation;
  take(net, unread(3, "dune"), unread(1, "bolt"));
  return faultIn(net.attest("acme", "approve"));
};

/** Two electors of four are proved to have said two things. */
const intolerable: Example = () => {
  const net = opened();
  const vote = (root: string | null): Said => ({ kind: "precommit", root });
  for (const [seat, name] of [
    ["3", "dune"],
    ["2", "crux"],
  ] as const)
    for (const root of [null, rootOfSet([])])
      take(net, signed(net, vote(root), { seat: Number(seat), attempt: 0 }, net.agent(name).author));
  return faultIn(net.attest("acme", "approve"));
};

const mute: Example = () => {
  const net = opened();
  take(net, signed(net, choice("approve"), { seat: 0 }, net.agent("acme").author));
  return faultIn(net.attest("acme", "reject"));
};

/** An auction in which one party sells and two bid. */
function auction(): Network {
  const policy = pinPolicy(AUCTION);
  if (!policy.ok) throw new Error(policy.fault.code);
  const net = new Network(testParties(4), policy.value, { role: ["seller", "bidder", "bidder", "observer"] });
  net.open();
  net.deliverAll();
  return net;
}
const commitment = new Map([["commit", `sha256:${idOf("a bid")}`]]);

const outOfTurn: Example = () => {
  const net = opened();
  const { electorate, rotation } = (net.agent("acme").state.rounds[0] as Round).closing;
  const attempt = [0, 1].find((each) => proposerOf(electorate.seats, rotation, each) !== 3) as number;
  const proposal: Said = { kind: "propose", root: rootOfSet([]), justification: [], validAttempt: -1, polka: [] };
  return take(net, signed(net, proposal, { attempt }));
};

/** What becomes of a draft that was shown at one time and is confirmed at another, with this content. */
const confirmed =
  (word: string, after: number): Example =>
  () => {
    const net = opened(3_600);
    const { state, author } = net.agent("acme");
    const draft = draftContribution(state, approve, net.now, author);
    const content = new Map([["choice", word]]);
    return draft.ok ? stepDraft(state, content, draft.value, net.now + after, author) : draft;
  };

const twice: Example = () => {
  const net = opened();
  net.attest("acme", "approve");
  return faultIn(net.attest("acme", "reject"));
};

/** What a late statement meets. */
const afterwards: Example = () => {
  const net = finishedApproval(4, ["dune"]);
  return take(net, signed(net, choice("approve")));
};

/** What becomes of the last of so many disputes, so long after the outcome. */
const disputed =
  (after: number, count: number): Example =>
  () => {
    const net = finishedApproval(3);
    net.now += after;
    const answers = Array.from({ length: count }, (_, at) => {
      const contest = { act: "dispute", about: [], reason: `reason ${at}`, ruling: null } as const;
      return faultIn(net.turn("acme", { on: "contest", now: net.now, contest }));
    });
    return answers.at(-1);
  };

const crowded: Example = () => {
  const net = auction();
  for (let item = 0; item < 1_000; item++) {
    const refused = faultIn(net.say("bolt", commitment, `lot ${item}`));
    if (refused) return refused;
  }
  return null;
};

type OfCeremonies = Omit<
  typeof CEREMONY_REFUSALS,
  | `POLICY_${string}`
  | "ATTESTATION_INVALID"
  | "CONDITION_UNMET"
  | "EXPRESSION_FAILED"
  | "CONTRIBUTION_VETOED"
  | "ROLE_NOT_HELD"
  | "CONTENT_INVALID"
  | "ROLE_NOT_DUE"
  | "REVEAL_MISMATCH"
  | "NOT_REVEALED"
  | "RAISE_TOO_SMALL"
  | "COUNT_NOT_DELEGATED"
  | "CANDIDATE_UNKNOWN"
  | "TTL_EXPIRED"
  | "SLOT_VOID"
  | "PROVISIONAL"
  | "PAST_UNKNOWN"
  | "CEREMONIES_WAITING"
>;

export const CEREMONY: Examples<OfCeremonies & typeof DISPUTE_REFUSALS> = {
  CEREMONY_UNKNOWN: unknowing(1, choice("approve"), () => ({})),
  CEREMONY_MISMATCH: () => {
    const net = opened();
    return take(net, { ...signed(net, choice("approve")), ceremony: idOf("another") } as VerifiedObservation);
  },
  CEREMONY_OVER: () => faultIn(finishedApproval(4).attest("acme", "approve")),
  CERTIFICATE_LATE: late,
  CEREMONY_HELD: held,
  CALL_INVALID: () => {
    const call = opened().call.body as Call;
    return readCall({ ...call, expiresAt: call.opensAt + 399 * 86_400 * SECOND });
  },
  NOT_A_PARTY: () => {
    const net = opened();
    return take(net, signed(net, choice("approve"), {}, authorFor(testParties(5)[4]?.identity as never)));
  },
  SEAT_MISMATCH: answered([choice("approve"), { seat: 1 }]),
  NOT_AN_ELECTOR: () => {
    const net = auction();
    return take(net, signed(net, witness(rootOfSet([]))));
  },
  ROUND_UNKNOWN: answered([choice("approve"), { round: 1 }]),
  ROUND_CLOSED: afterwards,
  DUPLICATE: answered([choice("approve")], [choice("approve")]),
  PARKED_FULL: unknowing(PARKED_MAX + 1, { kind: "precommit", root: null }, (index) => ({
    attempt: index % ATTEMPTS_AHEAD_MAX,
    item: `${Math.floor(index / ATTEMPTS_AHEAD_MAX)}`,
  })),
  EQUIVOCATION: answered([outcome("one")], [outcome("another")]),
  EQUIVOCATION_FLOOD: answered(...["approve", "reject", "abstain"].map((word) => [choice(word)] as const)),
  ATTEMPT_FAR: answered([{ kind: "precommit", root: null }, { attempt: ATTEMPTS_AHEAD_MAX + 1 }]),
  MUTE: mute,
  OVER_TOLERANCE: intolerable,
  WINDOW_MISSED: () => {
    const net = opened();
    net.now = START + 3_600 * SECOND;
    return faultIn(net.attest("acme", "approve"));
  },
  ALREADY_ATTESTED: twice,
  DRAFT_STALE: confirmed("approve", 901 * SECOND),
  DRAFT_CHANGED: confirmed("reject", SECOND),
  ITEMS_FULL: crowded,
  DISPUTE_FULL: disputed(0, 9),
  DISPUTE_LATE: disputed(2 * 86_400 * SECOND, 1),
  WITNESS_ROOT: answered([witness(idOf("another set"))]),
  PAGES_FULL: answered(...Array.from({ length: WITNESS_PAGES_MAX + 1 }, (_, index) => [page(`${index}`)] as const)),
  WITNESS_PAGES: () => {
    const net = opened();
    const pages = ["one", "two"].map((id) => signed(net, page(id)));
    take(net, ...pages);
    const named = pages.map(({ id }) => id);
    take(net, signed(net, { kind: "witness", root: idOf("a list"), count: WITNESS_IDS_MAX + 1, pages: named }));
    const alert = lineageOf(net.agent("acme")).find(({ detail }) => detail.code === "WITNESS_PAGES");
    return alert && { code: "WITNESS_PAGES", detail: alert.detail };
  },
  NOT_THE_PROPOSER: outOfTurn,
  NO_SEAT: () => faultIn(auction().say("dune", commitment)),
};
