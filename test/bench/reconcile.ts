// What it costs two parties to find what the other lacks: bytes and messages of a session, for sets that differ by little.
import { exchange, idOf } from "../support/set-exchange.ts";

const CASES = [
  { size: 1_000, difference: 10 },
  { size: 10_000, difference: 10 },
  { size: 100_000, difference: 100 },
];

export type ReconcileCost = {
  readonly size: number;
  readonly difference: number;
  readonly bytes: number;
  readonly roundTrips: number;
};

export function measureReconcile(cases = CASES): readonly ReconcileCost[] {
  return cases.map(({ size, difference }) => {
    const all = Array.from({ length: size }, (_, index) => idOf(`statement ${index}`)).sort();
    const every = Math.floor(size / difference);
    const ours = all.filter((_, index) => index % every !== 0 || index / every >= difference / 2);
    const theirs = all.filter((_, index) => index % every !== 0 || index / every < difference / 2);
    const { first, second, messages } = exchange(ours, theirs);
    const found = first.have.length + second.have.length;
    if (found !== difference) throw new Error(`found ${found} of ${difference} differences`);
    const bytes = messages.reduce((sum, length) => sum + length, 0);
    return { size, difference, bytes, roundTrips: Math.ceil(messages.length / 2) };
  });
}
