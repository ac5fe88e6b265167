// Reading the outcome rule of a policy (SPEC §6.4): which fields it has depends on the function that it names.
import {
  boolean,
  integer,
  list,
  misfit,
  nullable,
  oneOf,
  type Reader,
  record,
  text,
  withDefaults,
} from "../cbor/read.ts";
import { isCborMap } from "../cbor/value.ts";
import { CANDIDATES_MAX, HOLDERS_MAX, RATIO_TERM_MAX, ROUNDS_MAX, SEATS_MAX, TEXT_LENGTH_MAX } from "../limits.ts";
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

export const readRatio: Reader<Ratio> = (value, path) => {
  const ratio = record<Ratio>({ num: integer(0, RATIO_TERM_MAX), den: integer(1, RATIO_TERM_MAX) })(value, path);
  return ratio.num <= ratio.den ? ratio : misfit(path, "a ratio of at most 1");
};

const readThreshold: Reader<Threshold> = (value, path) =>
  typeof value === "number" ? integer(1, HOLDERS_MAX)(value, path) : readRatio(value, path);

/** A list in which nothing stands twice. */
function distinct<T>(reader: Reader<T>, most: number, least = 0): Reader<readonly T[]> {
  const readList = list(reader, most, least);
  return (value, path) => {
    const items = readList(value, path);
    return new Set(items).size === items.length ? items : misfit(path, "a list in which nothing stands twice");
  };
}

const named = <const F extends string>(name: F): Reader<F> => oneOf(name);
const names = distinct(text(64), 64);
const amount = integer(0, Number.MAX_SAFE_INTEGER);

const READERS: { readonly [F in OutcomeRule["function"]]: Reader<Extract<OutcomeRule, { function: F }>> } = {
  threshold: record<ThresholdOutcome>({
    function: named("threshold"),
    threshold: readThreshold,
    carries: distinct(text(64), 64, 1),
    refusal: nullable(text(64)),
    veto: distinct(text(), 32),
  }),
  requirements: record<RequirementsOutcome>({
    function: named("requirements"),
    require: list(record<Requirement>({ role: text(64), choice: text(64), threshold: readThreshold }), 32, 1),
    grants: text(64),
    refusal: nullable(text(64)),
    otherwise: nullable(text(64)),
  }),
  tally: record<TallyOutcome>({
    function: named("tally"),
    rule: oneOf("plurality", "approval", "instant-runoff", "schulze"),
    candidates: distinct(text(), CANDIDATES_MAX),
    turnout: nullable(readThreshold),
    equals: oneOf("split", "exhaust", "each"),
    strength: oneOf("winning-votes", "margins"),
    elimination: distinct(oneOf("declared", "hash", "previous-counts", "together"), 4),
    ties: distinct(oneOf("declared", "hash"), 2),
  }),
  award: record<AwardOutcome>({
    function: named("award"),
    rule: oneOf("first-price", "second-price", "uniform-price"),
    direction: oneOf("highest", "lowest"),
    units: integer(1, 1_000_000_000),
    reserve: nullable(amount),
    clearing: oneOf("lowest-accepted", "highest-rejected"),
    partial: boolean,
    items: names,
    minimum: integer(1, HOLDERS_MAX),
    ties: distinct(oneOf("highest-tier", "highest-power", "larger-quantity", "earliest"), 4),
  }),
  aggregate: record<AggregateOutcome>({
    function: named("aggregate"),
    statistic: oneOf("sum", "mean", "weighted-mean", "median", "weighted-median", "trimmed-mean", "union"),
    trim: integer(0, 499_999),
    minimum: integer(1, HOLDERS_MAX),
    rounding: oneOf("floor", "ceiling", "towards-zero", "half-up", "half-even"),
    support: integer(1, SEATS_MAX),
  }),
  tolerance: record<ToleranceOutcome>({
    function: named("tolerance"),
    tolerance: amount,
    threshold: readThreshold,
  }),
  leader: record<LeaderOutcome>({
    function: named("leader"),
    leaders: distinct(text(64), 32, 1),
    threshold: readThreshold,
  }),
  chain: withDefaults(
    { within: null, translator: null, exceptions: null },
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
  precedence: record<PrecedenceOutcome>({
    function: named("precedence"),
    order: distinct(text(64), 32, 1),
    decisive: distinct(text(64), 64, 1),
    required: nullable(text(64)),
  }),
};

const FUNCTIONS = Object.keys(READERS) as readonly OutcomeRule["function"][];

export const readOutcome: Reader<OutcomeRule> = (value, path) => {
  const name = isCborMap(value) ? value.get("function") : undefined;
  const known = FUNCTIONS.find((candidate) => candidate === name);
  if (known === undefined) return misfit(`${path}.function`, `one of ${FUNCTIONS.join(", ")}`);
  return READERS[known](value, path);
};

const PROCEDURES: { readonly [D in Procedure["do"]]: Reader<Extract<Procedure, { do: D }>> } = {
  proceed: record({ do: named("proceed"), threshold: readThreshold, requires: distinct(text(64), 32) }),
  defer: record({ do: named("defer"), rounds: integer(1, ROUNDS_MAX) }),
  escalate: record({ do: named("escalate"), role: text(64), outcome: readOutcome }),
  fallback: record({ do: named("fallback"), outcome: readOutcome, disclaimer: text(TEXT_LENGTH_MAX) }),
  fail: record({ do: named("fail") }),
};

export const readProcedure: Reader<Procedure> = (value, path) => {
  const name = isCborMap(value) ? value.get("do") : undefined;
  const known = (Object.keys(PROCEDURES) as readonly Procedure["do"][]).find((candidate) => candidate === name);
  return known === undefined
    ? misfit(`${path}.do`, `one of ${Object.keys(PROCEDURES).join(", ")}`)
    : PROCEDURES[known](value, path);
};
