// The rows of an explanation (SPEC §12.5): each step with what it needs, what was found, and the clause that asks for it. Steps are gates:
// none makes up for another. Beside them, what would have to change at the step that refused.
import { decimal } from "../admission/factor.ts";
import { ruleOf } from "../admission/judge.ts";
import type { AdmissionTable, FactorRow } from "../admission/table.ts";
import { type CeremonyState, type Round, seatAt } from "../ceremony/state.ts";
import { DOOR_STEPS, type StepName } from "../observation/door-steps.ts";
import type { Observation } from "../observation/observation.ts";
import type { Refusal, RefusalCode } from "../refusals.ts";

export type Factor = {
  readonly name: string;
  readonly need: string;
  readonly got: string;
  /** A gate cannot be made up for; other factors weigh so many parts per million, nothing where they are advisory. */
  readonly weight: "gate" | number;
  readonly verdict: "met" | "not met" | "unknown" | "not reached" | "not checked";
  /** What asks for it: a clause of the policy, or of the protocol. */
  readonly clause: string;
};

/** What would have to change, and who can change it; a score, in parts per million, only where factors are weighed. */
export type NearestChange = {
  readonly by: "sender" | "policy";
  readonly factors: readonly string[];
  readonly text: string;
  readonly score: number | null;
};

/** Where an observation was stopped: at a step, for good or until what it waits for comes. */
export type Stop = { readonly step: StepName | null; readonly code: RefusalCode | null; readonly waits: boolean };

/** Rows of all steps; the factors of the policy's admission rule stand in place of its step. */
export function factorsOf(
  state: CeremonyState,
  observation: Observation,
  { step, code, waits }: Stop,
  refusal: Refusal | null,
  admission: AdmissionTable | null,
): readonly Factor[] {
  const at = DOOR_STEPS.findIndex(({ name }) => name === step);
  if (code !== null && at < 0) return offTheTable(state, observation, refusal?.what ?? code);
  return DOOR_STEPS.flatMap(({ name, need }, index): readonly Factor[] => {
    if (name === "admission" && admission !== null) return admission.factors.map(weighed);
    const stopped = waits ? "unknown" : "not met";
    const verdict = at < 0 || index < at ? "met" : index === at ? stopped : "not reached";
    const told = index === at ? (refusal?.what ?? String(code)) : gotAt(name, state, observation);
    // What was not looked at is not told as found.
    const got = verdict === "not reached" ? "not looked at" : told;
    return [{ name, need, got, weight: "gate", verdict, clause: clauseOf(name, code, state, observation) }];
  });
}

/** Refused for something that is no step of the door's: it has a row of its own, and nothing is claimed of the steps. */
function offTheTable(state: CeremonyState, observation: Observation, got: string): readonly Factor[] {
  const steps = DOOR_STEPS.map(({ name, need }): Factor => {
    const clause = clauseOf(name, null, state, observation);
    return { name, need, got: "not told", weight: "gate", verdict: "unknown", clause };
  });
  const need = "nothing else that speaks against it";
  return [...steps, { name: "other", need, got, weight: "gate", verdict: "not met", clause: "SPEC 1.4" }];
}

function weighed({ name, need, got, weight, advisory, verdict, clause }: FactorRow): Factor {
  return { name, need, got, weight: advisory ? 0 : weight, verdict, clause };
}

const PROTOCOL: { readonly [S in StepName]: string } = {
  size: "SPEC 4.1",
  form: "SPEC 4.2",
  structure: "SPEC 4.3",
  key: "SPEC 4.4",
  signature: "SPEC 4.4",
  credential: "SPEC 4.5",
  revocation: "SPEC 4.7",
  competence: "SPEC 4.8",
  continuity: "SPEC 4.9",
  validity: "SPEC 4.10",
  seat: "SPEC 7.6",
  slot: "SPEC 7.7",
  set: "SPEC 8.2",
  policy: "SPEC 6.2",
  admission: "admission",
};

/** The clause of the policy by which a code of the closed set arises, by the beginning of the code. */
const CLAUSES: readonly (readonly [RegExp, string])[] = [
  [/^(WINDOW_|TIME_FRAME)/, "timing.tolerance"],
  [/^TTL_/, "timing.window"],
  [/^SLOT_/, "equivocation"],
  [/^(ROSTER_|POLICY_ROLE|CLASS_NOT_GRANTED)/, "convening"],
  [/^(COMMIT|REVEAL|NOT_REVEALED)/, "sealed"],
  [/^RAISE_/, "rounds.step"],
  [/^CANDIDATE_/, "outcome.candidates"],
];

function clauseOf(step: StepName, code: RefusalCode | null, { policy }: CeremonyState, { body }: Observation): string {
  if (step === "slot" && policy?.policy.equivocation === "void") return "equivocation";
  if (step !== "policy") return PROTOCOL[step];
  const clause = CLAUSES.find(([codes]) => code !== null && codes.test(code))?.[1];
  return clause ?? (body.kind === "contribution" ? `roles.${body.role}` : PROTOCOL.policy);
}

/** What was found at a step, for people. */
function gotAt(step: StepName, state: CeremonyState, observation: Observation): string {
  const leaf = observation.chain[observation.chain.length - 1];
  const round: Round | undefined = state.rounds[observation.round ?? -1];
  const got: { readonly [K in StepName]: () => string } = {
    size: () => `${observation.frame.length} bytes`,
    form: () => "canonical",
    structure: () => observation.body.kind,
    key: () => observation.key.slice(0, 16),
    signature: () => "valid",
    credential: () => `${observation.chain.length} link(s), ${leaf?.grant.subject ?? ""}`,
    revocation: () => `none known${roadText(round, observation)}`,
    competence: () => observation.governanceClass,
    continuity: () =>
      observation.deviceLinks.length === 0
        ? "the key alone"
        : `${observation.deviceLinks.length} countersigned link(s)`,
    validity: () => `${observation.timeToLive} µs`,
    seat: () => seatText(round, observation),
    slot: () => `round ${observation.round ?? "none"}`,
    set: () =>
      round?.closing.decision?.set.includes(observation.id) ? "in the set" : "not decided, or not a contribution",
    policy: () => state.policy?.policy.id ?? "not known here",
    admission: () => (state.policy === null || ruleOf(state.policy.policy) === null ? "nothing is asked" : "admitted"),
  };
  return got[step]();
}

/** Under a coalition: by which roads its home recognises whoever speaks. */
function roadText(round: Round | undefined, { chain, body }: Observation): string {
  const under = body.kind === "contribution" ? (round?.under ?? null) : null;
  const seat = round?.seats.find(({ root }) => root === chain[0].issuer);
  if (under === null || seat === undefined) return "";
  if (seat.authority === under.home) return `; ${under.operation} is its own operation`;
  const roads = under.roads.find(({ authority }) => authority === seat.authority)?.roads ?? [];
  return `; recognised in ${under.operation} by ${roads.map((road) => road.join(" and ")).join(", or ")}`;
}

function seatText(round: Round | undefined, { slot, body }: Observation): string {
  if (slot.seat !== null) return `seat ${slot.seat}, ${(round && seatAt(round, slot.seat)?.authority) ?? ""}`;
  return body.kind === "call" ? "the call" : "no seat yet: it joins";
}

/** What would have admitted it: by the factors where they are weighed, else at the gate that refused. */
export function nearestOf(
  { policy }: CeremonyState,
  refusal: Refusal | null,
  detail: Readonly<Record<string, unknown>>,
  step: StepName | null,
  admission: AdmissionTable | null,
): readonly NearestChange[] {
  if (refusal === null || refusal.code === "DUPLICATE") return [];
  if (admission !== null && admission.verdict !== "admit" && admission.nearest.length > 0)
    return admission.nearest.map(({ by, factors, text, score }) => ({ by, factors, text, score }));
  const factors = step === null ? [] : [step];
  const change = (by: NearestChange["by"], text: string): NearestChange => ({ by, factors, text, score: null });
  const { at, from, until } = detail as Readonly<Record<string, number | undefined>>;
  if (refusal.code === "WINDOW_MISSED" && at !== undefined && from !== undefined && until !== undefined) {
    const off = at < from ? from - at : at - until;
    const beyond = Math.max(0, off - (policy?.policy.timing.tolerance ?? 0));
    const moved = `dated ${decimal(beyond)} s ${at < from ? "later" : "earlier"}`;
    return [change("sender", moved), change("policy", `timing.tolerance of ${decimal(off)} s at least`)];
  }
  if (refusal.code === "TTL_EXPIRED" && at !== undefined && until !== undefined)
    return [change("sender", `valid for ${decimal(at - until)} s longer`)];
  return [change("sender", refusal.do)];
}
