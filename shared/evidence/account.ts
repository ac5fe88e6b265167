// The exporter's account (SPEC §12.2): its signature over the lineage that it exports, so that a cut, altered or invented history is
// told from its own. What the lineage says is still one party's word; the outcome rests on the statements alone.
import { toHex } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { bytes, exactly, integer, readAs, record } from "../cbor/read.ts";
import { verifyEd25519 } from "../cose/ed25519.ts";
import { parseStatement, type Signer, signStatement } from "../cose/sign1.ts";
import { idBytes } from "../hash.ts";
import { LINEAGE_START, type LinkedEntry } from "../lineage/entry.ts";
import type { Id } from "../observation/observation.ts";
import { fault, ok, type Result } from "../result.ts";

const CONTEXT = "quorate/account/1";

type Body = {
  readonly version: 1;
  readonly ceremony: Uint8Array;
  readonly entries: number;
  readonly head: Uint8Array;
};

const readBody = record<Body>({
  version: exactly(1),
  ceremony: bytes(32),
  entries: integer(0, Number.MAX_SAFE_INTEGER),
  head: bytes(32),
});

const headOf = (lineage: readonly LinkedEntry[]): Id => lineage[lineage.length - 1]?.hash ?? LINEAGE_START;

export function signAccount(ceremony: Id, lineage: readonly LinkedEntry[], signer: Signer): Uint8Array {
  const body = { version: 1, ceremony: idBytes(ceremony), entries: lineage.length, head: idBytes(headOf(lineage)) };
  return signStatement(encodeCanonical(body), CONTEXT, signer).frame;
}

/** The key in hexadecimal that signed for exactly this lineage of this ceremony. */
export async function openAccount(
  frame: Uint8Array,
  ceremony: Id,
  lineage: readonly LinkedEntry[],
): Promise<Result<string>> {
  const statement = parseStatement(frame, CONTEXT);
  if (!statement.ok) return statement;
  const { sign1, key, toBeSigned } = statement.value;
  const signed = await verifyEd25519(key, toBeSigned, sign1.signature);
  if (!signed.ok) return signed;
  const decoded = decodeCanonical(sign1.payload);
  const body = decoded.ok ? readAs(decoded.value, readBody, "account") : decoded;
  if (!body.ok) return body;
  const { entries, head } = body.value;
  if (toHex(body.value.ceremony) !== ceremony || entries !== lineage.length || toHex(head) !== headOf(lineage))
    return fault("LINEAGE_ALTERED", {
      entry: Math.min(entries, lineage.length),
      reason: `the exporter signed for ${entries} entries that end otherwise`,
    });
  return ok(toHex(key));
}
