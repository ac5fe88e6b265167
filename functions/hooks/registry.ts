// The registry of webhook schemes: GitHub, Slack, Stripe, Standard Webhooks, and what a source describes by itself.
import { fault, ok, type Result } from "../../shared/result.ts";
import type { SourceDocument } from "../../shared/source/document.ts";
import { GITHUB_EVENTS, githubEventOf } from "../../shared/source/github-events.ts";
import type { HeaderSource, Scheme } from "./claim.ts";
import {
  deliveryHeader,
  MAC_BYTES,
  parseSignature,
  secondsHeader,
  signatureHeader,
  textSecret,
  wordHeader,
} from "./headers.ts";
import { textAt } from "./payload.ts";
import { plain } from "./plain.ts";
import { standard } from "./standard.ts";
import { stripe } from "./stripe.ts";

export const SCHEMES = { github: github(), standard, stripe, slack: slack() } as const satisfies Record<string, Scheme>;

/** The scheme by which a source is judged; a source that could never open anything is a misconfiguration. */
export function schemeOf({ id, scheme, event, signature }: SourceDocument): Result<Scheme> {
  if (scheme === "github" && !GITHUB_EVENTS.includes(event))
    return fault("CONFIG_INVALID", { path: `PARTY.sources.${id}.event`, need: `one of ${GITHUB_EVENTS.join(", ")}` });
  if (scheme !== "hmac" && scheme !== "ed25519") return ok(SCHEMES[scheme]);
  return signature === null
    ? fault("CONFIG_INVALID", { path: `PARTY.sources.${id}.signature`, need: "how the sender signs" })
    : ok(plain(scheme, signature));
}

function github(): Scheme {
  const header = "X-Hub-Signature-256";
  return {
    signatureHeader: header,
    key: textSecret,
    read: (headers) => {
      const mac = readMac(headers, header, "sha256=");
      if (!mac.ok) return mac;
      const delivery = deliveryHeader(headers, "X-GitHub-Delivery");
      if (!delivery.ok) return delivery;
      const event = wordHeader(headers, "X-GitHub-Event");
      if (!event.ok) return event;
      const named = { delivery: delivery.value, deliverySigned: false, event: event.value };
      return ok({ prefix: "", macs: [mac.value], ed25519: [], signedAt: null, ...named });
    },
    eventOf: (payload, named) => (named !== null && githubEventOf(payload) === named ? named : null),
    deliveryOf: () => null,
    challengeOf: () => null,
  };
}

/** Slack signs `v0:<time>:<body>`; the ids of its events are inside the body. */
function slack(): Scheme {
  const header = "X-Slack-Signature";
  return {
    signatureHeader: header,
    key: textSecret,
    read: (headers) => {
      const mac = readMac(headers, header, "v0=");
      if (!mac.ok) return mac;
      const signedAt = secondsHeader(headers, "X-Slack-Request-Timestamp");
      if (!signedAt.ok) return signedAt;
      const named = { delivery: null, deliverySigned: false, event: null };
      const prefix = `v0:${signedAt.value}:`;
      return ok({ prefix, macs: [mac.value], ed25519: [], signedAt: signedAt.value, ...named });
    },
    // The outer type is the envelope's: what happened is named inside.
    eventOf: (payload) => (payload.type === "event_callback" ? textAt(payload, ["event", "type"]) : null),
    deliveryOf: (payload) => textAt(payload, ["event_id"]),
    challengeOf: (payload) => (payload.type === "url_verification" ? textAt(payload, ["challenge"]) : null),
  };
}

function readMac(headers: HeaderSource, header: string, prefix: string): Result<Uint8Array> {
  const carried = signatureHeader(headers, header);
  return carried.ok ? parseSignature(carried.value, header, { prefix, encoding: "hex", bytes: MAC_BYTES }) : carried;
}
