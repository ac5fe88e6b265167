// What a ceremony and the shards of its intake say to each other (SPEC §7.14). Frames have passed the party's own door.
import type { Receipt } from "../shared/ceremony/effect.ts";
import type { Terms } from "../shared/ceremony/handover.ts";
import type { BatchPack } from "../shared/observation/batch.ts";
import type { RefusalCode } from "../shared/refusals.ts";

/** What a shard begins with. */
export type Enlisted = { readonly terms: Terms; readonly call: Uint8Array };

export type HandedPack = {
  readonly round: number;
  readonly shard: number;
  /** Packed here, so that the ceremony has only to sign it; null for nothing. */
  readonly taken: BatchPack | null;
  /** `detail` is JSON. */
  readonly refused: readonly { readonly frame: Uint8Array; readonly code: RefusalCode; readonly detail: string }[];
  /** The shard takes in nothing more. */
  readonly last: boolean;
};

export type IntakeRpc = {
  /** Null for what the ceremony itself has to answer. */
  readonly submit: (frames: readonly Uint8Array[]) => Promise<readonly (Receipt | null)[]>;
  /** Takes in nothing more for the round, and hands over what it has. */
  readonly seal: (round: number) => Promise<void>;
  /** Hands over what it has, now. */
  readonly hasten: () => Promise<void>;
  readonly waiting: () => Promise<number>;
};
