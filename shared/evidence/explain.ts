// Why an observation was, or was not, admitted: the table of steps with what was needed and found (SPEC §12.5). For refused ones too.
import { toContribution } from "../ceremony/advance.ts";
import { type CeremonyState, type Round, seatAt } from "../ceremony/state.ts";
import { messagesOf } from "../closing/state.ts";
import { parseObservation } from "../observation/decode.ts";
import { DOOR_STEPS, stepOf } from "../observation/door-steps.ts";
import type { Id, Observation } from "../observation/observation.ts";
import { admissible } from "../outcome/admissible.ts";
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
  /** The four answers that are never mixed. */
  readonly verdict: "admitted" | "not admitted" | "held";
  readonly by: string;
  readonly authority: string;
  readonly kind: string;
  readonly role: string | null;
  readonly factors: readonly Factor[];
  readonly refusal: Refusal | null;
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
    const excluded = exclusionOf(state, found);
    return explain(state, found, excluded?.code ?? null, excluded?.detail ?? {});
  }
  const parked = [...state.parked.values()].find((observation) => matches(observation.id, id));
  return parked === undefined ? null : { ...explain(state, parked, "CEREMONY_UNKNOWN", {}), verdict: "held" };
}

function matches(id: Id, wanted: string): boolean {
  return wanted.length >= 6 && id.startsWith(wanted);
}

/** Final admission over the closed set, for contributions of a closed round. */
function exclusionOf(
  state: CeremonyState,
  observation: Observation,
): { readonly code: RefusalCode; readonly detail: object } | null {
  const round = state.rounds[observation.round ?? -1];
  if (round === undefined || observation.body.kind !== "contribution" || state.policy === null) return null;
  const { decision } = round.closing;
  if (decision !== null && !decision.set.includes(observation.id))
    return { code: "ROUND_CLOSED", detail: { round: round.index } };
  const set = [...round.held.values()]
    .filter(({ id }) => decision === null || decision.set.includes(id))
    .map(toContribution);
  return (
    admissible(state.policy.policy, round.seats, set, round, round.stage).excluded.find(
      ({ id }) => id === observation.id,
    ) ?? null
  );
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
  };
  return got[step]();
}
