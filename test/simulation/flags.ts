// What the command line asks of the simulator, and what it may ask.
import { parseArgs } from "node:util";
import { FAULTS, type Settings } from "./plan.ts";
import { isSimulated, SIMULATED } from "./policy.ts";
import { SABOTAGES } from "./sabotage/patches.ts";
import { STRATEGIES } from "./strategies/catalogue.ts";

export type Request = {
  readonly settings: Settings;
  readonly seeds: { readonly first: number; readonly last: number };
  readonly sabotage: string | null;
  /** Whether the course of each schedule is told on stderr, event by event. */
  readonly log: boolean;
};

const text = { type: "string" } as const;
const OPTIONS = {
  parties: text,
  faulty: text,
  seeds: text,
  strategy: text,
  pattern: text,
  loss: text,
  sabotage: text,
  log: { type: "boolean" },
} as const;

/** More parties than that fit no frame: the limit of electors. */
const PARTIES_MAX = 31;

/** The request, or what is wrong with it. */
export function readFlags(words: readonly string[]): Request | string {
  const given = readWords(words);
  if (typeof given === "string") return given;
  const { strategy = "all", pattern = "approval", sabotage = null, log = false } = given;
  const parties = wholeNumber(given.parties ?? "4");
  if (!isWithin(parties, 3, PARTIES_MAX)) return `--parties is from 3 to ${PARTIES_MAX}`;
  const tolerated = Math.floor((parties * FAULTS.num) / FAULTS.den);
  const faulty = wholeNumber(given.faulty ?? String(tolerated));
  if (!isWithin(faulty, 0, tolerated))
    return `--faulty is from 0 to ${tolerated} for ${parties} parties: f = floor(W × ${FAULTS.num} / ${FAULTS.den})`;
  const seeds = readSeeds(given.seeds ?? "1..1000");
  if (seeds === null) return "--seeds is a range such as 1..20000";
  if (log && seeds.first !== seeds.last) return "--log tells the course of one seed, such as --seeds 7..7";
  const loss = given.loss === undefined ? null : Number(given.loss);
  if (loss !== null && (given.loss === "" || !(loss >= 0 && loss <= 1))) return "--loss is from 0 to 1";
  const misnamed = checkNames(strategy, pattern, sabotage);
  if (misnamed !== null) return misnamed;
  return { settings: { parties, faulty, strategy, pattern, loss }, seeds, sabotage, log };
}

type Given = { readonly [K in Exclude<keyof typeof OPTIONS, "log">]?: string } & { readonly log?: boolean };

function readWords(words: readonly string[]): Given | string {
  try {
    return parseArgs({ args: [...words], options: OPTIONS }).values;
  } catch (error) {
    return (error as Error).message;
  }
}

function checkNames(strategy: string, pattern: string, sabotage: string | null): string | null {
  const strategies = STRATEGIES.map(({ name }) => name);
  if (strategy !== "all" && !strategies.includes(strategy))
    return `there is no strategy ${strategy}; there are all, ${strategies.join(", ")}`;
  if (!isSimulated(pattern)) return `the pattern ${pattern} is not simulated; simulated are ${SIMULATED.join(", ")}`;
  if (sabotage === null || sabotage === "list" || SABOTAGES.some(({ name }) => name === sabotage)) return null;
  return `there is no sabotage ${sabotage}; see --sabotage list`;
}

function readSeeds(range: string): Request["seeds"] | null {
  const found = /^(\d+)(?:\.\.(\d+))?$/.exec(range);
  const first = Number(found?.[1]);
  const last = Number(found?.[2] ?? found?.[1]);
  return found !== null && Number.isSafeInteger(last) && first <= last ? { first, last } : null;
}

function wholeNumber(digits: string): number {
  return /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}

/** The command that runs one seed again under the same settings. */
export function replayCommand({ settings, sabotage }: Pick<Request, "settings" | "sabotage">, seed: number): string {
  const { parties, faulty, strategy, pattern, loss } = settings;
  return [
    `npm run -s quorate -- simulate --parties ${parties} --faulty ${faulty} --seeds ${seed}..${seed} --strategy ${strategy}`,
    ...(pattern === "approval" ? [] : [`--pattern ${pattern}`]),
    ...(loss === null ? [] : [`--loss ${loss}`]),
    ...(sabotage === null ? [] : [`--sabotage ${sabotage}`]),
  ].join(" ");
}
