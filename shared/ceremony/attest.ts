// The party's own contribution, signed by its agent (SPEC §7.7).
import { rootOf } from "../authority/chain.ts";
import { equalBytes } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { readAs } from "../cbor/read.ts";
import type { CborMap, CborValue, Encodable } from "../cbor/value.ts";
import { isHalted, provenFaults } from "../closing/derive.ts";
import type { Closing } from "../closing/state.ts";
import { actItem } from "../membership/act.ts";
import { contributionIn } from "../observation/content.ts";
import type { Id } from "../observation/observation.ts";
import { judgeAlone } from "../outcome/admissible.ts";
import type { Policy } from "../policy/policy.ts";
import { type Fault, fault } from "../result.ts";
import { absorbContribution } from "./gather.ts";
import { contributionsOf, type Gathered } from "./gathered.ts";
import { isOpen } from "./guests.ts";
import { bytesPerSeat, hasRoomFor, itemsPerSeat } from "./listing.ts";
import { refuseProhibited } from "./standpoint.ts";
import {
  audienceOf,
  type CeremonyState,
  currentRound,
  ownSeat,
  phaseOf,
  type RosterSeat,
  type Round,
} from "./state.ts";
import { publish, receipt, record, say, type Turn } from "./turn.ts";

/** Under which governance class a contribution speaks, and what it cites: a directive that it declines, readings that it sums up. */
export type Manner = { readonly governanceClass: string | null; readonly sources: readonly Id[] };
const USUAL: Manner = { governanceClass: null, sources: [] };

/** Contributes `content` in the party's own seat; the same content twice is one contribution. */
export function attest(turn: Turn, content: CborMap, named: string | null, manner: Manner = USUAL): Turn {
  const { state } = turn;
  const item = named ?? actItem(content);
  const round = currentRound(state);
  if (state.ending !== null || state.expired)
    return refused(turn, fault("CEREMONY_OVER", { phase: phaseOf(state) }).fault);
  if (state.hold !== null) return refused(turn, fault("CEREMONY_HELD", { extension: state.hold }).fault);
  if (round === undefined || state.policy === null)
    return refused(turn, state.refusal ?? fault("CEREMONY_UNKNOWN").fault);
  if (state.mute) return refused(turn, fault("MUTE").fault);
  if (isHalted(round.closing)) return refused(turn, overTolerance(round.closing).fault);
  const place = placeOf(state, state.policy.policy, round, content);
  if (place === null)
    return refused(turn, fault("NO_SEAT", { round: round.index, authority: state.self.authority }).fault);
  const prohibited = refuseProhibited(state, content);
  if (prohibited !== null) return refused(turn, prohibited);
  const tolerance = state.policy.policy.timing.tolerance;
  if (turn.now < round.opensAt - tolerance || turn.now > round.closesAt + tolerance)
    return refused(turn, fault("WINDOW_MISSED", { at: turn.now, from: round.opensAt, until: round.closesAt }).fault);
  const body = { kind: "contribution", role: place.role, content: place.content } as const;
  const oversized = refuseContent(body.content);
  if (oversized !== null) return refused(turn, oversized);
  const own = ownIn(state, round, place.seat);
  const earlier = contributionsOf(own).find((held) => held.slot.item === item);
  if (earlier !== undefined) {
    const [before, now] = [earlier.body.content, body.content].map((said) => encodeCanonical(said as Encodable));
    return equalBytes(before as Uint8Array, now as Uint8Array)
      ? receipt(turn, earlier.id, "ignored", "DUPLICATE")
      : refused(turn, fault("ALREADY_ATTESTED", { round: round.index }).fault);
  }
  if (own.length >= itemsPerSeat(round))
    return refused(turn, fault("ITEMS_FULL", { limit: itemsPerSeat(round) }).fault);
  // What would be excluded from the set anyway is not signed: it would take the only place that its slot has.
  const vain = refuseInVain(turn, round, state.policy.policy, { ...place, item });
  if (vain !== null) return refused(turn, vain);
  const slot = { seat: place.seat, attempt: null, item };
  const { turn: spoken, said } = say(turn, {
    round: round.index,
    slot,
    body,
    parents: [state.ceremony],
    numbered: true,
    ...manner,
  });
  // What the others would not keep is as if it had not been signed.
  if (!hasRoomFor(round, own, said))
    return refused(turn, fault("SEAT_FULL", { seat: place.seat, limit: bytesPerSeat(round) }).fault);
  const held = absorbContribution(spoken, round, said);
  return publish(
    record(held, "attestation", [said.id], state.self.authority, { kind: "contribution", round: round.index }),
    audienceOf(held.state, round),
    said,
  );
}

type SpeakingPlace = { readonly seat: number | null; readonly role: string; readonly content: CborMap };

/**
 * The seat that the party speaks from: one that contributes or, in a round of joins, its first that has not joined yet. Without a seat
 * it may join an open roster under its own name, in the role that the content asks for.
 */
function placeOf(state: CeremonyState, policy: Policy, round: Round, content: CborMap): SpeakingPlace | null {
  const joining = round.stage.is === "join";
  const anyone = joining || content.has("membership");
  const fits = ({ role }: RosterSeat) => anyone || policy.roles.get(role)?.contributes === true;
  const fresh = (seat: RosterSeat) => !joining || contributionsOf(ownIn(state, round, seat.index)).length === 0;
  const seat = ownSeat(state, round, (one) => fits(one) && fresh(one)) ?? ownSeat(state, round, fits);
  if (seat !== undefined) return { seat: seat.index, role: seat.role, content };
  const role = content.get("role");
  if (!isOpen(policy, round) || typeof role !== "string") return null;
  const rest = [...content].filter(([name]) => name !== "role");
  return { seat: null, role, content: new Map([...rest, ["as", state.self.authority]]) };
}

/** What this party has said in a round from one place. */
function ownIn({ self }: CeremonyState, { held }: Round, seat: number | null): readonly Gathered[] {
  const own = [...held.values()].filter(({ slot, chain }) => slot.seat === seat && rootOf(chain) === self.root);
  return own.filter(({ body }) => body.kind !== "batch");
}

function refuseInVain(
  { now }: Turn,
  round: Round,
  policy: Policy,
  { seat, ...said }: SpeakingPlace & { readonly item: string | null },
): Fault | null {
  if (seat === null || round.stage.is === "join") return null; // nobody is turned away from asking to take part
  const contribution = { ...said, seat, id: NOTHING, at: [now, now], until: Number.MAX_SAFE_INTEGER } as const;
  return judgeAlone(policy, round.seats, contribution, round, round.stage);
}

/** What our own door would refuse in a frame is not signed: others could not read it, nor could we after a restart. */
function refuseContent(content: CborMap): Fault | null {
  const payload = new Map<string, CborValue>([
    ["role", "any"],
    ["content", content],
  ]);
  const body = readAs(payload, contributionIn(encodeCanonical(payload)), "contribution");
  if (!body.ok) return body.fault;
  const decoded = decodeCanonical(encodeCanonical([[[body.value.content as Encodable]]]));
  return decoded.ok ? null : decoded.fault;
}

export function overTolerance(closing: Closing) {
  return fault("OVER_TOLERANCE", { found: provenFaults(closing), limit: closing.electorate.tolerated });
}

/** Refusals of what was never signed have no id. */
const NOTHING: Id = "";

function refused(turn: Turn, { code, detail }: Fault): Turn {
  return receipt(turn, NOTHING, "refused", code, detail);
}
