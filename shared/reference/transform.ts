// Attaching one metric frame to another (SPEC §16.1): a rotation in parts per billion and a translation, with an uncertainty of its own.
import { integer, list, misfit, type Reader } from "../cbor/read.ts";
import type { Vector } from "./place.ts";

/** Rows of a rotation matrix, in parts per billion. */
export type Rotation = readonly number[];

export type Transform = {
  readonly from: string;
  readonly to: string;
  /** Null where the axes are parallel. */
  readonly rotation: Rotation | null;
  readonly translation: Vector;
  /** How far off the attachment itself may be, in millimetres. */
  readonly uncertainty: number;
};

const SCALE = 1_000_000_000n;
/** How far a rounded matrix may be from a rotation: eight units in the last place of each product. */
const SLACK = 8n * SCALE;

export const readRotation: Reader<Rotation> = (value, path, all) => {
  const rows = list(integer(-Number(SCALE), Number(SCALE)), 9, 9)(value, path, all);
  return isRotation(rows.map(BigInt)) ? rows : misfit(path, "a rotation matrix in parts per billion, row by row");
};

/** Rows of length one, square to each other, and right-handed: anything else would change distances. */
function isRotation(entries: readonly bigint[]): boolean {
  const row = (index: number) => entries.slice(3 * index, 3 * index + 3) as [bigint, bigint, bigint];
  const product = (a: readonly bigint[], b: readonly bigint[]) =>
    a.reduce((sum, entry, axis) => sum + entry * (b[axis] as bigint), 0n);
  const near = (found: bigint, wanted: bigint) => found - wanted <= SLACK && wanted - found <= SLACK;
  const [x, y, z] = [row(0), row(1), row(2)];
  const upright: readonly bigint[] = [x[1] * y[2] - x[2] * y[1], x[2] * y[0] - x[0] * y[2], x[0] * y[1] - x[1] * y[0]];
  return (
    [x, y, z].every((line) => near(product(line, line), SCALE * SCALE)) &&
    near(product(x, y), 0n) &&
    near(product(y, z), 0n) &&
    near(product(x, z), 0n) &&
    product(upright, z) > 0n
  );
}

/** The position in the other frame, and how far rounding and attachment may have moved it. */
export function transformed(
  { rotation, translation, uncertainty }: Transform,
  position: Vector,
): { readonly position: Vector; readonly added: number } {
  if (rotation === null)
    return {
      position: [0, 1, 2].map(
        (axis) => (position[axis] as number) + (translation[axis] as number),
      ) as unknown as Vector,
      added: uncertainty,
    };
  const moved = [0, 1, 2].map((axis) => {
    const sum = position.reduce(
      (total, part, index) => total + BigInt(part) * BigInt(rotation[3 * axis + index] as number),
      0n,
    );
    return Number(nearest(sum)) + (translation[axis] as number);
  });
  const reach = position.reduce((total, part) => total + Math.abs(part), 0);
  // Half a millimetre an axis for rounding, and half a part per billion an entry for the matrix itself.
  return { position: moved as unknown as Vector, added: uncertainty + 1 + Math.ceil(reach / Number(SCALE)) };
}

/** Divides by the scale, to the nearest whole number, halves upwards. */
function nearest(sum: bigint): bigint {
  const doubled = 2n * sum + SCALE;
  const quotient = doubled / (2n * SCALE);
  return doubled < 0n && quotient * 2n * SCALE !== doubled ? quotient - 1n : quotient;
}
