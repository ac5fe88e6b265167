// What a ceremony's people must look into, in words.
import type { Picture } from "../shared/ceremony/picture.ts";
import type { ShardDepth } from "../shared/ceremony/spread.ts";
import type { CeremonyView } from "../shared/ceremony/view.ts";
import type { Entry } from "../shared/lineage/entry.ts";
import { describeRefusal, type Refusal, type RefusalCode } from "../shared/refusals.ts";
import { log } from "./log.ts";

/** Something about a ceremony that its people must look into: a refusal's words, when it was noticed (µs), and the statements it is about. */
export type Alert = Refusal & { readonly at: number; readonly about: readonly string[] };
/** With how many entries its lineage has. */
export type ShownPicture = Picture & { readonly entries: number };
/** `shards` are those over which its intake is spread here, if it is. */
export type ShownCeremony = CeremonyView & {
  readonly alerts: readonly Alert[];
  readonly shards: readonly ShardDepth[];
};

export function alertOf({ detail, at, about }: Entry): Alert {
  return { ...describeRefusal({ code: detail.code as RefusalCode, detail }), at, about };
}

/** The log has its code and what it is about; its words are on record. */
export function logAlert(ceremony: string | undefined, { detail, about }: Entry): void {
  log("warn", "alert", { ceremony, code: String(detail.code), observations: about });
}
