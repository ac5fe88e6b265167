// Trials of patterns on plain documents, as the command line runs them.
import type { Json } from "../../shared/cbor/json.ts";
import { decidePlain, type PlainDecision } from "../../shared/outcome/plain.ts";
import { findPattern } from "../../shared/policy/catalogue.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { setParameters } from "../../shared/policy/parameters.ts";

export type Settings = Readonly<Record<string, Json>>;
export type Entry = { readonly party: string; readonly slot?: string; readonly payload: Json };

/** What `decide` answers; throws where it refuses, since a trial is meant to run. */
export function trial(pattern: string, settings: Settings, input: unknown): PlainDecision {
  const document = findPattern(pattern);
  const set = document.ok
    ? setParameters(
        document.value as unknown as Json,
        Object.entries(settings).map(([path, value]) => ({ path, value })),
      )
    : document;
  const pinned = set.ok ? pinPolicy(set.value) : set;
  const decision = pinned.ok ? decidePlain(pinned.value.policy, input) : pinned;
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
