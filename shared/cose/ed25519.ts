// The one signature rule (SPEC §2.2). Libraries disagree on 740 of 914 published edge cases, and a signer who owns such a key
// could make one honest party admit what another refuses. With these refusals first, cofactorless verification is the same
// everywhere; `@noble/curves` verifies with the cofactor and so never gives a verdict here.
import { compareBytes, toHex } from "../bytes.ts";
import { fault, ok, type Result } from "../result.ts";

/** Group order L and field prime p, little-endian. */
const ORDER = littleEndian(2n ** 252n + 27742317777372353535851937790883648493n);
const PRIME = littleEndian(2n ** 255n - 19n);

/** y coordinates of the eight points of small order (RFC 7748 errata; Chalkias et al. 2020, table 6a), sign bit cleared. */
const SMALL_ORDER_Y = new Set([
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
]);

/** Verifies under the one rule: `ok`, or the code of the first refusal. Never throws on hostile input. */
export async function verifyEd25519(
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<Result<true>> {
  const refused = refuseEncoding(key, signature);
  if (refused !== null) return refused;
  try {
    const imported = await crypto.subtle.importKey("raw", own(key), { name: "Ed25519" }, false, ["verify"]);
    const good = await crypto.subtle.verify({ name: "Ed25519" }, imported, own(signature), own(message));
    return good ? ok(true) : fault("SIGNATURE_INVALID");
  } catch {
    return fault("SIGNATURE_INVALID"); // the key is no point of the curve
  }
}

/** The refusals that need no curve arithmetic, in the order of SPEC §2.2; null where none applies. */
function refuseEncoding(
  key: Uint8Array,
  signature: Uint8Array,
): ({ readonly ok: false } & ReturnType<typeof fault>) | null {
  if (key.length !== 32) return fault("KEY_LENGTH", { found: key.length });
  if (signature.length !== 64) return fault("SIGNATURE_LENGTH", { found: signature.length });
  if (!isBelow(signature.slice(32), ORDER)) return fault("SIGNATURE_SCALAR");
  const refusedKey = refuseKeyEncoding(key);
  if (refusedKey !== null) return refusedKey;
  const point = withoutSign(signature.slice(0, 32));
  if (!isBelow(point, PRIME)) return fault("SIGNATURE_NOT_CANONICAL");
  return SMALL_ORDER_Y.has(toHex(point)) ? fault("SIGNATURE_SMALL_ORDER") : null;
}

/** Refuses keys that are not canonical or of small order. */
export function refuseKeyEncoding(key: Uint8Array): ReturnType<typeof fault> | null {
  if (key.length !== 32) return fault("KEY_LENGTH", { found: key.length });
  const point = withoutSign(key);
  if (!isBelow(point, PRIME)) return fault("KEY_NOT_CANONICAL");
  return SMALL_ORDER_Y.has(toHex(point)) ? fault("KEY_SMALL_ORDER") : null;
}

function withoutSign(point: Uint8Array): Uint8Array {
  const cleared = Uint8Array.from(point);
  cleared[31] = (cleared[31] as number) & 0x7f;
  return cleared;
}

function isBelow(little: Uint8Array, limit: Uint8Array): boolean {
  return compareBytes(Uint8Array.from(little).reverse(), Uint8Array.from(limit).reverse()) < 0;
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, byte) => Number((value >> BigInt(8 * byte)) & 0xffn));
}

/** WebCrypto's types want bytes over a plain ArrayBuffer. */
function own(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
