// The registry of webhook schemes: GitHub, Slack, Stripe, Standard Webhooks, and any plain HMAC over the body.
import { ok, type Result } from "../../shared/result.ts";
import type { Claim, HeaderSource, Scheme } from "./claim.ts";
import {
  deliveryHeader,
  parsePrefixedBase64,
  parsePrefixedHex,
  secondsHeader,
  signatureHeader,
  textSecret,
  wordHeader,
} from "./headers.ts";
import { standard } from "./standard.ts";
import { stripe } from "./stripe.ts";

/** A source with a plain HMAC-SHA256 over its body. */
export type HmacSource = {
  readonly signatureHeader: string;
  readonly encoding: "hex" | "base64";
  /** Text before the signature in its header, such as "sha256=". */
  readonly prefix?: string;
  readonly deliveryHeader?: string;
  readonly eventHeader?: string;
};

export const SCHEMES = { github: github(), standard, stripe, slack: slack() } as const satisfies Record<string, Scheme>;
export type SchemeName = keyof typeof SCHEMES;

function github(): Scheme {
  const header = "X-Hub-Signature-256";
  return {
    signatureHeader: header,
    key: textSecret,
    read: (headers) =>
      readPlain(headers, parsePrefixedHex, {
        signatureHeader: header,
        encoding: "hex",
        prefix: "sha256=",
        deliveryHeader: "X-GitHub-Delivery",
        eventHeader: "X-GitHub-Event",
      }),
  };
}

export function hmac(source: HmacSource): Scheme {
  const parse = source.encoding === "hex" ? parsePrefixedHex : parsePrefixedBase64;
  return {
    signatureHeader: source.signatureHeader,
    key: textSecret,
    read: (headers) => readPlain(headers, parse, source),
  };
}

function readPlain(headers: HeaderSource, parse: typeof parsePrefixedHex, source: HmacSource): Result<Claim> {
  const carried = signatureHeader(headers, source.signatureHeader);
  if (!carried.ok) return carried;
  const mac = parse(carried.value, source.prefix ?? "", source.signatureHeader);
  if (!mac.ok) return mac;
  const delivery = source.deliveryHeader === undefined ? ok(null) : deliveryHeader(headers, source.deliveryHeader);
  if (!delivery.ok) return delivery;
  const event = source.eventHeader === undefined ? ok(null) : wordHeader(headers, source.eventHeader);
  if (!event.ok) return event;
  const named = { delivery: delivery.value, deliverySigned: false, event: event.value };
  return ok({ prefix: "", macs: [mac.value], ed25519: [], signedAt: null, ...named });
}

/** Slack signs `v0:<time>:<body>`; the ids of its events are inside the body. */
function slack(): Scheme {
  const header = "X-Slack-Signature";
  const timeHeader = "X-Slack-Request-Timestamp";
  return {
    signatureHeader: header,
    key: textSecret,
    read: (headers) => {
      const carried = signatureHeader(headers, header);
      if (!carried.ok) return carried;
      const mac = parsePrefixedHex(carried.value, "v0=", header);
      if (!mac.ok) return mac;
      const signedAt = secondsHeader(headers, timeHeader);
      if (!signedAt.ok) return signedAt;
      const named = { delivery: null, deliverySigned: false, event: null };
      return ok({
        prefix: `v0:${signedAt.value}:`,
        macs: [mac.value],
        ed25519: [],
        signedAt: signedAt.value,
        ...named,
      });
    },
  };
}
