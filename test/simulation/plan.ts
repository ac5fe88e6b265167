// What a seed means: who takes part with what power, who is faulty and how, and what goes wrong around them. Each schedule draws a
// subset of the kinds of fault and then their rates, so that some schedules are calm enough to get far and others are a storm.
import { electorateOf } from "../../shared/closing/power.ts";
import { SECOND, START } from "./parties.ts";
import { Random } from "./random.ts";

export type Settings = {
  readonly parties: number;
  readonly faulty: number;
  readonly strategy: string;
  readonly pattern: string;
  /** A loss rate that replaces the drawn one; null where the seed decides. */
  readonly loss: number | null;
};

export type Attestation = { readonly seat: number; readonly at: number; readonly choice: number };

export type Plan = {
  readonly seed: number;
  readonly powers: readonly number[];
  /** Seats of the Byzantine parties: they have at most f of the power, unless the strategy is to exceed it. */
  readonly faulty: readonly number[];
  readonly early: boolean;
  readonly closesAt: number;
  readonly expiresAt: number;
  /** Faults stop here; from then on every honest party must decide. */
  readonly healsAt: number;
  readonly loss: number;
  readonly duplication: number;
  /** Longest ordinary delay, and how often a message takes up to two seconds. */
  readonly delay: number;
  readonly straggling: number;
  readonly partitions: number;
  /** Chance that a turn ends in a crash, while faults last. */
  readonly crashes: number;
  /** An honest party that its operator restores from an old copy, knowing it; counted among the faulty for its silence. */
  readonly restored: number | null;
  /** Whether the operator says so; if not, it may sign again until it meets a statement of its own that it lacks. */
  readonly restoredKnowing: boolean;
  /** How long a host collects what arrives before it takes it in as one turn, as a queue's consumer does; 0: one by one. */
  readonly batching: number;
  readonly offsets: readonly number[];
  /** Drift of each clock in parts per million. */
  readonly drifts: readonly number[];
  readonly attestations: readonly Attestation[];
};

/** What a seed comes to; where the strategy `exceeds` the tolerance, more than f is faulty and the ceremony soon expires. */
export function planOf(seed: number, settings: Settings, exceeds: boolean): Plan {
  const random = new Random(seed, "plan");
  const powers = drawPowers(random, settings);
  const drawn = exceeds ? drawTooMany(random, powers) : drawFaulty(random, powers, settings.faulty);
  const storm = random.chance(0.75);
  const restored = storm && !exceeds && drawn.length > 0 && random.chance(0.1) ? (drawn[0] as number) : null;
  const faulty = drawn.filter((seat) => seat !== restored);
  const rate = (probability: number, most: number) =>
    storm && random.chance(probability) ? (most * random.between(1, 100)) / 100 : 0;
  const loss = rate(0.6, 0.3);
  const closesAt = START + random.between(2, 6) * SECOND;
  const healsAt = closesAt + random.between(0, storm ? 20 : 2) * SECOND;
  const shortLived = random.chance(0.1) || exceeds;
  return {
    seed,
    powers,
    faulty,
    early: random.chance(0.5),
    closesAt,
    expiresAt: shortLived ? closesAt + random.between(2, 20) * SECOND : closesAt + 4 * 3_600 * SECOND,
    healsAt,
    loss: settings.loss ?? loss,
    duplication: rate(0.5, 0.3),
    delay: random.pick([2_000, 20_000, 200_000]),
    straggling: rate(0.4, 0.2),
    partitions: storm && random.chance(0.5) ? random.between(1, 4) : 0,
    crashes: rate(0.5, 0.08),
    restored,
    restoredKnowing: random.chance(0.5),
    batching: random.chance(0.5) ? random.pick([2_000, 20_000, 100_000]) : 0,
    ...drawClocks(seed, settings.parties),
    attestations: drawAttestations(seed, settings.parties, closesAt),
  };
}

function drawPowers(random: Random, { parties, faulty }: Settings): readonly number[] {
  const equal = Array.from({ length: parties }, () => 1);
  if (random.chance(0.4)) return equal;
  for (let tries = 0; tries < 20; tries++) {
    const most = random.pick([2, 3, 7, 100]);
    const powers = equal.map(() => random.between(1, most));
    const least = [...powers].sort((a, b) => a - b).slice(0, faulty);
    if (sum(least) <= toleratedOf(powers)) return powers;
  }
  return equal;
}

/** Seats of at most f power; the heaviest that fit, or any, since both are worth trying. */
function drawFaulty(random: Random, powers: readonly number[], count: number): readonly number[] {
  const limit = toleratedOf(powers);
  for (let tries = 0; tries < 30; tries++) {
    const seats = random
      .shuffled(powers.map((_, seat) => seat))
      .slice(0, count)
      .sort((a, b) => a - b);
    if (sum(seats.map((seat) => powers[seat] as number)) <= limit) return seats;
  }
  const lightest = powers.map((power, seat) => [power, seat] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const seats = lightest.slice(0, count).map(([, seat]) => seat);
  return sum(seats.map((seat) => powers[seat] as number)) <= limit ? seats.sort((a, b) => a - b) : [];
}

/** Seats of just more than f power, whoever comes first; someone honest is left to watch. */
function drawTooMany(random: Random, powers: readonly number[]): readonly number[] {
  const chosen: number[] = [];
  for (const seat of random.shuffled(powers.map((_, seat) => seat)).slice(1))
    if (sum(chosen.map((one) => powers[one] as number)) <= toleratedOf(powers)) chosen.push(seat);
  return chosen.sort((a, b) => a - b);
}

export const FAULTS = { num: 33, den: 100 } as const;

function toleratedOf(powers: readonly number[]): number {
  return electorateOf(
    powers.map((power, seat) => [seat, power]),
    FAULTS,
  ).tolerated;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function drawClocks(seed: number, parties: number): Pick<Plan, "offsets" | "drifts"> {
  const random = new Random(seed, "clock");
  const spread = random.pick([0, 20_000, 300_000, 3_000_000]);
  const drift = random.pick([0, 0, 100, 5_000]);
  const each = (most: number) => Array.from({ length: parties }, () => random.between(-most, most));
  return { offsets: each(spread), drifts: each(drift) };
}

/** Most attest well before the close, some within the last moments, a few not at all. */
function drawAttestations(seed: number, parties: number, closesAt: number): readonly Attestation[] {
  const random = new Random(seed, "workload");
  const window = closesAt - START;
  const late = random.pick([0, 0.2, 0.6]);
  return Array.from({ length: parties }, (_, seat) => seat)
    .filter(() => random.chance(0.9))
    .map((seat) => ({
      seat,
      at: random.chance(late)
        ? closesAt + random.between(-300_000, 50_000)
        : START + random.between(10_000, Math.floor(window * 0.8)),
      choice: random.chance(0.75) ? 0 : random.below(16),
    }));
}
