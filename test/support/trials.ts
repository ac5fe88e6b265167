// Trials of patterns on plain documents, as the command line runs them.
import type { Json } from "../../shared/cbor/json.ts";
import { decidePlain, type PlainDecision } from "../../shared/outcome/plain.ts";
import { findPattern } from "../../shared/policy/catalogue.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { setParameters } from "../../shared/policy/parameters.ts";
import type { Policy } from "../../shared/policy/policy.ts";

export type Settings = Readonly<Record<string, Json>>;
export type Entry = { readonly party: string; readonly slot?: string; readonly payload: Json };

/** A pattern with its parameters set; throws where it is refused, since a trial is meant to run. */
export function trialPolicy(pattern: string, settings: Settings): Policy {
  const document = findPattern(pattern);
  const set = document.ok
    ? setParameters(
        document.value as unknown as Json,
        Object.entries(settings).map(([path, value]) => ({ path, value })),
      )
    : document;
  const pinned = set.ok ? pinPolicy(set.value) : set;
  if (!pinned.ok) throw new Error(`refused: ${JSON.stringify(pinned.fault)}`);
  return pinned.value.policy;
}

/** What `decide` answers; throws where it refuses. */
export function trial(pattern: string | Policy, settings: Settings, input: unknown): PlainDecision {
  const decision = decidePlain(typeof pattern === "string" ? trialPolicy(pattern, settings) : pattern, input);
  if (!decision.ok) throw new Error(`refused: ${JSON.stringify(decision.fault)}`);
  return decision.value;
}

/** A ballot paper as the literature writes it: `A > B = C * 3`. */
export function readBallots(lines: readonly string[]): readonly { ranking: string[][]; count: number }[] {
  return lines.map((line) => {
    const [names = "", times = "1"] = line.split(/[*^]/);
    const ranking = names.split(">").map((group) => group.split("=").map((name) => name.trim()));
    return { ranking, count: Number(times) };
  });
}

/** An election whose ballots one teller brings. */
export function election(rule: string, lines: readonly string[], settings: Settings = {}): PlainDecision {
  const ballots = readBallots(lines);
  const rounds = [ballots.map((ballot, index) => ({ party: "teller", slot: `${index}`, payload: ballot }))];
  return trial("vote", { "outcome.rule": rule, ...settings }, { parties: [{ id: "teller", role: "teller" }], rounds });
}
