// What the command line asks of the simulator.
import type { Settings } from "./plan.ts";

export type Request = {
  readonly settings: Settings;
  readonly seeds: { readonly first: number; readonly last: number };
  readonly sabotage: string | null;
  readonly json: boolean;
};

export const USAGE =
  "simulate --parties N --faulty F --seeds A..B [--strategy NAME|all] [--pattern ID] [--loss P] [--sabotage NAME|list] [-o json]";

const NAMES = ["parties", "faulty", "seeds", "strategy", "pattern", "loss", "sabotage"];

/** The request, or what is wrong with it. */
export function readFlags(words: readonly string[]): Request | string {
  const given = readWords(words);
  if (typeof given === "string") return given;
  const text = (name: string, otherwise: string) => given.get(name) ?? otherwise;
  const parties = Number(text("parties", "4"));
  const tolerated = Math.floor((parties * 33) / 100);
  const faulty = Number(text("faulty", String(tolerated)));
  const loss = given.has("loss") ? Number(given.get("loss")) : null;
  const seeds = readSeeds(text("seeds", "1..1000"));
  if (seeds === null) return "--seeds is a range such as 1..20000";
  if (!isWithin(parties, 3, 31)) return "--parties is from 3 to 31";
  if (!isWithin(faulty, 0, tolerated))
    return `--faulty is from 0 to ${tolerated} for ${parties} parties: f = floor(W × 33 / 100)`;
  if (loss !== null && !(loss >= 0 && loss <= 1)) return "--loss is from 0 to 1";
  const settings = { parties, faulty, strategy: text("strategy", "all"), pattern: text("pattern", "approval"), loss };
  return { settings, seeds, sabotage: given.get("sabotage") ?? null, json: given.get("output") === "json" };
}

function readWords(words: readonly string[]): ReadonlyMap<string, string> | string {
  const given = new Map<string, string>();
  for (let at = 0; at < words.length; at += 2) {
    const name = words[at] === "-o" ? "output" : (words[at] ?? "").replace(/^--/, "");
    const value = words[at + 1];
    if ((!NAMES.includes(name) && name !== "output") || value === undefined) return `cannot read ${words[at]}`;
    given.set(name, value);
  }
  return given;
}

function readSeeds(text: string): Request["seeds"] | null {
  const found = /^(\d+)(?:\.\.(\d+))?$/.exec(text);
  const first = Number(found?.[1]);
  const last = Number(found?.[2] ?? found?.[1]);
  return found !== null && Number.isSafeInteger(last) && first <= last ? { first, last } : null;
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** The command that runs one seed again under the same settings. */
export function replayCommand({ settings, sabotage }: Request, seed: number): string {
  const { parties, faulty, strategy, pattern, loss } = settings;
  return [
    `npm run -s quorate -- simulate --parties ${parties} --faulty ${faulty} --seeds ${seed}..${seed} --strategy ${strategy}`,
    ...(pattern === "approval" ? [] : [`--pattern ${pattern}`]),
    ...(loss === null ? [] : [`--loss ${loss}`]),
    ...(sabotage === null ? [] : [`--sabotage ${sabotage}`]),
  ].join(" ");
}
