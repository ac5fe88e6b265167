// What a call says of the composition that it is a part of (SPEC §23.4), under its subject.
import { type CborMap, type CborValue, isCborMap } from "../cbor/value.ts";
import type { Id } from "../observation/observation.ts";

export type Membership = { readonly composition: Id; readonly part: string; readonly carried: CborMap };

export const textOf = (value: CborValue | undefined) => (typeof value === "string" ? value : null);

/** Null for a ceremony that stands by itself. */
export function membershipOf(subject: CborValue): Membership | null {
  if (!isCborMap(subject)) return null;
  const [composition, part] = [textOf(subject.get("composition")), textOf(subject.get("part"))];
  const carried = subject.get("carried");
  if (composition === null || part === null) return null;
  return { composition, part, carried: isCborMap(carried) ? carried : new Map() };
}
