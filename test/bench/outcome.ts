// What an outcome costs for each contribution, from a hundred to a hundred thousand: the fold that every party runs on a closed set.
import { sha256Hex } from "../../shared/hash.ts";
import type { Contribution, Seat } from "../../shared/outcome/contribution.ts";
import { progress } from "../../shared/outcome/rounds.ts";
import { findPattern } from "../../shared/policy/catalogue.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { setParameters } from "../../shared/policy/parameters.ts";
import type { PinnedPolicy } from "../../shared/policy/policy.ts";
import { AUCTION_SETTINGS } from "./bids.ts";
import { quantile } from "./runtime.ts";

const SIZES = [100, 1_000, 10_000, 100_000];
const RUNS = 5;
const BIDDERS = 400;
const utf8 = new TextEncoder();

export type OutcomeCost = { readonly contributions: number; readonly microsPer: number };

export function auctionPolicy(): PinnedPolicy {
  const pattern = findPattern("auction");
  const document = pattern.ok ? setParameters(pattern.value as never, AUCTION_SETTINGS) : pattern;
  const policy = document.ok ? pinPolicy(document.value) : document;
  if (!policy.ok) throw new Error(policy.fault.code);
  return policy.value;
}

function bidFor(index: number): Contribution {
  const amount = 1_000 + ((index * 7_919) % 9_973);
  const item = `lot-${Math.floor(index / BIDDERS)}`;
  const bid = new Map<string, number | string>([
    ["amount", amount],
    ["item", item],
    ["quantity", 1],
  ]);
  return {
    id: sha256Hex(utf8.encode(`bid ${index}`)),
    seat: index % BIDDERS,
    role: "bidder",
    item,
    content: new Map([["bid", bid]]),
    at: [1, 1],
    until: 1_000,
  };
}

export function measureOutcome(sizes: readonly number[] = SIZES): readonly OutcomeCost[] {
  const { policy } = auctionPolicy();
  const seats = Array.from(
    { length: BIDDERS },
    (_, index): Seat => ({ index, authority: `bidder-${index}`, role: "bidder", power: 1 }),
  );
  const set = Array.from({ length: Math.max(...sizes) }, (_, index) => bidFor(index));
  return sizes.map((contributions) => {
    const closed = { seats, window: { opensAt: 0, closesAt: 10 }, set: set.slice(0, contributions) };
    const times = Array.from({ length: RUNS }, () => {
      const start = performance.now();
      const { result, excluded } = progress(policy, seats, [closed]);
      if (result.is !== "decided" || excluded.length > 0) throw new Error("the auction is not decided");
      return performance.now() - start;
    });
    return { contributions, microsPer: (1_000 * quantile(times, 0.5)) / contributions };
  });
}

/** Slope of the cost of a whole outcome against its size, both logarithmic, by least squares: 1 where each contribution costs the same. */
export function slopeOf(costs: readonly OutcomeCost[]): number {
  const points = costs.map(({ contributions, microsPer }) => ({
    x: Math.log10(contributions),
    y: Math.log10(contributions * microsPer),
  }));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map((point) => point.x)), mean(points.map((point) => point.y))];
  const over = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
  return over / points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}
