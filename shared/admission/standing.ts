// Standing (SPEC §18.4): what a party's own record in carried evidence makes of its voice. Off unless a policy turns it on; the same for
// everyone who holds the same evidence.
import { integer, join, misfit, type Reader, record, textMap, withDefaults } from "../cbor/read.ts";
import { MILLION } from "./evidence.ts";

export type StandingRule = {
  /** Where nobody knows anything of a party. */
  readonly newcomer: number;
  /** What a proved fault leaves of it. */
  readonly fault: number;
  /** What a ceremony without fault adds, and how much of that counts by governance class: trivial good acts buy little. */
  readonly recovery: number;
  readonly stakes: ReadonlyMap<string, number>;
  readonly floor: number;
  /** Below these a party speaks with its reduced weight, only watches, or is left out. */
  readonly reducedBelow: number;
  readonly observerBelow: number;
  readonly excludedBelow: number;
};

export type Mode = "full" | "reduced" | "observer" | "excluded";

/** One entry of a party's record; `order` is the instant at which its ceremony closed, in microseconds. */
export type Deed = {
  readonly id: string;
  readonly order: number;
  readonly is: "clean" | "fault";
  readonly governanceClass: string | null;
};

export type Standing = {
  readonly multiplier: number;
  readonly mode: Mode;
  /** The entries that it was computed from, in their order. */
  readonly from: readonly string[];
};

const share = integer(0, MILLION);

export const readStandingRule: Reader<StandingRule> = withDefaults(
  {
    newcomer: 800_000,
    fault: 500_000,
    recovery: 100_000,
    stakes: new Map(),
    floor: 100_000,
    reducedBelow: MILLION,
    observerBelow: 400_000,
    excludedBelow: 0,
  },
  (value, path, all) => {
    const rule = record<StandingRule>({
      newcomer: share,
      fault: share,
      recovery: share,
      stakes: textMap(share, 64),
      floor: share,
      reducedBelow: share,
      observerBelow: share,
      excludedBelow: share,
    })(value, path, all);
    if (rule.observerBelow > rule.reducedBelow) misfit(join(path, "observerBelow"), "at most reducedBelow");
    return rule.excludedBelow <= rule.observerBelow
      ? rule
      : misfit(join(path, "excludedBelow"), "at most observerBelow");
  },
);

/** Works through a record in the order of its ceremonies; an entry counts once however often it is shown. */
export function standingOf(rule: StandingRule, record: readonly Deed[]): Standing {
  const once = [...new Map(record.map((deed) => [deed.id, deed])).values()];
  const ordered = once.sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  let multiplier = rule.newcomer;
  for (const { is, governanceClass } of ordered) {
    const stakes = (governanceClass === null ? undefined : rule.stakes.get(governanceClass)) ?? MILLION;
    multiplier =
      is === "fault"
        ? Math.floor((multiplier * rule.fault) / MILLION)
        : Math.min(MILLION, multiplier + Math.floor((rule.recovery * stakes) / MILLION));
    multiplier = Math.max(rule.floor, multiplier);
  }
  return { multiplier, mode: modeOf(rule, multiplier), from: ordered.map(({ id }) => id) };
}

function modeOf({ reducedBelow, observerBelow, excludedBelow }: StandingRule, multiplier: number): Mode {
  if (multiplier < excludedBelow) return "excluded";
  if (multiplier < observerBelow) return "observer";
  return multiplier < reducedBelow ? "reduced" : "full";
}
