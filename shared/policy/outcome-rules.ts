// Reading the outcome rule of a policy (SPEC §6.4): which fields it has depends on the function that it names.
import {
  boolean,
  described,
  integer,
  list,
  misfit,
  nullable,
  oneOf,
  type Reader,
  record,
  schemaOf,
  tagged,
  text,
  withDefaults,
} from "../cbor/read.ts";
import type { CborValue } from "../cbor/value.ts";
import { CANDIDATES_MAX, HOLDERS_MAX, RATIO_TERM_MAX, ROUNDS_MAX, SEATS_MAX, TEXT_LENGTH_MAX } from "../limits.ts";
import type { RefusalCode } from "../refusals.ts";
import { readExpression } from "./expression.ts";
import type {
  AggregateOutcome,
  AwardOutcome,
  ChainOutcome,
  LeaderOutcome,
  OutcomeRule,
  PrecedenceOutcome,
  Procedure,
  Ratio,
  Requirement,
  RequirementsOutcome,
  TallyOutcome,
  Threshold,
  ThresholdOutcome,
  ToleranceOutcome,
} from "./policy.ts";

const readTerms = record<Ratio>({ num: integer(0, RATIO_TERM_MAX), den: integer(1, RATIO_TERM_MAX) });
export const readRatio: Reader<Ratio> = described(
  () => schemaOf(readTerms),
  (value, path, all) => {
    const ratio = readTerms(value, path, all);
    return ratio.num <= ratio.den ? ratio : misfit(path, "a ratio of at most 1", "POLICY_RATIO");
  },
);

const readCount = integer(1, HOLDERS_MAX);
export const readThreshold: Reader<Threshold> = described(
  () => ({ anyOf: [schemaOf(readCount), schemaOf(readRatio)] }),
  (value, path, all) => (typeof value === "number" ? readCount(value, path) : readRatio(value, path, all)),
);

/** A list in which nothing stands twice. */
export function distinct<T>(
  reader: Reader<T>,
  most: number,
  least = 0,
  code: RefusalCode = "POLICY_DUPLICATE",
): Reader<readonly T[]> {
  const readList = list(reader, most, least);
  const schema = () => ({ ...schemaOf(readList), uniqueItems: true });
  return described(schema, (value, path, all) => {
    const items = readList(value, path, all);
    const twice = items.findIndex((item, index) => items.indexOf(item) !== index);
    return twice < 0 ? items : misfit(`${path}[${twice}]`, `said once; it says ${String(items[twice])} again`, code);
  });
}

/** Words for what the closed set does not have: the order in which it came, a clock, and chance. */
const ORDER_WORDS =
  /^(first|last|latest|newest|oldest|fastest|race|arriv|receiv|random|lottery|chance|dice|coin|clock|now)/;

/** One of the names of a rule; others have the code of their kind, or that of words for order and chance. */
function rule<const T extends string>(code: RefusalCode, ...names: readonly T[]): Reader<T> {
  return described(
    () => ({ enum: names }),
    (value, path) =>
      names.includes(value as T) ? (value as T) : misfit(path, `one of ${names.join(", ")}`, codeOf(code, value)),
  );
}

function codeOf(code: RefusalCode, given: CborValue | undefined): RefusalCode {
  return typeof given === "string" && ORDER_WORDS.test(given) ? "POLICY_ORDER_SENSITIVE" : code;
}

const named = <const F extends string>(name: F): Reader<F> => oneOf(name);
const names = distinct(text(64), 64);
const line = distinct(text(64), 32, 1, "POLICY_SUCCESSION_CYCLE");
const amount = integer(0, Number.MAX_SAFE_INTEGER);
const TIES = "POLICY_TIE_BREAK_UNKNOWN";
const reserve = integer(0, Number.MAX_SAFE_INTEGER, "POLICY_RESERVE");

/** Of what a rule may leave unsaid only what asks for nothing is filled in: thresholds, roundings and tie-breaks are for the parties to say. */
const READERS: { readonly [F in OutcomeRule["function"]]: Reader<Extract<OutcomeRule, { function: F }>> } = {
  threshold: withDefaults(
    { refusal: null, veto: [] },
    record<ThresholdOutcome>({
      function: named("threshold"),
      threshold: readThreshold,
      carries: distinct(text(64), 64, 1),
      refusal: nullable(text(64)),
      veto: distinct(text(), 32),
    }),
  ),
  requirements: withDefaults(
    { refusal: null, otherwise: null },
    record<RequirementsOutcome>({
      function: named("requirements"),
      require: list(record<Requirement>({ role: text(64), choice: text(64), threshold: readThreshold }), 32, 1),
      grants: text(64),
      refusal: nullable(text(64)),
      otherwise: nullable(text(64)),
    }),
  ),
  tally: withDefaults(
    { candidates: [], turnout: null, ties: [] },
    record<TallyOutcome>({
      function: named("tally"),
      rule: rule("POLICY_RULE_UNKNOWN", "plurality", "approval", "instant-runoff", "schulze"),
      candidates: distinct(text(), CANDIDATES_MAX),
      turnout: nullable(readThreshold),
      equals: oneOf("split", "exhaust", "each"),
      strength: oneOf("winning-votes", "margins"),
      elimination: distinct(rule(TIES, "declared", "hash", "previous-counts", "together"), 4),
      ties: distinct(rule(TIES, "declared", "hash"), 2),
    }),
  ),
  award: withDefaults(
    { units: 1, reserve: null, items: [], minimum: 1, ties: [] },
    record<AwardOutcome>({
      function: named("award"),
      rule: rule("POLICY_RULE_UNKNOWN", "first-price", "second-price", "uniform-price"),
      direction: oneOf("highest", "lowest"),
      units: integer(1, 1_000_000_000),
      reserve: nullable(reserve),
      clearing: oneOf("lowest-accepted", "highest-rejected"),
      partial: boolean,
      items: names,
      minimum: integer(1, HOLDERS_MAX),
      ties: distinct(rule(TIES, "highest-tier", "highest-power", "larger-quantity", "earliest"), 4),
    }),
  ),
  aggregate: withDefaults(
    { trim: 0, support: 1 },
    record<AggregateOutcome>({
      function: named("aggregate"),
      statistic: rule(
        "POLICY_RULE_UNKNOWN",
        "sum",
        "mean",
        "weighted-mean",
        "median",
        "weighted-median",
        "trimmed-mean",
        "union",
      ),
      trim: integer(0, 499_999, "POLICY_TRIM"),
      minimum: integer(1, HOLDERS_MAX),
      rounding: oneOf("floor", "ceiling", "towards-zero", "half-up", "half-even"),
      support: integer(1, SEATS_MAX),
    }),
  ),
  tolerance: record<ToleranceOutcome>({
    function: named("tolerance"),
    tolerance: amount,
    threshold: readThreshold,
  }),
  leader: record<LeaderOutcome>({
    function: named("leader"),
    leaders: line,
    threshold: readThreshold,
  }),
  chain: withDefaults(
    { end: null, ratify: null, ratification: "approve", within: null, translator: null, exceptions: null },
    record<ChainOutcome>({
      function: named("chain"),
      start: text(64),
      end: nullable(text(64)),
      ratify: nullable(text(64)),
      ratification: text(64),
      within: nullable(amount),
      translator: nullable(text(64)),
      exceptions: nullable(names),
    }),
  ),
  precedence: withDefaults(
    { required: null },
    record<PrecedenceOutcome>({
      function: named("precedence"),
      order: line,
      decisive: distinct(text(64), 64, 1),
      required: nullable(text(64)),
    }),
  ),
};

export const readOutcome: Reader<OutcomeRule> = tagged<OutcomeRule>("function", READERS, (given) =>
  codeOf("POLICY_FUNCTION_UNKNOWN", given),
);

/** What a guard of a procedure is about: why it came to this, who spoke, who is missing, and how long one has waited. */
const GUARD_NAMES = ["cause", "present", "total", "missing", "waited"] as const;
const guard = { when: nullable(readExpression(...GUARD_NAMES)) };
const guarded = <T>(reader: Reader<T>): Reader<T> => withDefaults({ when: null }, reader);

const PROCEDURES: { readonly [D in Procedure["do"]]: Reader<Extract<Procedure, { do: D }>> } = {
  proceed: guarded(
    record({ ...guard, do: named("proceed"), threshold: readThreshold, requires: distinct(text(64), 32) }),
  ),
  defer: guarded(record({ ...guard, do: named("defer"), rounds: integer(1, ROUNDS_MAX, "POLICY_SHORTFALL_ENDLESS") })),
  escalate: guarded(record({ ...guard, do: named("escalate"), role: text(64), outcome: readOutcome })),
  fallback: guarded(
    record({ ...guard, do: named("fallback"), outcome: readOutcome, disclaimer: text(TEXT_LENGTH_MAX) }),
  ),
  fail: guarded(record({ ...guard, do: named("fail") })),
};

export const readProcedure: Reader<Procedure> = tagged<Procedure>("do", PROCEDURES, () => "POLICY_PROCEDURE_UNKNOWN");
