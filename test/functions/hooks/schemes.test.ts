// Webhook verification by our own cases: what each scheme accepts, what it refuses and under which code, rotation, replay.
import { describe, expect, it } from "vitest";
import type { Scheme } from "../../../functions/hooks/claim.ts";
import { plain } from "../../../functions/hooks/plain.ts";
import { SCHEMES } from "../../../functions/hooks/registry.ts";
import { type HookRequest, replayKey, TOLERANCE_SECONDS, verifyHook } from "../../../functions/hooks/schemes.ts";
import { verifyEd25519 } from "../../../shared/cose/ed25519.ts";
import * as send from "./senders.ts";

const BODY = send.utf8('{"action":"requested","environment":"prod"}');
const standardSecrets = { secrets: [send.STANDARD_SECRET] };
const verify: HookRequest["verify"] = async (key, message, signature) =>
  (await verifyEd25519(key, message, signature)).ok;
const asymmetric = { secrets: [send.PUBLIC_SECRET], verify };

type Case = readonly [name: string, scheme: Scheme, sent: send.Sent, given: Partial<HookRequest>];
const CASES: readonly Case[] = [
  ["github", SCHEMES.github, send.github(BODY), {}],
  ["stripe", SCHEMES.stripe, send.stripe(BODY), {}],
  ["slack", SCHEMES.slack, send.slack(BODY), {}],
  ["standard", SCHEMES.standard, send.standard(BODY), standardSecrets],
  ["standard, key pair", SCHEMES.standard, send.standardAsymmetric(BODY), asymmetric],
  ["hmac", send.plainHmac, send.plain(BODY), {}],
  ["ed25519", send.plainEd25519, send.plainAsymmetric(BODY), { secrets: [send.PUBLIC_KEY], verify }],
];

async function codeOf(scheme: Scheme, sent: send.Sent, given: Partial<HookRequest> = {}): Promise<string> {
  const result = await verifyHook(scheme, send.toRequest(sent, given));
  return result.ok ? "accepted" : result.fault.code;
}

function withHeader(sent: send.Sent, name: string, value: string | null): send.Sent {
  const { [name]: _old, ...others } = sent.headers;
  return { body: sent.body, headers: value === null ? others : { ...others, [name]: value } };
}

describe.each(CASES)("%s", (_name, scheme, sent, given) => {
  it("accepts what its sender signed, whatever the body, empty ones included", async () => {
    expect(await codeOf(scheme, sent, given)).toBe("accepted");
  });

  it("refuses another body", async () => {
    expect(await codeOf(scheme, { ...sent, body: send.utf8('{"action":"other"}') }, given)).toBe(
      "HOOK_SIGNATURE_MISMATCH",
    );
    expect(await codeOf(scheme, { ...sent, body: new Uint8Array() }, given)).toBe("HOOK_SIGNATURE_MISMATCH");
  });

  it("refuses a missing, an empty and a repeated signature header", async () => {
    const value = sent.headers[scheme.signatureHeader] ?? "";
    expect(await codeOf(scheme, withHeader(sent, scheme.signatureHeader, null), given)).toBe("HOOK_SIGNATURE_MISSING");
    expect(await codeOf(scheme, withHeader(sent, scheme.signatureHeader, ""), given)).toBe("HOOK_SIGNATURE_MISSING");
    const twice = withHeader(sent, scheme.signatureHeader, `${value}, ${value}`);
    expect(await codeOf(scheme, twice, given)).toBe("HOOK_HEADER_MALFORMED");
  });

  it("refuses to judge without a secret, with an empty one, or with too many", async () => {
    const lists = [[], [""], Array.from({ length: 5 }, () => given.secrets?.[0] ?? send.SECRET)];
    for (const secrets of lists)
      expect(await codeOf(scheme, sent, { ...given, secrets })).toBe("HOOK_SECRET_MALFORMED");
  });
});

describe("times", () => {
  const timed = CASES.filter(([name]) => name !== "github" && name !== "hmac");
  it.each(timed)("%s tolerates exactly 300 s either way", async (_name, scheme, sent, given) => {
    const at = (offset: number) => codeOf(scheme, sent, { ...given, nowSeconds: send.NOW + offset });
    expect(await at(TOLERANCE_SECONDS)).toBe("accepted");
    expect(await at(-TOLERANCE_SECONDS)).toBe("accepted");
    expect(await at(TOLERANCE_SECONDS + 1)).toBe("HOOK_TIMESTAMP_TOO_OLD");
    expect(await at(-TOLERANCE_SECONDS - 1)).toBe("HOOK_TIMESTAMP_TOO_NEW");
    expect(await at(Number.NaN)).toBe("HOOK_TIMESTAMP_TOO_OLD");
  });

  it("are believed only under a good signature: a forged time is a mismatch, not an old delivery", async () => {
    const forged = withHeader(send.standard(BODY), "webhook-timestamp", String(send.NOW - 10_000));
    expect(await codeOf(SCHEMES.standard, forged, standardSecrets)).toBe("HOOK_SIGNATURE_MISMATCH");
  });

  it("have one spelling", async () => {
    for (const text of ["", "hello", "01760000000", "1760000000.0", "-5", "1e9", "+1760000000", "9999999999999"]) {
      const odd = withHeader(send.slack(BODY), "X-Slack-Request-Timestamp", text);
      expect(await codeOf(SCHEMES.slack, odd)).toBe("HOOK_HEADER_MALFORMED");
    }
  });
});

describe("rotation", () => {
  it("accepts the old and the new secret, and says which one fitted", async () => {
    const both = { secrets: ["new", "old"] };
    for (const [index, secret] of both.secrets.entries()) {
      const result = await verifyHook(SCHEMES.github, send.toRequest(send.github(BODY, secret), both));
      expect(result).toMatchObject({ ok: true, value: { secretIndex: index } });
    }
    expect(await codeOf(SCHEMES.github, send.github(BODY, "older"), both)).toBe("HOOK_SIGNATURE_MISMATCH");
  });

  it("accepts one good signature among several, and bounds how many are tried", async () => {
    const wrong = send.standardMac(send.utf8("other"));
    const good = send.standardMac(BODY);
    const sent = (list: readonly string[]) => ({ body: BODY, headers: send.standardHeaders(list.join(" ")) });
    expect(await codeOf(SCHEMES.standard, sent([wrong, good, wrong]), standardSecrets)).toBe("accepted");
    expect(await codeOf(SCHEMES.standard, sent([wrong, wrong]), standardSecrets)).toBe("HOOK_SIGNATURE_MISMATCH");
    const flood = [...Array.from({ length: 8 }, () => wrong), good];
    expect(await codeOf(SCHEMES.standard, sent(flood), standardSecrets)).toBe("HOOK_HEADER_MALFORMED");
  });

  it("refuses signatures of another length than their kind has", async () => {
    for (const [version, bytes] of [
      ["v1", 31],
      ["v1", 64],
      ["v1a", 32],
      ["v1a", 65],
    ] as const) {
      const odd = `${version},${Buffer.alloc(bytes).toString("base64")}`;
      const sent = { body: BODY, headers: send.standardHeaders(odd) };
      expect(await codeOf(SCHEMES.standard, sent, standardSecrets)).toBe("HOOK_HEADER_MALFORMED");
    }
  });

  it("never lets one kind of key answer for the other", async () => {
    const v1 = send.standardMac(BODY).slice(3);
    const relabelled = { body: BODY, headers: send.standardHeaders(`v2,${v1}`) };
    expect(await codeOf(SCHEMES.standard, relabelled, standardSecrets)).toBe("HOOK_HEADER_MALFORMED");
    expect(await codeOf(SCHEMES.standard, send.standard(BODY), asymmetric)).toBe("HOOK_SIGNATURE_MISMATCH");
    const pair = send.standardAsymmetric(BODY);
    expect(await codeOf(SCHEMES.standard, pair, { secrets: [send.PUBLIC_SECRET] })).toBe("HOOK_SIGNATURE_MISMATCH");
    // A public key is public: used as a shared secret it would let anyone sign.
    const asSecret = send.standardMac(BODY, send.NOW, "msg_1", send.PUBLIC_SECRET.replace("whpk_", "whsec_"));
    const forged = { body: BODY, headers: send.standardHeaders(asSecret) };
    expect(await codeOf(SCHEMES.standard, forged, asymmetric)).toBe("HOOK_SIGNATURE_MISMATCH");
  });
});

describe("delivery ids", () => {
  it("must be there where the scheme has them, once, and as one word", async () => {
    const github = send.github(BODY);
    expect(await codeOf(SCHEMES.github, withHeader(github, "X-GitHub-Delivery", null))).toBe("HOOK_DELIVERY_MISSING");
    expect(await codeOf(SCHEMES.github, withHeader(github, "X-GitHub-Delivery", "a, b"))).toBe("HOOK_HEADER_MALFORMED");
    expect(await codeOf(SCHEMES.github, withHeader(github, "X-GitHub-Delivery", "a,b"))).toBe("HOOK_HEADER_MALFORMED");
    expect(await codeOf(SCHEMES.github, withHeader(github, "X-GitHub-Delivery", "a b"))).toBe("HOOK_HEADER_MALFORMED");
    const long = withHeader(github, "X-GitHub-Delivery", "d".repeat(257));
    expect(await codeOf(SCHEMES.github, long)).toBe("HOOK_HEADER_MALFORMED");
  });

  it("may not hold a dot under Standard Webhooks: `a.1` at 2 and `a` at 1.2 would be signed alike", async () => {
    const dotted = send.standard(BODY, send.NOW, "msg.1");
    expect(await codeOf(SCHEMES.standard, dotted, standardSecrets)).toBe("HOOK_HEADER_MALFORMED");
  });

  const keyOf = async (scheme: Scheme, sent: send.Sent, given: Partial<HookRequest> = {}) => {
    const result = await verifyHook(scheme, send.toRequest(sent, given));
    return result.ok ? replayKey(scheme, result.value, JSON.parse(new TextDecoder().decode(sent.body))) : "refused";
  };

  it("that are not signed count for nothing: neither a new one on an old body nor an old one on a new body", async () => {
    const first = await keyOf(SCHEMES.github, send.github(BODY));
    expect(first).toBe(`sha256:${send.digest(BODY)}`);
    expect(await keyOf(SCHEMES.github, withHeader(send.github(BODY), "X-GitHub-Delivery", "d-2"))).toBe(first);
    expect(await keyOf(SCHEMES.github, send.github(send.utf8('{"other":1}')))).not.toBe(first);
  });

  it("that are signed stand for the delivery, whatever else a retry changes", async () => {
    expect(await keyOf(SCHEMES.standard, send.standard(BODY), standardSecrets)).toBe("id:msg_1");
    const event = (waiting: number) => send.utf8(`{"id":"evt_1","type":"a","pending_webhooks":${waiting}}`);
    expect(await keyOf(SCHEMES.stripe, send.stripe(event(2)))).toBe("id:evt_1");
    expect(await keyOf(SCHEMES.stripe, send.stripe(event(1)))).toBe("id:evt_1");
    const slack = send.utf8('{"type":"event_callback","event_id":"Ev1","event":{"type":"a"}}');
    expect(await keyOf(SCHEMES.slack, send.slack(slack))).toBe("id:Ev1");
    const named = plain("hmac", { ...send.PLAIN, delivery: "meta.id" });
    expect(await keyOf(named, send.plain(send.utf8('{"meta":{"id":"d-9"}}')))).toBe("id:d-9");
  });

  it("that a body lacks, or that are too long to keep, give way to the body's digest", async () => {
    const odd = [BODY, send.utf8('{"id":7}'), send.utf8(`{"id":"${"x".repeat(257)}"}`)];
    for (const body of odd) expect(await keyOf(SCHEMES.stripe, send.stripe(body))).toBe(`sha256:${send.digest(body)}`);
  });
});

describe("secrets", () => {
  it("of Standard Webhooks are 24 to 64 bytes, with or without their prefix, and never the private key", async () => {
    const sized = (bytes: number) => `whsec_${Buffer.alloc(bytes, 7).toString("base64")}`;
    const accepted = [send.STANDARD_SECRET, send.STANDARD_SECRET.replace("whsec_", "")];
    for (const secret of accepted)
      expect(await codeOf(SCHEMES.standard, send.standard(BODY), { secrets: [secret] })).toBe("accepted");
    const short = send.PUBLIC_SECRET.slice(0, -4);
    const refused = ["whsec_", sized(23), sized(65), "whsec_not base64", short, send.PUBLIC_SECRET.replace("pk", "sk")];
    for (const secret of refused)
      expect(await codeOf(SCHEMES.standard, send.standard(BODY), { secrets: [secret] })).toBe("HOOK_SECRET_MALFORMED");
  });

  it("that are the sender's private key are refused by that name", async () => {
    const secrets = [send.PUBLIC_SECRET.replace("pk", "sk")];
    const result = await verifyHook(SCHEMES.standard, send.toRequest(send.standard(BODY), { secrets }));
    expect(result.ok ? "" : result.fault.detail.need).toContain("whsk_ is the sender's private key");
  });
});
