// Why an observation was, or was not, admitted: the table of steps and factors with what was needed and found (SPEC §12.5). For refused ones
// too. Four noes are kept apart: not admitted, held, ignored, and never arrived.
import type { Admission } from "../admission/judge.ts";
import { type AdmissionTable, tableOf } from "../admission/table.ts";
import { advance } from "../ceremony/advance.ts";
import { prefixOf } from "../ceremony/gather.ts";
import { batchesOf, contributionsOf } from "../ceremony/gathered.ts";
import { judgeRound } from "../ceremony/judged.ts";
import { readAgain } from "../ceremony/restore.ts";
import { type CeremonyState, currentRound, type Round, seatAt } from "../ceremony/state.ts";
import { gatheredIn } from "../ceremony/struck.ts";
import { messagesOf } from "../closing/state.ts";
import { parseObservation } from "../observation/decode.ts";
import { type StepName, stepInSet, stepOf } from "../observation/door-steps.ts";
import type { Id, Interval, Observation, VerifiedObservation } from "../observation/observation.ts";
import { describeRefusal, REFUSALS, type Refusal, type RefusalCode } from "../refusals.ts";
import { type Fault, fault, ok, type Result } from "../result.ts";
import { type Factor, factorsOf, type NearestChange, nearestOf } from "./explain-steps.ts";
import { contradictionOf } from "./faults.ts";

export type Explanation = {
  readonly id: Id;
  /**
   * Evaluated, and counted in full, in part or not at all; held, since something is still missing; or ignored, since it adds nothing to
   * what is there. What never arrived has no explanation: it is answered with `NEVER_ARRIVED`.
   */
  readonly verdict: "admitted" | "partially admitted" | "not admitted" | "held" | "ignored";
  /** True while the round is open: what is held, and hence the verdict, may change. */
  readonly provisional: boolean;
  readonly by: string;
  readonly authority: string;
  readonly kind: string;
  readonly role: string | null;
  readonly round: number | null;
  /** Its stated time, in microseconds. */
  readonly at: Interval;
  readonly factors: readonly Factor[];
  readonly refusal: Refusal | null;
  /** What would have admitted it; empty where it is admitted. */
  readonly nearest: readonly NearestChange[];
  /** How the policy's admission rule came to its verdict; null where it has none, or where it was never reached. */
  readonly admission: AdmissionTable | null;
  /** The statement of the same signer that this one contradicts: together they prove its fault. */
  readonly contradicts: Id | null;
  readonly elsewhere: Elsewhere | null;
};

/**
 * What other organisations made of it, as far as they have said: whoever computed the same record counted the same and left out the same
 * for the same reasons. Null while there is no record, and for what is no part of one.
 */
export type Elsewhere = {
  readonly same: readonly string[];
  readonly different: readonly string[];
  readonly notHeard: readonly string[];
};

/** `detail` is what the refusal says beside its code, where that is still known. */
export type RefusedStatement = {
  readonly id: Id;
  readonly code: string;
  readonly frame: Uint8Array;
  readonly detail?: Fault["detail"];
};

/** Fewer digits than this name nothing. */
export const ID_DIGITS_MIN = 6;

/** What a party has of a ceremony beside its state. */
export type Kept = {
  readonly refused: readonly RefusedStatement[];
  /** Statements in its store, read only where nothing else fits: some wait without being part of the state. */
  readonly stored: () => readonly Observation[];
};

/** Explains the one observation whose id begins with `id`, or says that none arrived, or that several did. */
export function explainOne(state: CeremonyState, kept: Kept, id: Id): Result<Explanation> {
  const known = [...observationsIn(state), ...state.parked.values(), ...kept.refused];
  const stored = known.some((one) => matches(one.id, id)) ? [] : kept.stored();
  const ids = new Set([...known, ...stored].map((one) => one.id).filter((one) => matches(one, id)));
  if (ids.size > 1) return fault("ID_AMBIGUOUS", { id, found: [...ids].sort().join(" ") });
  const found = ids.size === 1 ? explainIn(state, kept.refused, id, stored) : null;
  return found === null
    ? fault("NEVER_ARRIVED", { id, by: state.self.authority, reported: reportsOf(state, id) })
    : ok(found);
}

/** Explains an observation by its id, or by an unambiguous beginning of at least six digits; null where none is known. */
export function explainIn(
  state: CeremonyState,
  refused: readonly RefusedStatement[],
  id: Id,
  stored: readonly Observation[] = [],
): Explanation | null {
  const rejected = refused.find((row) => matches(row.id, id));
  const parsed = rejected === undefined ? null : parseObservation(rejected.frame);
  if (rejected !== undefined && parsed?.ok) {
    const { observation } = parsed.value;
    const code = rejected.code as RefusalCode;
    const detail = rejected.detail ?? detailNow(state, observation, code);
    return explain(state, observation, { ...ADMITTED, stop: { code, detail, step: stepOf(code) } });
  }
  const found = observationsIn(state).find((observation) => matches(observation.id, id));
  if (found !== undefined) return explain(state, found, judgementOf(state, found));
  const waiting = [...state.parked.values(), ...stored].find((observation) => matches(observation.id, id));
  return waiting === undefined
    ? null
    : explain(state, waiting, { ...ADMITTED, stop: waitingFor(state, waiting), waits: true });
}

function observationsIn(state: CeremonyState): readonly Observation[] {
  return [
    ...(state.call === null ? [] : [state.call]),
    ...state.rounds.flatMap((round) => [
      ...round.held.values(),
      ...batchesOf([...round.held.values()]).flatMap(({ body }) => body.members),
      ...round.intake.waiting.values(),
      ...messagesOf(round.closing),
    ]),
    ...state.outcomes.values(),
  ];
}

function matches(id: Id, wanted: string): boolean {
  return wanted.length >= ID_DIGITS_MIN && id.startsWith(wanted);
}

type Stopped = { readonly code: RefusalCode; readonly detail: Fault["detail"]; readonly step: StepName | null };
type Judgement = {
  readonly stop: Stopped | null;
  readonly admission: Admission | null;
  readonly provisional: boolean;
  readonly waits: boolean;
};

const ADMITTED: Judgement = { stop: null, admission: null, provisional: false, waits: false };

/** What a refusal said, found by refusing again; a code that hangs on what had come before may not be found any more. */
function detailNow(state: CeremonyState, observation: Observation, code: RefusalCode): Fault["detail"] {
  const { receipts } = readAgain(state, [observation as VerifiedObservation]);
  const last = receipts[receipts.length - 1];
  return last?.code === code ? last.detail : {};
}

function waitingFor({ call, rounds, hold }: CeremonyState, { round, body }: Observation): Stopped {
  if (body.kind === "unknown")
    return { code: "CEREMONY_HELD", detail: { extension: body.extension }, step: "structure" };
  if (call === null) return { code: "CEREMONY_UNKNOWN", detail: {}, step: "seat" };
  const detail = { round, open: rounds.length - 1, extension: hold };
  return { code: hold === null ? "ROUND_UNKNOWN" : "CEREMONY_HELD", detail, step: "seat" };
}

/** What was, or so far is, made of an observation: by the closed set of its round, or by what is held of it. */
function judgementOf(state: CeremonyState, observation: Observation): Judgement {
  const round = state.rounds[observation.round ?? -1];
  const gathered = observation.body.kind === "contribution" || observation.body.kind === "notice";
  if (round === undefined || !gathered || state.policy === null) return ADMITTED;
  const { policy } = state.policy;
  const { decision } = round.closing;
  if (decision !== null && !isClosedIn(round, observation.id)) {
    const stop = { code: "ROUND_CLOSED", detail: { round: round.index }, step: "set" } as const;
    return { ...ADMITTED, stop };
  }
  const judged = judgeRound(policy, state.rounds.slice(0, round.index + 1));
  const closed = state.rounds.filter(({ closing }) => closing.decision !== null);
  const excluded = decision === null ? judged?.excluded : advance(policy, closed).excluded;
  const why = excluded?.find(({ id }) => id === observation.id);
  const stop = why === undefined ? null : { code: why.code, detail: why.detail, step: stepInSet(why.code) };
  const admission = judged?.admissions.get(observation.id) ?? null;
  const provisional = decision === null;
  return { stop, admission, provisional, waits: provisional && admission?.verdict === "defer" };
}

/** Whether the closed set of a round holds a statement, by itself or in a batch. */
function isClosedIn(round: Round, id: Id): boolean {
  const gathered = gatheredIn(round);
  return gathered.some((held) => held.id === id) || contributionsOf(gathered).some((held) => held.id === id);
}

function explain(
  state: CeremonyState,
  observation: Observation,
  { stop, admission, provisional, waits }: Judgement,
): Explanation {
  const code = stop?.code ?? null;
  const known = code !== null && Object.hasOwn(REFUSALS, code);
  const table = admission === null ? null : tableOf(admission);
  const partial = admission?.verdict === "partial" && stop === null;
  const refusal = known
    ? describeRefusal({ code, detail: { ...stop?.detail } })
    : partial
      ? (table?.refusal ?? null)
      : null;
  const where = { step: stop?.step ?? null, code, waits };
  const settled = code === "DUPLICATE" ? "ignored" : waits ? "held" : "not admitted";
  return {
    id: observation.id,
    verdict: code === null ? (partial ? "partially admitted" : "admitted") : settled,
    provisional,
    by: state.self.authority,
    authority: state.self.roots.get(observation.chain[0].issuer) ?? observation.chain[0].issuer,
    kind: observation.body.kind,
    role: observation.body.kind === "contribution" ? observation.body.role : null,
    round: observation.round,
    at: observation.at,
    factors: factorsOf(state, observation, where, refusal, table),
    refusal,
    nearest: nearestOf(state, refusal, stop?.detail ?? {}, where.step, table),
    admission: table,
    contradicts: contradictionOf(state, observation.id),
    elsewhere: elsewhereOf(state, observation),
  };
}

function elsewhereOf({ ending, rounds, outcomes, self }: CeremonyState, { id, round }: Observation): Elsewhere | null {
  const judged = rounds[round ?? -1]?.closing.decision?.set.includes(id) === true;
  const last = rounds.at(-1);
  if (ending === null || last === undefined || !judged) return null;
  const speaking = last.seats.filter(({ index }) => !last.batched.has(index)).map(({ authority }) => authority);
  const others = [...new Set(speaking)].filter((name) => name !== self.authority);
  const said = new Map(
    [...outcomes].map(([seat, { body }]) => [last.seats.find(({ index }) => index === seat)?.authority, body.digest]),
  );
  return {
    same: others.filter((name) => said.get(name) === ending.digest),
    different: others.filter((name) => said.has(name) && said.get(name) !== ending.digest),
    notHeard: others.filter((name) => !said.has(name)),
  };
}

/** Who says that it holds what never arrived here: the last that is known of it. */
function reportsOf(state: CeremonyState, id: Id): string {
  const round = currentRound(state);
  const holders = [...(round?.reports ?? [])].flatMap(([seat, { body }]) =>
    [...body.contributions, ...body.messages].some((prefix) => prefixOf(id).startsWith(prefix) || prefix.startsWith(id))
      ? [round === undefined ? "" : (seatAt(round, seat)?.authority ?? "")]
      : [],
  );
  return holders.length === 0 ? "nobody has said that it holds it" : `${holders.join(", ")} said to hold it`;
}
