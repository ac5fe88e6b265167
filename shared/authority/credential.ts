// A credential: one signed grant of roles and classes to a key, for a time (SPEC §5.1). Chains of them travel inline.

import { toHex } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { bytes, exactly, integer, list, readAs, record, text } from "../cbor/read.ts";
import { parseStatement, type Signer, signStatement } from "../cose/sign1.ts";
import { CHAIN_LENGTH_MAX } from "../limits.ts";
import { ok, type Result } from "../result.ts";

/** Covers every role or class. */
export const ANY = "*";

export type Grant = {
  readonly version: 1;
  readonly mesh: string;
  /** The name people read, such as "acme/release-board". */
  readonly subject: string;
  /** The key that is empowered, 32 bytes. */
  readonly key: Uint8Array;
  readonly roles: readonly string[];
  readonly classes: readonly string[];
  /** How many further links may follow this one. */
  readonly delegations: number;
  /** Validity in microseconds of the mesh's frame, both ends included. */
  readonly not_before: number;
  readonly not_after: number;
  /** Makes a re-issued credential differ from a revoked one. */
  readonly serial: Uint8Array;
};

export type Credential = {
  readonly id: string;
  readonly frame: Uint8Array;
  readonly issuer: string;
  readonly grant: Grant;
};

const readGrant = record<Grant>({
  version: exactly(1),
  mesh: text(),
  subject: text(),
  key: bytes(32),
  roles: list(text(), 32),
  classes: list(text(), 32),
  delegations: integer(0, CHAIN_LENGTH_MAX),
  not_before: integer(0, Number.MAX_SAFE_INTEGER),
  not_after: integer(0, Number.MAX_SAFE_INTEGER),
  serial: bytes(16),
});

/** Reads one credential's structure; its signature is the chain's business. */
export function parseCredential(frame: Uint8Array): Result<Credential> {
  const statement = parseStatement(frame, "quorate/credential/1");
  if (!statement.ok) return statement;
  const decoded = decodeCanonical(statement.value.sign1.payload);
  if (!decoded.ok) return decoded;
  const grant = readAs(decoded.value, readGrant, "credential");
  if (!grant.ok) return grant;
  return ok({ id: toHex(statement.value.id), frame, issuer: toHex(statement.value.key), grant: grant.value });
}

export function issueCredential(grant: Grant, issuer: Signer): Uint8Array {
  return signStatement(encodeCanonical({ ...grant }), "quorate/credential/1", issuer).frame;
}
