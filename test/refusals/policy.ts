// Examples of policies that cannot work, and of contributions that do not count under one that can.
import { readFileSync } from "node:fs";
import { rootsOf } from "../../cli/stack/party.ts";
import { issueTaxonomy } from "../../shared/authority/taxonomy.ts";
import { assembleTrust } from "../../shared/authority/trust.ts";
import type { Json } from "../../shared/cbor/json.ts";
import { fromJson } from "../../shared/cbor/json.ts";
import type { CborMap } from "../../shared/cbor/value.ts";
import { openCeremony, readCall } from "../../shared/ceremony/call.ts";
import { emptyState } from "../../shared/ceremony/state.ts";
import type { Call, Observation } from "../../shared/observation/observation.ts";
import type { Contribution, Seat } from "../../shared/outcome/contribution.ts";
import { progress } from "../../shared/outcome/rounds.ts";
import { commitTo } from "../../shared/outcome/sealing.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { lintPolicy } from "../../shared/policy/lint.ts";
import { APPROVAL } from "../../shared/policy/patterns/approval.ts";
import { AUCTION } from "../../shared/policy/patterns/auction.ts";
import { CONSENSUS } from "../../shared/policy/patterns/consensus.ts";
import { QUORUM } from "../../shared/policy/patterns/quorum.ts";
import { VOTE } from "../../shared/policy/patterns/vote.ts";
import type { PolicyDocument } from "../../shared/policy/policy.ts";
import type { CEREMONY_REFUSALS } from "../../shared/refusals/ceremony.ts";
import type { RefusalCode } from "../../shared/refusals.ts";
import { refusedBy } from "../support/command.ts";
import { policyOf, seatsOf, WINDOW } from "../support/decisions.ts";
import { approvalNetwork } from "../support/evidence.ts";
import { Network } from "../support/network.ts";
import { MESH, testParties } from "../support/parties.ts";
import { opened, signerNamed } from "../support/recipes.ts";
import { idOf } from "../support/statements.ts";
import type { Example, Examples } from "./example.ts";

type Settings = Readonly<Record<string, Json>>;

/** What the linter finds of a pattern with these settings, for seats of these powers. */
const found =
  (code: RefusalCode, pattern: PolicyDocument, powers: readonly number[], settings: Settings = {}): Example =>
  () => {
    const policy = policyOf(pattern, settings);
    return lintPolicy(policy, seatsOf(policy, powers)).find((finding) => finding.code === code);
  };

const anotherPolicy: Example = () => {
  const call = approvalNetwork(testParties(3)).call.body as Call;
  return readCall({ ...call, policyHash: idOf("another policy") });
};

/** The policy ranks by a vocabulary of which this party recognises another text under the same name and version. */
const anotherText: Example = async () => {
  const url = new URL("../../shared/authority/vocabularies/class-ladder.json", import.meta.url);
  const ladder = JSON.parse(readFileSync(url, "utf8"));
  const policy = pinPolicy({
    ...QUORUM,
    admission: { factors: [{ kind: "tier", among: ["peer"] }], taxonomies: [ladder] },
  } as never);
  const signed = issueTaxonomy({ ...ladder, combinations: [["regulatory", "peer"]] }, MESH, signerNamed("a publisher"));
  if (!policy.ok) return policy;
  if (!signed.ok) return signed;
  const parties = testParties(3);
  const net = new Network(parties, policy.value, { role: "voter" });
  const pins = rootsOf(parties);
  const recognised = assembleTrust({ mesh: MESH, pins, statements: await opened([signed.value]) });
  const { self } = net.agent("acme").state;
  const call = net.call as Observation<Call>;
  return openCeremony(emptyState(net.call.id, { ...self, recognised }), call).refusal;
};

type Word = readonly [seat: number, content: Json, changes?: Partial<Contribution>];

/** Why the first contribution with this code does not count, of rounds that closed under a pattern. */
const uncounted =
  (code: RefusalCode, pattern: PolicyDocument, settings: Settings, ...rounds: readonly (readonly Word[])[]): Example =>
  () => {
    const policy = policyOf(pattern, settings);
    const [first, ...rest] = seatsOf(policy, [1, 1, 1, 1]) as [Seat, ...Seat[]];
    const chair = policy.roles.has("chair") ? "chair" : first.role;
    const seats = [first, ...rest.map((seat) => (seat.index === 3 ? { ...seat, role: chair } : seat))];
    const closed = rounds.map((words, round) => ({
      seats,
      window: WINDOW,
      set: words.map(([seat, content, changes = {}], index) =>
        said(seats[seat] as Seat, content, `${round} ${index}`, changes),
      ),
    }));
    return progress(policy, seats, closed).excluded.find((exclusion) => exclusion.code === code);
  };

function contentOf(json: Json): CborMap {
  const content = fromJson(json);
  if (!content.ok) throw new Error("no content");
  return content.value as CborMap;
}

function said(seat: Seat, json: Json, name: string, changes: Partial<Contribution>): Contribution {
  return {
    id: idOf(name),
    seat: seat.index,
    role: seat.role,
    item: null,
    at: [WINDOW.opensAt, WINDOW.opensAt],
    until: WINDOW.closesAt,
    content: contentOf(json),
    ...changes,
  };
}

const reveal: Json = { bid: { amount: 70 }, nonce: "a4b1" };
const committed: Word = [0, { commit: commitTo(contentOf(reveal)) }];
/** A chair speaks where the others have come to nothing, and not before. */
const chooser = CONSENSUS.roles.decider as unknown as Json;
const escalating: Settings = {
  roles: { decider: chooser, chair: { ...(chooser as object), least: 0, most: 1 } },
  shortfall: [
    {
      do: "escalate",
      role: "chair",
      outcome: { function: "threshold", threshold: 1, carries: ["approve", "reject"], refusal: null, veto: [] },
    },
  ],
};
const voters: Settings = { "outcome.candidates": ["A", "B"] };
const ascending: Settings = { sealed: false, "rounds.most": 3, "rounds.until": "quiet", "rounds.step": 10 };

const APPROVING = { choice: "approve" } as const;
const REPORT: Json = { type: "object", required: ["weight"], properties: { weight: { type: "integer" } } };
/** Deciders must attest to something beside their choice. */
const attesting = (attests: object): PolicyDocument => {
  const { decider } = CONSENSUS.roles;
  return { ...CONSENSUS, roles: { ...CONSENSUS.roles, decider: { ...decider, attests } } } as PolicyDocument;
};
const VETOING = {
  ...CONSENSUS,
  vetoes: [{ name: "no-haste", when: 'content.choice == "approve"' }],
} as PolicyDocument;

type OfPolicies = Pick<
  typeof CEREMONY_REFUSALS,
  | Extract<keyof typeof CEREMONY_REFUSALS, `POLICY_${string}`>
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
>;

export const POLICY: Examples<OfPolicies> = {
  POLICY_INVALID: () => pinPolicy({ ...APPROVAL, timing: { ...APPROVAL.timing, statusInterval: 1 } }),
  POLICY_HASH: anotherPolicy,
  POLICY_UNKNOWN: () => refusedBy("policy", "show", "handshake"),
  POLICY_TAXONOMY: anotherText,
  POLICY_TOLERANCE: () => pinPolicy({ ...CONSENSUS, faults: { num: 1, den: 2 } }),
  POLICY_UNREACHABLE: found("POLICY_UNREACHABLE", CONSENSUS, [1, 1, 1], { "outcome.threshold": 4 }),
  POLICY_AMBIGUOUS: found("POLICY_AMBIGUOUS", QUORUM, [1, 1, 1, 1], { "outcome.threshold": 2 }),
  POLICY_ROLE: found("POLICY_ROLE", APPROVAL, [1]),
  POLICY_PARTIES: found("POLICY_PARTIES", APPROVAL, [1, 1]),
  POLICY_SET_PATH: () => refusedBy("decide", "--pattern", "vote", "--set", "outcome.colour=1", "--contributions", {}),
  ATTESTATION_INVALID: uncounted("ATTESTATION_INVALID", attesting({ schema: REPORT }), {}, [[0, APPROVING]]),
  CONDITION_UNMET: uncounted("CONDITION_UNMET", attesting({ where: "party.power > 2" }), {}, [[0, APPROVING]]),
  EXPRESSION_FAILED: uncounted("EXPRESSION_FAILED", attesting({ where: "content.weight > 2" }), {}, [[0, APPROVING]]),
  CONTRIBUTION_VETOED: uncounted("CONTRIBUTION_VETOED", VETOING, {}, [[0, APPROVING]]),
  ROLE_NOT_HELD: uncounted("ROLE_NOT_HELD", APPROVAL, {}, [[0, { choice: "approve" }, { role: "observer" }]]),
  CONTENT_INVALID: uncounted("CONTENT_INVALID", APPROVAL, {}, [[0, { choice: "perhaps" }]]),
  ROLE_NOT_DUE: uncounted("ROLE_NOT_DUE", CONSENSUS, escalating, [[3, { choice: "approve" }]]),
  REVEAL_MISMATCH: uncounted(
    "REVEAL_MISMATCH",
    AUCTION,
    {},
    [committed],
    [[0, { reveal: { bid: { amount: 99 }, nonce: "a4b1" } }]],
  ),
  NOT_REVEALED: uncounted("NOT_REVEALED", AUCTION, {}, [committed], []),
  RAISE_TOO_SMALL: uncounted(
    "RAISE_TOO_SMALL",
    AUCTION,
    ascending,
    [[0, { bid: { amount: 100 } }]],
    [[1, { bid: { amount: 105 } }]],
  ),
  COUNT_NOT_DELEGATED: uncounted("COUNT_NOT_DELEGATED", VOTE, voters, [[0, { ranking: [["A"], ["B"]], count: 5 }]]),
  CANDIDATE_UNKNOWN: uncounted("CANDIDATE_UNKNOWN", VOTE, voters, [[0, { choice: "C" }]]),
  TTL_EXPIRED: uncounted("TTL_EXPIRED", APPROVAL, {}, [[0, { choice: "approve" }, { until: WINDOW.closesAt - 1 }]]),
  SLOT_VOID: uncounted("SLOT_VOID", AUCTION, { sealed: false }, [
    [0, { bid: { amount: 1 } }],
    [0, { bid: { amount: 2 } }],
  ]),
};
