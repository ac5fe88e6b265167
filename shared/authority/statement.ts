// Statements about authority that travel in trust statements and in evidence: roots, rotations, taxonomies, revocations, the state
// of revocations, and issues of policies. Each is signed under a context of its own, named by its kind, so that none passes for another.
import { toHex } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { type Reader, readAs } from "../cbor/read.ts";
import { type Encodable, isCborMap } from "../cbor/value.ts";
import { verifyEd25519 } from "../cose/ed25519.ts";
import { admitKey } from "../cose/key.ts";
import { parseSign1, parseStatement, type Signer, type Statement, signStatement } from "../cose/sign1.ts";
import { idBytes } from "../hash.ts";
import { type IssueBody, readIssue } from "../policy/issue.ts";
import { fault, ok, type Result } from "../result.ts";
import { type RevocationBody, type RevocationStateBody, readRevocation, readRevocationState } from "./revocation.ts";
import { type RootBody, type RotationBody, readRoot, readRotation } from "./rotation.ts";
import { readTaxonomy, type TaxonomyBody } from "./taxonomy.ts";

/** `signer` is the signing key in hexadecimal. */
export type Signed<B> = { readonly id: string; readonly frame: Uint8Array; readonly signer: string; readonly body: B };

export type RootStatement = Signed<RootBody>;
export type Rotation = Signed<RotationBody>;
export type Revocation = Signed<RevocationBody>;
export type RevocationState = Signed<RevocationStateBody>;
export type Issue = Signed<IssueBody>;
type Body = RootBody | RotationBody | TaxonomyBody | RevocationBody | RevocationStateBody | IssueBody;
export type AuthorityStatement = Signed<Body>;

const READERS: { readonly [K in Body["kind"]]: Reader<Extract<Body, { kind: K }>> } = {
  root: readRoot,
  rotation: readRotation,
  taxonomy: readTaxonomy,
  revocation: readRevocation,
  "revocation-state": readRevocationState,
  policy: readIssue,
};

/** Reads a statement's structure and its signed parts; the signature is not yet verified. */
export function parseAuthorityStatement(frame: Uint8Array): Result<{ signed: AuthorityStatement; parts: Statement }> {
  const outer = parseSign1(frame);
  if (!outer.ok) return outer;
  const decoded = decodeCanonical(outer.value.payload);
  if (!decoded.ok) return decoded;
  const kind = isCborMap(decoded.value) ? decoded.value.get("kind") : undefined;
  if (typeof kind !== "string" || !Object.hasOwn(READERS, kind)) return fault("STATEMENT_UNKNOWN", { kind });
  const parts = parseStatement(frame, `quorate/${kind as Body["kind"]}/1`);
  if (!parts.ok) return parts;
  const body = readAs(decoded.value, READERS[kind as Body["kind"]] as Reader<Body>, kind);
  if (!body.ok) return body;
  const { id, key } = parts.value;
  return ok({ signed: { id: toHex(id), frame, signer: toHex(key), body: body.value }, parts: parts.value });
}

/** Reads and verifies a statement. Whether its signer has standing is judged against each chain it meets. */
export async function openAuthorityStatement(frame: Uint8Array): Promise<Result<AuthorityStatement>> {
  const parsed = parseAuthorityStatement(frame);
  if (!parsed.ok) return parsed;
  const { signed, parts } = parsed.value;
  const key = admitKey(parts.key);
  if (!key.ok) return key;
  const verdict = await verifyEd25519(parts.key, parts.toBeSigned, parts.sign1.signature);
  return verdict.ok ? ok(signed) : verdict;
}

/** Signs a statement of our own; ids stand in hexadecimal in a body and as bytes on the wire. */
export function issueStatement(body: Exclude<Body, TaxonomyBody>, signer: Signer): Uint8Array {
  return signStatement(encodeCanonical(wireOf(body)), `quorate/${body.kind}/1`, signer).frame;
}

function wireOf(body: Exclude<Body, TaxonomyBody>): Encodable {
  switch (body.kind) {
    case "revocation":
      return { ...body, credential: idBytes(body.credential), cut: body.cut.map(idBytes) };
    case "revocation-state":
      return { ...body, revocations: body.revocations.map(idBytes) };
    default:
      return { ...body };
  }
}

export function isStatement<K extends Body["kind"]>(
  statement: AuthorityStatement,
  kind: K,
): statement is Signed<Extract<Body, { kind: K }>> {
  return statement.body.kind === kind;
}

/** A revocation that this party's own door has admitted before. */
export function reopenRevocation(frame: Uint8Array): Revocation {
  const parsed = parseAuthorityStatement(frame);
  const signed = parsed.ok ? parsed.value.signed : null;
  if (signed === null || !isStatement(signed, "revocation"))
    throw new Error("broken invariant: a stored revocation does not parse");
  return signed;
}
