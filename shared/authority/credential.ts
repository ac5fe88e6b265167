// A credential: one signed grant to a key: what it may say, in which roles and places, for how long (SPEC §5.1). Chains travel inline.
import { toHex } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { bytes, exactly, integer, list, nullable, readAs, record, text } from "../cbor/read.ts";
import { parseStatement, type Signer, signStatement } from "../cose/sign1.ts";
import { CHAIN_LENGTH_MAX, TAXONOMY_VERSION_MAX, TIER_NAMES_MAX } from "../limits.ts";
import { ok, type Result } from "../result.ts";

/** Covers every role, class or jurisdiction. */
export const ANY = "*";

/** A place in a published taxonomy: its names there, and the version under which they are to be read (SPEC §5.6). */
export type Tier = { readonly taxonomy: string; readonly version: number; readonly names: readonly string[] };

export type Grant = {
  readonly version: 1;
  readonly mesh: string;
  /** The name people read, such as "acme/release-board". */
  readonly subject: string;
  /** The key that is empowered, 32 bytes. */
  readonly key: Uint8Array;
  /** SHA-256 of the key that will follow this one; null where the key cannot be rotated. */
  readonly next: Uint8Array | null;
  readonly roles: readonly string[];
  readonly classes: readonly string[];
  /** Jurisdictions, such as "eu/de"; one covers all below it. */
  readonly jurisdictions: readonly string[];
  readonly tier: Tier | null;
  /** How many further links may follow this one. */
  readonly delegations: number;
  /** Validity in microseconds of the mesh's frame, both ends included. */
  readonly not_before: number;
  readonly not_after: number;
  /** Makes a re-issued credential differ from a revoked one. */
  readonly serial: Uint8Array;
};

/** One link of a chain: a grant, or the rotation that puts a committed key in its holder's place (SPEC §5.7). */
export type Credential = {
  readonly id: string;
  readonly frame: Uint8Array;
  /** Whose key signed it, in hexadecimal. A rotation is signed by the key that it brings in. */
  readonly issuer: string;
  /** Whose key it empowers, in hexadecimal: every statement under it is asked for that. */
  readonly holder: string;
  /** What holds from this link on; a rotation keeps its predecessor's grant but for the key and the time. */
  readonly grant: Grant;
  /** The link that a rotation follows; null in a grant. */
  readonly succeeds: string | null;
};

const readGrant = record<Grant>({
  version: exactly(1),
  mesh: text(),
  subject: text(),
  key: bytes(32),
  next: nullable(bytes(32)),
  roles: list(text(), 32),
  classes: list(text(), 32),
  jurisdictions: list(text(), 32),
  tier: nullable(
    record<Tier>({
      taxonomy: text(),
      version: integer(1, TAXONOMY_VERSION_MAX),
      names: list(text(), TIER_NAMES_MAX, 1),
    }),
  ),
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
  const { id, key } = statement.value;
  return ok({
    id: toHex(id),
    frame,
    issuer: toHex(key),
    holder: toHex(grant.value.key),
    grant: grant.value,
    succeeds: null,
  });
}

export function issueCredential(grant: Grant, issuer: Signer): Uint8Array {
  return signStatement(encodeCanonical({ ...grant }), "quorate/credential/1", issuer).frame;
}
