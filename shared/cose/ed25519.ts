// The one signature rule (SPEC §2.2). Libraries disagree on 740 of 914 published edge cases, and a signer who owns such a key
// could make one honest party admit what another refuses. With these refusals first, cofactorless verification is the same
// everywhere; `@noble/curves` verifies with the cofactor and so never gives a verdict here.
import { parseHex } from "../bytes.ts";
import { idText } from "../hash.ts";
import { fault, ok, type Result } from "../result.ts";

/** Group order L and field prime p, little-endian. */
const ORDER = littleEndian(2n ** 252n + 27742317777372353535851937790883648493n);
const PRIME = littleEndian(2n ** 255n - 19n);

/** y coordinates of the eight points of small order (RFC 7748 errata; Chalkias et al. 2020, table 6a), sign bit cleared. */
const SMALL_ORDER_Y = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map((text) => parseHex(text) as Uint8Array);

/** Verifies under the one rule: `ok`, or the code of the first refusal. Never throws on hostile input. */
export async function verifyEd25519(
  key: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<Result<true>> {
  const refused = refuseEncoding(key, signature);
  if (refused !== null) return refused;
  try {
    const name = idText(key);
    const imported = importedKeys.get(name) ?? (await importKey(key, name));
    const good = await crypto.subtle.verify("Ed25519", imported, plain(signature), plain(message));
    return good ? ok(true) : fault("SIGNATURE_INVALID");
  } catch {
    return fault("SIGNATURE_INVALID"); // the key is no point of the curve
  }
}

/** Keys imported before: whoever signs once signs again. It changes no answer. */
const importedKeys = new Map<string, CryptoKey>();
const KEYS_KEPT_MAX = 4_096;

async function importKey(key: Uint8Array, name: string): Promise<CryptoKey> {
  const imported = await crypto.subtle.importKey("raw", plain(key), "Ed25519", false, ["verify"]);
  if (importedKeys.size >= KEYS_KEPT_MAX) importedKeys.clear();
  importedKeys.set(name, imported);
  return imported;
}

/** The refusals that need no curve arithmetic, in the order of SPEC §2.2; null where none applies. */
function refuseEncoding(
  key: Uint8Array,
  signature: Uint8Array,
): ({ readonly ok: false } & ReturnType<typeof fault>) | null {
  if (key.length !== 32) return fault("KEY_LENGTH", { found: key.length });
  if (signature.length !== 64) return fault("SIGNATURE_LENGTH", { found: signature.length });
  if (!isBelow(signature, 32, ORDER, 0xff)) return fault("SIGNATURE_SCALAR");
  const refusedKey = refuseKeyEncoding(key);
  if (refusedKey !== null) return refusedKey;
  if (!isBelow(signature, 0, PRIME, SIGN_CLEARED)) return fault("SIGNATURE_NOT_CANONICAL");
  return isOfSmallOrder(signature) ? fault("SIGNATURE_SMALL_ORDER") : null;
}

/** Refuses keys that are not canonical or of small order. */
export function refuseKeyEncoding(key: Uint8Array): ReturnType<typeof fault> | null {
  if (key.length !== 32) return fault("KEY_LENGTH", { found: key.length });
  if (!isBelow(key, 0, PRIME, SIGN_CLEARED)) return fault("KEY_NOT_CANONICAL");
  return isOfSmallOrder(key) ? fault("KEY_SMALL_ORDER") : null;
}

/** What of a point's last byte belongs to y: its highest bit is the sign of x. */
const SIGN_CLEARED = 0x7f;

/** Whether the first 32 bytes are a point of small order. */
function isOfSmallOrder(point: Uint8Array): boolean {
  for (const y of SMALL_ORDER_Y) {
    if (hasY(point, y)) return true;
  }
  return false;
}

function hasY(point: Uint8Array, y: Uint8Array): boolean {
  const last = y.length - 1;
  for (let at = 0; at < last; at++) if (point[at] !== y[at]) return false;
  return ((point[last] as number) & SIGN_CLEARED) === y[last];
}

/** Whether 32 bytes are below a limit, both little-endian; of the last byte only the bits in `mask` count. */
function isBelow(bytes: Uint8Array, from: number, limit: Uint8Array, mask: number): boolean {
  for (let at = 31; at >= 0; at--) {
    const byte = bytes[from + at] as number;
    const difference = (at === 31 ? byte & mask : byte) - (limit[at] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, byte) => Number((value >> BigInt(8 * byte)) & 0xffn));
}

/** WebCrypto's types want bytes over a plain ArrayBuffer, which ours are. */
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>;
}
