// A trust statement: the roots that a verifier, or a party, recognises (SPEC §12.1). Identity is never implied by the evidence.
import type { Trust } from "../authority/chain.ts";
import type { Revocation } from "../authority/revocation.ts";
import { fromJson, type Json } from "../cbor/json.ts";
import { list, misfit, oneOf, type Reader, readAs, record, text } from "../cbor/read.ts";
import { SEATS_MAX } from "../limits.ts";
import { fault, type Result } from "../result.ts";

export const TRUST_FORMAT = "quorate-trust/1";

export type TrustStatement = {
  readonly format: typeof TRUST_FORMAT;
  readonly mesh: string;
  /** `key` is the root's public key in hexadecimal. */
  readonly roots: readonly { readonly authority: string; readonly key: string }[];
};

const readKey: Reader<string> = (value, path) =>
  typeof value === "string" && /^[0-9a-f]{64}$/.test(value)
    ? value
    : misfit(path, "32 bytes in lower-case hexadecimal");

const readStatement = record<TrustStatement>({
  format: oneOf(TRUST_FORMAT),
  mesh: text(),
  roots: list(record({ authority: text(), key: readKey }), SEATS_MAX, 1),
});

export function readTrustStatement(document: Json | unknown): Result<TrustStatement> {
  const value = fromJson(document);
  const statement = value.ok ? readAs(value.value, readStatement) : value;
  if (!statement.ok) return fault("TRUST_INVALID", statement.fault.detail);
  const keys = new Set(statement.value.roots.map(({ key }) => key));
  return keys.size === statement.value.roots.length
    ? statement
    : fault("TRUST_INVALID", { path: "roots", need: "each key once" });
}

export function writeTrustStatement(mesh: string, roots: ReadonlyMap<string, string>): TrustStatement {
  return { format: TRUST_FORMAT, mesh, roots: [...roots].map(([key, authority]) => ({ authority, key })) };
}

/** What the door takes as given under a trust statement and the revocations known. */
export function trustFrom(statement: TrustStatement, revocations: readonly Revocation[]): Trust {
  return {
    mesh: statement.mesh,
    roots: new Map(statement.roots.map(({ authority, key }) => [key, authority])),
    revocations,
    verifiedChains: new Set(),
  };
}
