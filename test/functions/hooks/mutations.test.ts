// Forgery by chance: from one good delivery of each scheme, a thousand seeded changes to the body or to a signed header.
// None may be accepted. What no scheme signs (GitHub's delivery id and event name) is left alone.
import { describe, expect, it } from "vitest";
import { SCHEMES } from "../../../functions/hooks/registry.ts";
import { verifyHook } from "../../../functions/hooks/schemes.ts";
import { verifyEd25519 } from "../../../shared/cose/ed25519.ts";
import * as send from "./senders.ts";

const MUTATIONS = 1_000;
const BODY = send.utf8('{"action":"requested","environment":"prod"}');
const STANDARD_HEADERS = ["webhook-signature", "webhook-id", "webhook-timestamp"];
const CASES = [
  ["github", SCHEMES.github, send.github(BODY), send.SECRET, ["X-Hub-Signature-256"]],
  ["stripe", SCHEMES.stripe, send.stripe(BODY), send.SECRET, ["Stripe-Signature"]],
  ["slack", SCHEMES.slack, send.slack(BODY), send.SECRET, ["X-Slack-Signature", "X-Slack-Request-Timestamp"]],
  ["standard", SCHEMES.standard, send.standard(BODY), send.STANDARD_SECRET, STANDARD_HEADERS],
  ["standard, key pair", SCHEMES.standard, send.standardAsymmetric(BODY), send.PUBLIC_SECRET, STANDARD_HEADERS],
  ["hmac", send.plainHmac, send.plain(BODY), send.SECRET, ["X-Signature"]],
  [
    "ed25519",
    send.plainEd25519,
    send.plainAsymmetric(BODY),
    send.PUBLIC_KEY,
    Object.keys(send.plainAsymmetric(BODY).headers),
  ],
] as const;

/** Numbers below `limit`, the same for the same seed (mulberry32). */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    const more = mixed ^ (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61));
    return ((more ^ (more >>> 14)) >>> 0) % limit;
  };
}

/** One byte changed, put in, taken out, or two exchanged; `byte` draws from what may stand there. */
function mutated(bytes: Uint8Array, next: (limit: number) => number, byte: () => number): Uint8Array {
  const list = Array.from(bytes);
  const at = next(list.length);
  const other = next(list.length);
  const kinds = [
    () => list.splice(at, 1, byte()),
    () => list.splice(at, 0, byte()),
    () => list.splice(at, 1),
    () => list.splice(at, 1, list[other] ?? 0, list[at] ?? 0),
    () => list.splice(Math.min(at, other), Math.abs(at - other) + 1),
  ];
  kinds[next(kinds.length)]?.();
  return Uint8Array.from(list);
}

function mutateSent(sent: send.Sent, names: readonly string[], next: (limit: number) => number): send.Sent {
  if (next(2) === 0) return { ...sent, body: mutated(sent.body, next, () => next(256)) };
  const name = names[next(names.length)] ?? "";
  const text = mutated(send.utf8(sent.headers[name] ?? ""), next, () => 0x20 + next(95));
  return { ...sent, headers: { ...sent.headers, [name]: String.fromCharCode(...text) } };
}

function isSame(a: send.Sent, b: send.Sent): boolean {
  const spelt = ({ headers, body }: send.Sent) => JSON.stringify([[...new Headers(headers)], Array.from(body)]);
  return spelt(a) === spelt(b);
}

describe("seeded changes", () => {
  it.each(CASES)("%s: none of 1,000 is accepted, and none throws", async (_name, scheme, sent, secret, names) => {
    const next = numbers(20_260_101);
    const verify = async (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
      (await verifyEd25519(key, message, signature)).ok;
    const accepted: send.Sent[] = [];
    let tried = 0;
    while (tried < MUTATIONS) {
      const changed = mutateSent(sent, names, next);
      if (isSame(changed, sent)) continue;
      tried++;
      const result = await verifyHook(scheme, send.toRequest(changed, { secrets: [secret], verify }));
      if (result.ok) accepted.push(changed);
    }
    expect(accepted).toEqual([]);
    expect((await verifyHook(scheme, send.toRequest(sent, { secrets: [secret], verify }))).ok).toBe(true);
  });
});
