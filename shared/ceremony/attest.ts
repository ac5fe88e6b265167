// The party's own contribution, signed by its agent (SPEC §7.7).

import { equalBytes } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { readAs } from "../cbor/read.ts";
import { scanCanonical } from "../cbor/scan.ts";
import type { CborMap, CborValue, Encodable } from "../cbor/value.ts";
import { isHalted, provenFaults } from "../closing/derive.ts";
import type { Closing } from "../closing/state.ts";
import { readContribution } from "../observation/body.ts";
import type { Id } from "../observation/observation.ts";
import { type Fault, fault } from "../result.ts";
import { absorbContribution, itemsOf, itemsPerSeat } from "./gather.ts";
import { currentRound, ownSeat, peersOf, phaseOf } from "./state.ts";
import { publish, receipt, record, say, type Turn } from "./turn.ts";

/** Under which governance class a contribution speaks, and what it cites: a directive that it declines, readings that it sums up. */
export type Manner = { readonly governanceClass: string | null; readonly sources: readonly Id[] };
const USUAL: Manner = { governanceClass: null, sources: [] };

/** Contributes `content` in the party's own seat; the same content twice is one contribution. */
export function attest(turn: Turn, content: CborMap, item: string | null, manner: Manner = USUAL): Turn {
  const { state } = turn;
  const round = currentRound(state);
  if (state.ending !== null || state.expired)
    return refused(turn, fault("CEREMONY_OVER", { phase: phaseOf(state) }).fault);
  if (state.hold !== null) return refused(turn, fault("CEREMONY_HELD", { extension: state.hold }).fault);
  if (round === undefined || state.policy === null)
    return refused(turn, state.refusal ?? fault("CEREMONY_UNKNOWN").fault);
  if (state.mute) return refused(turn, fault("MUTE").fault);
  if (isHalted(round.closing)) return refused(turn, overTolerance(round.closing).fault);
  const roles = state.policy.policy.roles;
  const seat = ownSeat(state, round, ({ role }) => roles.get(role)?.contributes === true);
  if (seat === undefined)
    return refused(turn, fault("NO_SEAT", { round: round.index, authority: state.self.authority }).fault);
  const tolerance = state.policy.policy.timing.tolerance;
  if (turn.now < round.opensAt - tolerance || turn.now > round.closesAt + tolerance)
    return refused(turn, fault("WINDOW_MISSED", { at: turn.now, from: round.opensAt, until: round.closesAt }).fault);
  const oversized = refuseContent(content);
  if (oversized !== null) return refused(turn, oversized);
  const earlier = [...round.held.values()].find((held) => held.slot.seat === seat.index && held.slot.item === item);
  if (earlier !== undefined) {
    const same = equalBytes(encodeCanonical(earlier.body.content as Encodable), encodeCanonical(content as Encodable));
    return same
      ? receipt(turn, earlier.id, "ignored", "DUPLICATE")
      : refused(turn, fault("ALREADY_ATTESTED", { round: round.index }).fault);
  }
  if (itemsOf(round, seat.index) >= itemsPerSeat(round))
    return refused(turn, fault("ITEMS_FULL", { limit: itemsPerSeat(round) }).fault);
  const body = { kind: "contribution", role: seat.role, content } as const;
  const slot = { seat: seat.index, attempt: null, item };
  const { turn: spoken, said } = say(turn, {
    round: round.index,
    slot,
    body,
    parents: [state.ceremony],
    numbered: true,
    ...manner,
  });
  const held = absorbContribution(spoken, round, said);
  return publish(
    record(held, "attestation", [said.id], state.self.authority, { kind: "contribution", round: round.index }),
    peersOf(state, round),
    said,
  );
}

/** What our own door would refuse in a frame is not signed: others could not read it, nor could we after a restart. */
function refuseContent(content: CborMap): Fault | null {
  const body = readAs(
    new Map<string, CborValue>([
      ["role", "any"],
      ["content", content],
    ]),
    readContribution,
    "contribution",
  );
  if (!body.ok) return body.fault;
  const scanned = scanCanonical(encodeCanonical([[[body.value.content as Encodable]]]));
  return scanned.ok ? null : scanned.fault;
}

function overTolerance(closing: Closing) {
  return fault("OVER_TOLERANCE", { found: provenFaults(closing), limit: closing.electorate.tolerated });
}

/** Refusals of what was never signed have no id. */
const NOTHING: Id = "";

function refused(turn: Turn, { code, detail }: Fault): Turn {
  return receipt(turn, NOTHING, "refused", code, detail);
}
