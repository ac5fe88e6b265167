// Power, derived sets, roots and turns as the checkers work them out: from statements alone, sharing nothing with the system under test.
import { createHash } from "node:crypto";
import type { Id, Observation } from "../../../shared/observation/observation.ts";
import { FAULTS, type Plan } from "../plan.ts";

/** W, f and q of a plan's powers. */
export function thresholdsOf({ powers }: Pick<Plan, "powers">): {
  readonly total: number;
  readonly tolerated: number;
  readonly quorum: number;
} {
  const total = powers.reduce((sum, power) => sum + power, 0);
  const tolerated = Math.floor((total * FAULTS.num) / FAULTS.den);
  return { total, tolerated, quorum: Math.floor((total + tolerated) / 2) + 1 };
}

/** Power of distinct seats; zero where a seat stands twice, since one J names each elector once. */
export function powerOf(powers: readonly number[], statements: readonly (Observation | undefined)[]): number {
  const seats = statements.map((statement) => statement?.slot.seat ?? -1);
  if (new Set(seats).size !== seats.length) return 0;
  return seats.reduce((sum, seat) => sum + (powers[seat] ?? 0), 0);
}

export function listed({ body }: Observation): readonly Id[] {
  return body.kind === "witness" ? (body.ids ?? []) : [];
}

export function derive(powers: readonly number[], tolerated: number, witnesses: readonly Observation[]): readonly Id[] {
  const all = [...new Set(witnesses.flatMap(listed))].sort();
  return all.filter((id) => {
    const listing = witnesses.filter((witness) => listed(witness).includes(id));
    return listing.reduce((sum, { slot }) => sum + (powers[slot.seat as number] ?? 0), 0) > tolerated;
  });
}

const roots = new Map<string, string>();

/** Remembered while one set is asked about: the parties of a schedule all ask about the same. */
export function merkle(ids: readonly Id[]): string {
  const name = ids.join();
  const known = roots.get(name);
  if (known !== undefined) return known;
  roots.clear();
  const root = treeHash(ids);
  roots.set(name, root);
  return root;
}

function treeHash(ids: readonly Id[]): string {
  const hash = (...parts: readonly Buffer[]) => createHash("sha256").update(Buffer.concat(parts)).digest();
  const over = (leaves: readonly Buffer[]): Buffer => {
    const [only] = leaves;
    if (only === undefined) return hash();
    if (leaves.length === 1) return only;
    let split = 1;
    while (2 * split < leaves.length) split *= 2;
    return hash(Buffer.of(1), over(leaves.slice(0, split)), over(leaves.slice(split)));
  };
  return over(ids.map((id) => hash(Buffer.of(0), Buffer.from(id, "hex")))).toString("hex");
}

/** The seat that proposes in an attempt of the first round: seat order, rotated by the first 8 bytes of SHA-256(ceremony ‖ 0). */
export function proposerIn(call: Id, powers: readonly number[], attempt: number): number {
  const digest = createHash("sha256")
    .update(Buffer.from(`${call}00`, "hex"))
    .digest();
  return Number((digest.readBigUInt64BE() + BigInt(attempt)) % BigInt(powers.length));
}
