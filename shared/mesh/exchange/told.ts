// What is told of files that people carry: what one did, and which a mesh let out and took in.
import type { Id } from "../../observation/observation.ts";
import type { writeFramesFile } from "../signed/frames-file.ts";
import type { ToldArrival } from "./arrival.ts";
import type { writeExchangeFile } from "./file.ts";

/** A document as it is carried. */
export type CarriedFile = ReturnType<typeof writeExchangeFile>;

export type FramesDocument = ReturnType<typeof writeFramesFile>;

/** What a file would do, or did; what is written of it is null where it was only judged, or was stopped. */
export type Imported = ToldArrival & {
  readonly written: {
    readonly imports: number;
    readonly acts: readonly Id[];
    readonly record: Id;
    readonly receipt: Id;
  } | null;
  /** The signed receipt as a file of statements, to carry back; null where nothing was taken. */
  readonly receipt: FramesDocument | null;
};

/** What came of a file, as the side that took it signed. */
export type ShownReceipt = {
  readonly id: Id;
  readonly by: string;
  /** Microseconds of the frame of whoever signed it. */
  readonly at: number;
  readonly admitted: number;
  readonly held: number;
  readonly refused: number;
};

export type FileOut = {
  readonly manifest: Id;
  readonly to: string;
  readonly gateway: string;
  readonly sequence: number;
  readonly count: number;
  readonly reviewers: number;
  readonly oneWay: boolean;
  readonly at: number;
  /** Let out by this agent, which can give it once more. */
  readonly own: boolean;
  readonly receipt: ShownReceipt | null;
};

export type FileIn = { readonly manifest: Id; readonly sequence: number; readonly receipt: ShownReceipt };

export type GatewayIn = {
  /** Its key, in hexadecimal; and the name of whoever holds it. */
  readonly key: string;
  readonly gateway: string;
  readonly from: string;
  readonly last: number;
  readonly files: readonly FileIn[];
  /** Numbers that came before the one they follow. */
  readonly early: readonly number[];
  /** First and last number of each hole: these are to be carried here first. */
  readonly missing: readonly (readonly [number, number])[];
};

export type ShownExchanges = {
  readonly mesh: string;
  readonly at: number;
  readonly out: readonly FileOut[];
  readonly in: readonly GatewayIn[];
};

/** `numbers` ascend, from beyond the last that was taken. */
export function holesBetween(last: number, numbers: readonly number[]): readonly (readonly [number, number])[] {
  return numbers.flatMap((number, index) => {
    const before = numbers[index - 1] ?? last;
    return number > before + 1 ? [[before + 1, number - 1] as const] : [];
  });
}
