// What every webhook scheme comes down to: bytes that were signed, signatures over them, and an id. A scheme only reads
// headers and secrets into these types; one function (schemes.ts) judges them, so that no scheme can be laxer than another.
import type { Result } from "../../shared/result.ts";
import type { Payload } from "./payload.ts";

/** A `Headers` object, or anything that answers like one: names in any case, repeated headers joined by a comma. */
export type HeaderSource = { get(name: string): string | null };

export type Claim = {
  /** Text that the sender put before the body when it signed. */
  readonly prefix: string;
  readonly macs: readonly Uint8Array[];
  readonly ed25519: readonly Uint8Array[];
  /** The sender's id of the delivery; null where the scheme has none in its headers. */
  readonly delivery: string | null;
  /** True where the signature covers the id: only then can nobody else put a new id on an old body. */
  readonly deliverySigned: boolean;
  /** The event's name in a header, which no scheme signs: it counts only where the body bears it out. */
  readonly event: string | null;
  /** Seconds since 1970; null where the scheme signs no time. */
  readonly signedAt: number | null;
};

export type SecretKey =
  | { readonly kind: "hmac"; readonly bytes: Uint8Array }
  | { readonly kind: "ed25519"; readonly bytes: Uint8Array };

export type Scheme = {
  /** The header that carries the signature: its absence names the fault. */
  readonly signatureHeader: string;
  readonly read: (headers: HeaderSource) => Result<Claim>;
  readonly key: (secret: string) => Result<SecretKey>;
  /** The event that the signed body bears; `named` is what an unsigned header says. Null fits no source. */
  readonly eventOf: (payload: Payload, named: string | null) => string | null;
  /** The delivery's id inside the signed body; null where the scheme has none there. */
  readonly deliveryOf: (payload: Payload) => string | null;
  /** What a sender wants to be answered that asks whether this URL is its receiver's; null for any other payload. */
  readonly challengeOf: (payload: Payload) => string | null;
};
