// Why an observation was, or was not, admitted: the table of steps with what was needed and found (SPEC §12.5). For refused ones too.
import { type Admission, ruleOf } from "../admission/judge.ts";
import { type AdmissionTable, tableOf } from "../admission/table.ts";
import { judgeRound } from "../ceremony/judged.ts";
import { type CeremonyState, type Round, seatAt } from "../ceremony/state.ts";
import { messagesOf } from "../closing/state.ts";
import { parseObservation } from "../observation/decode.ts";
import { DOOR_STEPS, stepOf } from "../observation/door-steps.ts";
import type { Id, Observation } from "../observation/observation.ts";
import { describeRefusal, REFUSALS, type Refusal, type RefusalCode } from "../refusals.ts";
import { contradictionOf } from "./faults.ts";

export type Factor = {
  readonly name: string;
  readonly need: string;
  readonly got: string;
  readonly verdict: "met" | "not met" | "not reached" | "not checked";
};

export type Explanation = {
  readonly id: Id;
  /**
   * Evaluated, and counted in full, in part or not at all; held, since something is still missing. What was only repeated, and what never
   * arrived, is no observation of its own here and has other answers: `DUPLICATE` in a receipt, `NEVER_ARRIVED`.
   */
  readonly verdict: "admitted" | "partially admitted" | "not admitted" | "held";
  /** True while the round is open: what is held, and hence the verdict, may change. */
  readonly provisional: boolean;
  readonly by: string;
  readonly authority: string;
  readonly kind: string;
  readonly role: string | null;
  readonly factors: readonly Factor[];
  readonly refusal: Refusal | null;
  /** The factor table of the policy's admission rule; null where it has none, or where it was never reached. */
  readonly admission: AdmissionTable | null;
  /** The statement of the same signer that this one contradicts: together they prove its fault. */
  readonly contradicts: Id | null;
};

export type RefusedStatement = { readonly id: Id; readonly code: string; readonly frame: Uint8Array };

/** Explains an observation by its id, or by an unambiguous beginning of at least six digits; null where none is known. */
export function explainIn(state: CeremonyState, refused: readonly RefusedStatement[], id: Id): Explanation | null {
  const kept = refused.map((row) => ({ row, parsed: parseObservation(row.frame) }));
  const rejected = kept.find(({ row }) => matches(row.id, id));
  if (rejected?.parsed.ok)
    return explain(state, rejected.parsed.value.observation, rejected.row.code as RefusalCode, {});
  const observations = [
    ...state.rounds.flatMap((round) => [...round.held.values(), ...messagesOf(round.closing)]),
    ...state.outcomes.values(),
  ];
  const found = [state.call, ...observations].find(
    (observation) => observation !== null && matches(observation.id, id),
  );
  if (found) {
    const judged = judgementOf(state, found);
    const explained = explain(state, found, judged.refused?.code ?? null, judged.refused?.detail ?? {});
    return { ...explained, ...admissionPart(judged) };
  }
  const parked = [...state.parked.values()].find((observation) => matches(observation.id, id));
  return parked === undefined ? null : { ...explain(state, parked, "CEREMONY_UNKNOWN", {}), verdict: "held" };
}

function matches(id: Id, wanted: string): boolean {
  return wanted.length >= 6 && id.startsWith(wanted);
}

type Judgement = {
  readonly refused: { readonly code: RefusalCode; readonly detail: object } | null;
  readonly admission: Admission | null;
  readonly provisional: boolean;
};

/** What was, or so far is, made of an observation: by the closed set of its round, or by what is held of it. */
function judgementOf(state: CeremonyState, observation: Observation): Judgement {
  const round = state.rounds[observation.round ?? -1];
  if (round === undefined || observation.body.kind !== "contribution" || state.policy === null)
    return { refused: null, admission: null, provisional: false };
  const { decision } = round.closing;
  const provisional = decision === null;
  if (decision !== null && !decision.set.includes(observation.id))
    return { refused: { code: "ROUND_CLOSED", detail: { round: round.index } }, admission: null, provisional };
  const judged = judgeRound(state.policy.policy, state.rounds.slice(0, round.index + 1));
  const refused = judged?.excluded.find(({ id }) => id === observation.id) ?? null;
  return { refused, admission: judged?.admissions.get(observation.id) ?? null, provisional };
}

/** What the factor table adds: a partial admission, and what waits while it still can. */
function admissionPart({ admission, provisional }: Judgement): Partial<Explanation> {
  const admissionTable = admission === null ? null : tableOf(admission);
  const base = { admission: admissionTable, provisional };
  if (admission?.verdict === "partial")
    return { ...base, verdict: "partially admitted", refusal: admissionTable?.refusal ?? null };
  return admission?.verdict === "defer" && provisional ? { ...base, verdict: "held" } : base;
}

function explain(
  state: CeremonyState,
  observation: Observation,
  code: RefusalCode | null,
  detail: object,
): Explanation {
  const failing = code === null ? null : stepOf(code);
  const at = DOOR_STEPS.findIndex(({ name }) => name === failing);
  const refusal =
    code === null || !Object.hasOwn(REFUSALS, code) ? null : describeRefusal({ code, detail: { ...detail } });
  const factors = DOOR_STEPS.map(({ name, need }, index): Factor => {
    const verdict = at < 0 || index < at ? "met" : index === at ? "not met" : "not reached";
    return {
      name,
      need,
      got: verdict === "not met" ? (refusal?.what ?? String(code)) : gotAt(name, state, observation),
      verdict,
    };
  });
  return {
    id: observation.id,
    verdict: code === null ? "admitted" : "not admitted",
    by: state.self.authority,
    authority: state.self.roots.get(observation.chain[0].issuer) ?? observation.chain[0].issuer,
    kind: observation.body.kind,
    role: observation.body.kind === "contribution" ? observation.body.role : null,
    factors,
    refusal,
    admission: null,
    provisional: false,
    contradicts: contradictionOf(state, observation.id),
  };
}

/** What was found at a step, for people. */
function gotAt(step: (typeof DOOR_STEPS)[number]["name"], state: CeremonyState, observation: Observation): string {
  const leaf = observation.chain[observation.chain.length - 1];
  const round: Round | undefined = state.rounds[observation.round ?? -1];
  const got: { readonly [K in typeof step]: () => string } = {
    size: () => `${observation.frame.length} bytes`,
    form: () => "canonical",
    structure: () => observation.body.kind,
    key: () => observation.key.slice(0, 16),
    signature: () => "valid",
    credential: () => `${observation.chain.length} link(s), ${leaf?.grant.subject ?? ""}`,
    revocation: () => "none known",
    competence: () => observation.governanceClass,
    continuity: () =>
      observation.deviceLinks.length === 0
        ? "the key alone"
        : `${observation.deviceLinks.length} countersigned link(s)`,
    validity: () => `${observation.timeToLive} µs`,
    seat: () =>
      observation.slot.seat === null
        ? "the call"
        : `seat ${observation.slot.seat}, ${round === undefined ? "" : (seatAt(round, observation.slot.seat)?.authority ?? "")}`,
    slot: () => `round ${observation.round ?? "none"}`,
    set: () =>
      round?.closing.decision?.set.includes(observation.id) ? "in the set" : "not decided, or not a contribution",
    policy: () => state.policy?.policy.id ?? "",
    admission: () => (state.policy === null || ruleOf(state.policy.policy) === null ? "nothing is asked" : "admitted"),
  };
  return got[step]();
}
