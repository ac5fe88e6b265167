// The exporter's account (SPEC §12.2): its signature over the lineage that it exports, so that a cut, altered or invented history is
// told from its own. What the lineage says is still one party's word; the outcome rests on the statements alone.
import { parseHex, splitBytes, toHex } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { bytes, bytesUpTo, exactly, integer, readAs, record } from "../cbor/read.ts";
import { verifyEd25519 } from "../cose/ed25519.ts";
import { parseStatement, type Signer, signStatement } from "../cose/sign1.ts";
import { idBytes } from "../hash.ts";
import { LINEAGE_START, type LinkedEntry } from "../lineage/entry.ts";
import type { Id } from "../observation/observation.ts";
import { fault, ok, type Result } from "../result.ts";

const CONTEXT = "quorate/account/1";

/** Bytes of an entry's hash that the account repeats: enough that nobody finds another entry with them. */
const MARK_BYTES = 8;
/** Marks that fit into one signed frame with room to spare; a longer history is marked at equal distances. */
const MARKS_MAX = 4_096;

type Body = {
  readonly version: 2;
  readonly ceremony: Uint8Array;
  readonly entries: number;
  readonly head: Uint8Array;
  /** The first bytes of the hash of every entry, or of every n-th in a history of more than MARKS_MAX, joined. */
  readonly marks: Uint8Array;
};

const readBody = record<Body>({
  version: exactly(2),
  ceremony: bytes(32),
  entries: integer(0, Number.MAX_SAFE_INTEGER),
  head: bytes(32),
  marks: bytesUpTo(MARK_BYTES * MARKS_MAX),
});

const headOf = (lineage: readonly LinkedEntry[]): Id => lineage[lineage.length - 1]?.hash ?? LINEAGE_START;

/** Distance between marked entries: 1 but for very long histories. */
const strideOf = (entries: number): number => Math.max(1, Math.ceil(entries / MARKS_MAX));

function marksOf(lineage: readonly LinkedEntry[], stride: number): readonly string[] {
  return lineage.filter((_, index) => index % stride === 0).map(({ hash }) => hash.slice(0, 2 * MARK_BYTES));
}

export function signAccount(ceremony: Id, lineage: readonly LinkedEntry[], signer: Signer): Uint8Array {
  const marks = parseHex(marksOf(lineage, strideOf(lineage.length)).join("")) as Uint8Array;
  const head = idBytes(headOf(lineage));
  const body = { version: 2, ceremony: idBytes(ceremony), entries: lineage.length, head, marks };
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
  if (toHex(body.value.ceremony) !== ceremony)
    return fault("LINEAGE_ALTERED", { entry: 0, reason: "the exporter signed for another ceremony" });
  if (entries !== lineage.length || toHex(head) !== headOf(lineage))
    return fault("LINEAGE_ALTERED", {
      entry: firstDifference(body.value, lineage),
      reason: `the exporter signed for ${entries} entries, and for another one here`,
    });
  return ok(toHex(key));
}

/** The first entry that is not the one signed for: also where whoever altered it has linked all that follow anew. */
function firstDifference({ entries, marks }: Body, lineage: readonly LinkedEntry[]): number {
  const stride = strideOf(entries);
  const signed = splitBytes(marks, MARK_BYTES).map(toHex);
  const found = marksOf(lineage, stride);
  const at = signed.findIndex((mark, index) => mark !== found[index]);
  return at < 0 ? Math.min(entries, lineage.length) : Math.min(at * stride, lineage.length);
}
