// A refused signature names its likely cause by trying it: one fixture for each cause, and silence where nothing explains it.
import { describe, expect, it } from "vitest";
import type { Scheme } from "../../../functions/hooks/claim.ts";
import { plain } from "../../../functions/hooks/plain.ts";
import { SCHEMES } from "../../../functions/hooks/registry.ts";
import { type HookRequest, verifyHook } from "../../../functions/hooks/schemes.ts";
import * as send from "./senders.ts";

const value = { b: "café/1", a: [1, 2] };
const compact = JSON.stringify(value);
const RESERIALISED = "the body was parsed and written again on its way; the sender signed";

async function detailOf(scheme: Scheme, sent: send.Sent, given: Partial<HookRequest> = {}) {
  const result = await verifyHook(scheme, send.toRequest(sent, given));
  return result.ok ? { code: "accepted" } : { code: result.fault.code, ...result.fault.detail };
}

function mismatch(cause: string): object {
  return expect.objectContaining({ code: "HOOK_SIGNATURE_MISMATCH", cause }) as object;
}

describe("a body changed on its way", () => {
  const rewritten = JSON.stringify(value, null, 3);
  it.each([
    ["compact JSON", compact, rewritten],
    ["JSON indented by 2", JSON.stringify(value, null, 2), compact],
    ["JSON indented by 4", JSON.stringify(value, null, 4), compact],
    ["JSON with spaces after colons and commas", '{"b": "café/1", "a": [1, 2]}', compact],
    ["compact JSON with sorted keys", '{"a":[1,2],"b":"café/1"}', compact],
    ["spaced JSON with sorted keys", '{"a": [1, 2], "b": "café/1"}', compact],
    ["JSON with escaped slashes", '{"b":"café\\/1","a":[1,2]}', compact],
    ["JSON with non-ASCII characters escaped", '{"b":"caf\\u00e9/1","a":[1,2]}', compact],
    ["spaced JSON with non-ASCII characters escaped", '{"b": "caf\\u00e9/1", "a": [1, 2]}', compact],
  ])("is told: the sender signed %s", async (signed, original, received) => {
    const sent = { ...send.github(send.utf8(original)), body: send.utf8(received) };
    expect(await detailOf(SCHEMES.github, sent)).toEqual(mismatch(`${RESERIALISED} ${signed}`));
  });

  it.each([
    ["a newline was added at the end of the body", "a\nb", "a\nb\n"],
    ["a newline was added at the end of the body", "ab", "ab\r\n"],
    ["the newline at the end of the body was cut off", "ab\n", "ab"],
    ["the newline at the end of the body was cut off", "ab\r\n", "ab"],
    ["line ends were changed to LF", "a\r\nb", "a\nb"],
    ["line ends were changed to CR LF", "a\nb", "a\r\nb"],
    ["a byte order mark was put before the body", "ab", "\ufeffab"],
    ["the sender signed an empty body", "", "ab"],
  ])("is told: %s (%j as %j)", async (cause, original, received) => {
    const sent = { ...send.slack(send.utf8(original)), body: send.utf8(received) };
    expect(await detailOf(SCHEMES.slack, sent)).toEqual(mismatch(cause));
  });
});

describe("a secret mistaken", () => {
  const body = send.utf8(compact);
  const bytes = Buffer.from("0123456789abcdef0123456789abcdef");
  it.each([
    ["the sender uses the secret without its prefix", "abc", "whsec_abc"],
    ["the sender uses the secret with the prefix whsec_", "whsec_abc", "abc"],
    ["the secret here has white space round it", "abc", " abc\n"],
    ["the secret here has quotes round it", "abc", '"abc"'],
    ["the sender's secret ends in a newline", "abc\n", "abc"],
    ["the sender uses the bytes that the secret spells in base64", bytes, bytes.toString("base64")],
    ["the sender uses the bytes that the secret spells in hex", bytes, bytes.toString("hex").toUpperCase()],
  ])("is told: %s", async (cause, theirs, ours) => {
    expect(await detailOf(SCHEMES.github, send.github(body, theirs), { secrets: [ours] })).toEqual(mismatch(cause));
  });

  it("is told: the sender uses the text of a Standard Webhooks secret", async () => {
    const signature = `v1,${send.mac(send.STANDARD_SECRET, `msg_1.${send.NOW}.`, body).toString("base64")}`;
    const sent = { body, headers: send.standardHeaders(signature) };
    const cause = "the sender uses the secret's text as it stands, without decoding it";
    expect(await detailOf(SCHEMES.standard, sent, { secrets: [send.STANDARD_SECRET] })).toEqual(mismatch(cause));
  });

  it("is told: the secret was retired; and a retired secret accepts nothing", async () => {
    const given = { secrets: ["new"], retiredSecrets: ["older", "old"] };
    const cause = "the sender still signs with a secret that was retired";
    expect(await detailOf(SCHEMES.github, send.github(body, "old"), given)).toEqual(mismatch(cause));
  });

  it("is told: one side has a key pair, the other a shared secret", async () => {
    const shared = { secrets: [send.STANDARD_SECRET] };
    const pair = { secrets: [send.PUBLIC_SECRET], verify: async () => true };
    const onlyShared = "it is signed with a key pair (v1a), and the source has only shared secrets";
    const onlyPair = "it is signed with a shared secret (v1), and the source has only public keys";
    expect(await detailOf(SCHEMES.standard, send.standardAsymmetric(body), shared)).toEqual(mismatch(onlyShared));
    expect(await detailOf(SCHEMES.standard, send.standard(body), pair)).toEqual(mismatch(onlyPair));
    const unverified = { secrets: [send.PUBLIC_SECRET] };
    const none = mismatch("key pairs are not verified here");
    expect(await detailOf(SCHEMES.standard, send.standardAsymmetric(body), unverified)).toEqual(none);
  });
});

describe("a refusal", () => {
  const body = send.utf8(compact);

  it("says what was received, and guesses nothing where nothing fits", async () => {
    const received = { bytes: 25, sha256: send.digest(body) };
    expect(await detailOf(SCHEMES.github, send.github(body, "a stranger's"))).toEqual({
      code: "HOOK_SIGNATURE_MISMATCH",
      cause: "another secret, or another body",
      received,
    });
  });

  it("never holds the secret, the signature that would have fitted, or the body", async () => {
    const sent = send.github(body, "a stranger's");
    const text = JSON.stringify(await detailOf(SCHEMES.github, sent));
    const right = send.github(body).headers["X-Hub-Signature-256"]?.slice(7) ?? "";
    for (const hidden of [send.SECRET, right, compact]) expect(text).not.toContain(hidden);
  });

  it("tries no JSON on a body nested so deep that writing it would end the stack", async () => {
    const deep = (depth: number) => send.utf8(`{"a":${"[".repeat(depth)}1${"]".repeat(depth)}}`);
    const forged = (body: Uint8Array) => ({ ...send.github(send.utf8("other")), body });
    expect(await detailOf(SCHEMES.github, forged(deep(16_000)))).toEqual(mismatch("another secret, or another body"));
    const rewritten = { ...send.github(send.utf8(`{"a": ${"[".repeat(63)}1${"]".repeat(63)}}`)), body: deep(63) };
    const spaced = `${RESERIALISED} JSON with spaces after colons and commas`;
    expect(await detailOf(SCHEMES.github, rewritten)).toEqual(mismatch(spaced));
  });

  it("is searched for its cause only where that is asked for", async () => {
    const sent = { ...send.github(send.utf8(compact)), body: send.utf8(`${compact}\n`) };
    const added = "a newline was added at the end of the body";
    expect(await detailOf(SCHEMES.github, sent)).toEqual(mismatch(added));
    expect(await detailOf(SCHEMES.github, sent, { explain: () => false })).toEqual(
      mismatch("another secret, or another body"),
    );
    const asked: string[] = [];
    await detailOf(SCHEMES.github, send.github(body), { explain: () => asked.push("?") > 0 });
    expect(asked).toEqual([]);
  });

  it("tries nothing on a body so large that trying would cost more than accepting", async () => {
    const large = JSON.stringify({ text: "x".repeat(70_000) });
    const sent = { ...send.github(send.utf8(`${large}\n`)), body: send.utf8(large) };
    expect(await detailOf(SCHEMES.github, sent)).toEqual(mismatch("another secret, or another body"));
  });

  it("takes bodies that are not text or not JSON", async () => {
    for (const odd of [Uint8Array.of(0xff, 0xfe), send.utf8("{"), send.utf8("null")]) {
      const sent = { ...send.github(body), body: odd };
      expect(await detailOf(SCHEMES.github, sent)).toEqual(mismatch("another secret, or another body"));
    }
  });

  it("of a missing signature says which other one is there", async () => {
    const noted = (header: string, note: string | null) => [header, note] as const;
    const rows = [
      noted("Stripe-Signature", "it looks like stripe"),
      noted("webhook-signature", "it looks like standard"),
      noted("X-Hub-Signature", "X-Hub-Signature is SHA-1, which is not taken"),
      noted("svix-signature", "it has svix's own header names; set the sender to the standard ones"),
      noted("X-Other", null),
    ];
    for (const [header, note] of rows) {
      const detail = await detailOf(SCHEMES.github, { body, headers: { [header]: "x" } });
      expect(detail).toEqual({ code: "HOOK_SIGNATURE_MISSING", header: "X-Hub-Signature-256", note });
    }
  });

  it("of a malformed one says when it is spelt in the other encoding", async () => {
    const hexed = { body, headers: { "X-Signature": send.mac(send.SECRET, body).toString("hex") } };
    expect(await detailOf(send.plainHmac, hexed)).toMatchObject({ need: expect.stringContaining("this is hex") });
    const hexScheme = plain("hmac", { ...send.PLAIN, encoding: "hex" });
    expect(await detailOf(hexScheme, send.plain(body))).toMatchObject({
      need: expect.stringContaining("this is base64"),
    });
  });
});
