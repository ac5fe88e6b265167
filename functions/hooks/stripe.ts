// Stripe: `Stripe-Signature: t=<seconds>,v1=<hex>[,v1=<hex>]` over `<t>.<body>`. Two v1 while a secret rolls. Every other
// scheme in the header is passed over, v0 among them: it is for test mode, and taking it would be a downgrade.
import { parseHex } from "../../shared/bytes.ts";
import { ok, type Result } from "../../shared/result.ts";
import type { Claim, HeaderSource, Scheme } from "./claim.ts";
import { malformed, parseSeconds, SIGNATURES_MAX, signatureHeader, textSecret } from "./headers.ts";
import { textAt } from "./payload.ts";

const HEADER = "Stripe-Signature";
const NEED = "t=<seconds>,v1=<64 lower-case hex digits>";

export const stripe: Scheme = {
  signatureHeader: HEADER,
  key: textSecret,
  read,
  eventOf: (payload) => textAt(payload, ["type"]),
  // A retry is written anew, with another count of waiting deliveries; the event's id stays.
  deliveryOf: (payload) => textAt(payload, ["id"]),
  challengeOf: () => null,
};

function read(headers: HeaderSource): Result<Claim> {
  const carried = signatureHeader(headers, HEADER);
  if (!carried.ok) return carried;
  const items = carried.value.split(",").map((item) => /^([a-z][a-z0-9]*)=([^=\s]+)$/.exec(item));
  if (items.length > 2 * SIGNATURES_MAX || items.includes(null)) return malformed(HEADER, NEED);
  const valuesOf = (name: string): string[] =>
    items.filter((item) => item?.[1] === name).map((item) => item?.[2] ?? "");
  const [time, ...otherTimes] = valuesOf("t");
  if (time === undefined) return malformed(HEADER, `${NEED}; t is missing`);
  if (otherTimes.length > 0) return malformed(HEADER, `${NEED}; t came twice`);
  const signedAt = parseSeconds(time, HEADER);
  if (!signedAt.ok) return signedAt;
  const macs = valuesOf("v1").map(parseHex);
  if (macs.length === 0) return malformed(HEADER, `${NEED}; v1 is missing`);
  if (!macs.every((mac) => mac?.length === 32)) return malformed(HEADER, NEED);
  return ok({
    prefix: `${signedAt.value}.`,
    macs: macs.filter((mac) => mac !== null),
    ed25519: [],
    delivery: null,
    deliverySigned: false,
    event: null,
    signedAt: signedAt.value,
  });
}
