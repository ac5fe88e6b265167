// Standard Webhooks: `<id>.<time>.<body>` under v1 (HMAC-SHA256) or v1a (Ed25519), several signatures apart by spaces.
// Versions that we do not know are passed over, never taken for one that we do.
import { parseBase64 } from "../../shared/bytes.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { Claim, HeaderSource, Scheme, SecretKey } from "./claim.ts";
import { deliveryHeader, malformed, SIGNATURES_MAX, secondsHeader, signatureHeader } from "./headers.ts";
import { textAt } from "./payload.ts";

const HEADER = "webhook-signature";
const ID_HEADER = "webhook-id";
const TIME_HEADER = "webhook-timestamp";
/** The specification's range for symmetric secrets. */
const SECRET_BYTES = { least: 24, most: 64 } as const;
const LENGTHS: Readonly<Record<string, number>> = { v1: 32, v1a: 64 };

export const standard: Scheme = {
  signatureHeader: HEADER,
  key,
  read,
  eventOf: (payload) => textAt(payload, ["type"]),
  deliveryOf: () => null, // its id is a header, and signed
  challengeOf: () => null,
};

function read(headers: HeaderSource): Result<Claim> {
  const carried = signatureHeader(headers, HEADER);
  if (!carried.ok) return carried;
  const id = deliveryHeader(headers, ID_HEADER);
  if (!id.ok) return id;
  // A dot in the id would let one signature cover two readings of id and time.
  if (id.value.includes(".")) return malformed(ID_HEADER, "an id without dots");
  const signedAt = secondsHeader(headers, TIME_HEADER);
  if (!signedAt.ok) return signedAt;
  const signatures = readSignatures(carried.value);
  if (!signatures.ok) return signatures;
  const of = (version: string) => signatures.value.filter((item) => item.version === version).map(({ bytes }) => bytes);
  return ok({
    prefix: `${id.value}.${signedAt.value}.`,
    macs: of("v1"),
    ed25519: of("v1a"),
    delivery: id.value,
    deliverySigned: true,
    event: null,
    signedAt: signedAt.value,
  });
}

type Versioned = { readonly version: string; readonly bytes: Uint8Array };

function readSignatures(value: string): Result<readonly Versioned[]> {
  const need = "v1,<base64 of 32 bytes> or v1a,<base64 of 64 bytes>, apart by single spaces";
  const items = value.split(" ").map((item) => /^([a-z0-9]+),([^,]+)$/i.exec(item));
  if (items.length > SIGNATURES_MAX || items.includes(null)) return malformed(HEADER, need);
  const known: Versioned[] = [];
  for (const item of items) {
    const version = item?.[1] ?? "";
    const length = Object.hasOwn(LENGTHS, version) ? LENGTHS[version] : undefined;
    if (length === undefined) continue;
    const bytes = parseBase64(item?.[2] ?? "");
    if (bytes?.length !== length) return malformed(HEADER, need);
    known.push({ version, bytes });
  }
  return known.length === 0 ? malformed(HEADER, `${need}; there is neither`) : ok(known);
}

function key(secret: string): Result<SecretKey> {
  if (secret.startsWith("whsk_"))
    return fault("HOOK_SECRET_MALFORMED", { need: "the public key (whpk_); whsk_ is the sender's private key" });
  if (secret.startsWith("whpk_")) {
    const bytes = parseBase64(secret.slice(5));
    const need = "whpk_<base64 of 32 bytes>";
    return bytes?.length === 32 ? ok({ kind: "ed25519", bytes }) : fault("HOOK_SECRET_MALFORMED", { need });
  }
  const bytes = parseBase64(secret.startsWith("whsec_") ? secret.slice(6) : secret);
  const fits = bytes !== null && bytes.length >= SECRET_BYTES.least && bytes.length <= SECRET_BYTES.most;
  const need = `whsec_<base64 of ${SECRET_BYTES.least} to ${SECRET_BYTES.most} bytes>`;
  return fits ? ok({ kind: "hmac", bytes }) : fault("HOOK_SECRET_MALFORMED", { need });
}
