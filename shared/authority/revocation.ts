// A revocation: an issuer withdraws one credential from a stated time on (SPEC §5.4). It is an object with an id of its own; a
// re-issued credential has another id and is not touched by it.
import { toHex } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { bytes, exactly, integer, readAs, record, text } from "../cbor/read.ts";
import { verifyEd25519 } from "../cose/ed25519.ts";
import { parseStatement, type Signer, signStatement } from "../cose/sign1.ts";
import { TEXT_LENGTH_MAX } from "../limits.ts";
import { ok, type Result } from "../result.ts";

type Body = {
  readonly version: 1;
  readonly mesh: string;
  readonly credential: Uint8Array;
  /** First instant, in microseconds of the mesh's frame, at which the credential no longer holds. */
  readonly from: number;
  readonly reason: string;
};

export type Revocation = {
  readonly id: string;
  readonly frame: Uint8Array;
  readonly signer: string;
  readonly credential: string;
  readonly mesh: string;
  readonly from: number;
  readonly reason: string;
};

const readBody = record<Body>({
  version: exactly(1),
  mesh: text(),
  credential: bytes(32),
  from: integer(0, Number.MAX_SAFE_INTEGER),
  reason: text(TEXT_LENGTH_MAX, 0),
});

/** Reads and verifies a revocation. Whether its signer has standing is judged against each chain it meets. */
export async function openRevocation(frame: Uint8Array): Promise<Result<Revocation>> {
  const statement = parseStatement(frame, "quorate/revocation/1");
  if (!statement.ok) return statement;
  const { sign1, key, toBeSigned, id } = statement.value;
  const verdict = await verifyEd25519(key, toBeSigned, sign1.signature);
  if (!verdict.ok) return verdict;
  const decoded = decodeCanonical(sign1.payload);
  if (!decoded.ok) return decoded;
  const body = readAs(decoded.value, readBody, "revocation");
  if (!body.ok) return body;
  const { credential, mesh, from, reason } = body.value;
  return ok({ id: toHex(id), frame, signer: toHex(key), credential: toHex(credential), mesh, from, reason });
}

export function issueRevocation(body: Omit<Body, "version">, issuer: Signer): Uint8Array {
  return signStatement(encodeCanonical({ version: 1, ...body }), "quorate/revocation/1", issuer).frame;
}
