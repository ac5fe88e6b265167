// Evaluating one factor (SPEC §18.5): what was needed, what was found, and the state that follows. What is missing defers; it never admits.
import type { PlaceFinding } from "../reference/finding.ts";
import { reachOfWindow } from "../reference/interval.ts";
import { type Fault, fault } from "../result.ts";
import type { Attested, Evidence } from "./evidence.ts";
import { MILLION, tiersOf } from "./evidence.ts";
import type { AdmissionRule, Factor } from "./rule.ts";
import type { Standing } from "./standing.ts";
import type { Weight, WeightPart } from "./weight.ts";

export type State = "admit" | "admit-with-conditions" | "defer" | "refuse";

export type FactorResult = {
  readonly name: string;
  readonly kind: Factor["kind"];
  readonly need: string;
  readonly got: string;
  readonly weight: number;
  readonly advisory: boolean;
  readonly state: State;
  /** Parts per million. */
  readonly score: number;
  readonly conditions: readonly string[];
  /** The clause of the policy that asks for it. */
  readonly clause: string;
  readonly fault: Fault | null;
  /** What a weight is made of; empty for other factors. */
  readonly parts: readonly WeightPart[];
};

/** When the ceremony asks, in one frame; microseconds. */
export type When = { readonly frame: string; readonly opensAt: number; readonly closesAt: number };

/** What has been worked out over all observations at hand, as far as a policy asks for it. */
export type Circumstances = {
  readonly when: When;
  readonly weight: Weight | null;
  readonly standing: Standing | null;
  /** What the proximity profile found of this participant; null where the policy has none. */
  readonly place: readonly PlaceFinding[] | null;
};

type Found = Pick<FactorResult, "need" | "got" | "state" | "score"> & {
  readonly conditions?: readonly string[];
  readonly fault?: Fault;
  readonly parts?: readonly WeightPart[];
};

export function evaluate(rule: AdmissionRule, index: number, evidence: Evidence, given: Circumstances): FactorResult {
  const factor = rule.factors[index] as Factor;
  const { name, kind, weight, advisory } = factor;
  const found = find(factor, evidence, given);
  const clause = `admission.factors[${index}]`;
  return { name, kind, weight, advisory, clause, conditions: [], fault: null, parts: [], ...found };
}

function find(factor: Factor, evidence: Evidence, given: Circumstances): Found {
  switch (factor.kind) {
    case "weight":
      return findWeight(factor, given.weight as Weight);
    case "standing":
      return findStanding(factor, given.standing as Standing);
    case "place":
      return findPlace(given.place);
    case "window":
      return findWindow(factor, evidence, given.when);
    case "tier": {
      const [need, got] = [factor.among.join(" or "), evidence.tier ?? "none"];
      const held = tiersOf(evidence);
      const accepted = held.length > 0 && held.every((name) => factor.among.includes(name));
      return accepted ? met(need, got) : refused(need, got, fault("TIER_NOT_ACCEPTED", { need, got }));
    }
    case "granted": {
      const [need, got] = [factor.class, evidence.granted.join(", ")];
      const covered = evidence.granted.includes("*") || evidence.granted.includes(factor.class);
      return covered ? met(need, got) : refused(need, got, fault("CLASS_NOT_GRANTED", { class: need, granted: got }));
    }
    case "attested":
      return findAttested(factor, evidence.attested);
  }
}

function met(need: string, got: string, score = MILLION): Found {
  return { need, got, state: "admit", score };
}

function refused(need: string, got: string, why: { readonly fault: Fault }, score = 0): Found {
  return { need, got, state: "refuse", score, fault: why.fault };
}

function findWeight({ least }: Extract<Factor, { kind: "weight" }>, { total, parts }: Weight): Found {
  const [need, got] = [`≥ ${decimal(least)}`, decimal(total)];
  const found =
    total >= least ? met(need, got, total) : refused(need, got, fault("WEIGHT_TOO_LOW", { need, got }), total);
  return { ...found, parts };
}

function findStanding({ least }: Extract<Factor, { kind: "standing" }>, { multiplier, mode, from }: Standing): Found {
  const need = `≥ ${decimal(least)}`;
  const got = `${decimal(multiplier)}, ${mode}, by ${from.length === 0 ? "no record" : `${from.length} entries`}`;
  const speaks = (mode === "full" || mode === "reduced") && multiplier >= least;
  return speaks
    ? met(need, got, multiplier)
    : refused(need, got, fault("STANDING_TOO_LOW", { need, got, mode }), multiplier);
}

/** The first finding that is not met speaks for all: the others follow below it in the report of the profile. */
function findPlace(findings: readonly PlaceFinding[] | null): Found {
  if (findings === null) return missingProfile("a proximity profile", "place");
  const worst =
    findings.find(({ verdict }) => verdict === "not met") ?? findings.find(({ verdict }) => verdict === "unknown");
  const shown = worst ?? findings[0];
  const [need, got] = [shown?.need ?? "nothing", shown?.got ?? "nothing"];
  if (worst?.fault === undefined || worst.fault === null) return met(need, got);
  return worst.verdict === "unknown"
    ? { need, got, state: "defer", score: 0, fault: worst.fault }
    : refused(need, got, { fault: worst.fault });
}

function findWindow(
  { tolerance, mode }: Extract<Factor, { kind: "window" }>,
  { id, at, frame }: Evidence,
  when: When,
): Found {
  const need = `within ${seconds(when.closesAt - when.opensAt)} of the opening, ± ${seconds(tolerance)}`;
  if (frame !== when.frame) {
    const why = fault("TIME_FRAME", { attester: id, found: frame, need: when.frame }).fault;
    return { need, got: `the frame ${frame}`, state: "defer", score: 0, fault: why };
  }
  const got = `${seconds(at[0] - when.opensAt)} to ${seconds(at[1] - when.opensAt)} after it`;
  const found = reachOfWindow(at, [when.opensAt - tolerance, when.closesAt + tolerance]);
  if (found === "within" || (found === "straddles" && mode === "lenient")) return met(need, got);
  const code = found === "straddles" ? "TIME_UNCERTAIN" : "OUTSIDE_TIME_WINDOW";
  return refused(need, got, fault(code, { need, got }));
}

const SCORES: Readonly<Record<State, number>> = {
  admit: MILLION,
  "admit-with-conditions": MILLION,
  defer: 0,
  refuse: 0,
};

/** Of several statements about one profile the worst counts. */
function findAttested({ name, profile }: Extract<Factor, { kind: "attested" }>, attested: readonly Attested[]): Found {
  const about = attested.filter((statement) => statement.profile === profile);
  const order: readonly State[] = ["refuse", "defer", "admit-with-conditions", "admit"];
  const worst = order
    .map((state) => about.find((statement) => statement.state === state))
    .find((one) => one !== undefined);
  if (worst === undefined) return missingProfile(`an attestation of ${profile}`, profile);
  const { state, reason, by, conditions } = worst;
  const base = {
    need: name === profile ? "admit" : `${profile}: admit`,
    got: `${state}${by === "" ? "" : ` by ${by}`}`,
    state,
    score: worst.score ?? SCORES[state],
  };
  if (state === "refuse") return { ...base, fault: fault("PROFILE_REFUSED", { profile, reason }).fault };
  if (state === "defer")
    return { ...base, fault: fault("PROFILE_MISSING", { profile, reason: reason || "it waits" }).fault };
  return { ...base, conditions };
}

function missingProfile(need: string, profile: string): Found {
  const why = fault("PROFILE_MISSING", { profile, reason: "nobody has said anything of it" }).fault;
  return { need, got: "nothing", state: "defer", score: 0, fault: why };
}

/** Parts per million as a decimal of two digits or more, for people. */
export function decimal(partsPerMillion: number): string {
  const digits = String(partsPerMillion).padStart(7, "0");
  return `${digits.slice(0, -6)}.${digits.slice(-6).replace(/0{1,4}$/, "")}`;
}

function seconds(micros: number): string {
  const [whole, rest] = [Math.floor(Math.abs(micros) / 1_000_000), Math.abs(micros) % 1_000_000];
  const fraction = rest === 0 ? "" : `.${String(rest).padStart(6, "0").replace(/0+$/, "")}`;
  return `${micros < 0 ? "-" : ""}${whole}${fraction} s`;
}
