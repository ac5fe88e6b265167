// Published webhook vectors: each digest accepted, each rule case answered as its source says, real payloads both ways.
import { describe, expect, it } from "vitest";
import { SCHEMES } from "../../../functions/hooks/registry.ts";
import { verifyHook } from "../../../functions/hooks/schemes.ts";
import { needingVectors, readVectors, vectorsDir } from "../../support/vectors.ts";
import * as send from "./senders.ts";

const absent = vectorsDir === null;
const BODY = send.utf8('{"test": 2432232314}');

type Digests = {
  vectors: {
    scheme: "github" | "slack";
    secret: string;
    payload: string;
    header: string;
    value: string;
    timestamp?: number;
  }[];
  stripe: { facts: { default_tolerance_s: number; rules: string[] }; test_cases_from_sdk: string[] };
};
type StandardFile = {
  facts: { tolerance_s: number };
  vectors: { secret: string; id: string; timestamp: number; payload: string; signature: string; expect: string }[];
  negative_cases: { case: string; expect: string }[];
};
type Payloads = { payloads: { event: string; file: string; payload: unknown }[] };

async function codeOf(scheme: keyof typeof SCHEMES, sent: send.Sent, secret: string, nowSeconds = send.NOW) {
  const result = await verifyHook(SCHEMES[scheme], send.toRequest(sent, { secrets: [secret], nowSeconds }));
  return result.ok ? "accepted" : result.fault.code;
}

const { STANDARD_SECRET: SECRET, NOW, standardHeaders } = send;
const good = send.standardMac(BODY);
const bad = send.standardMac(send.utf8("other"));
const standardCode = (headers: Record<string, string>, nowSeconds = NOW) =>
  codeOf("standard", { body: BODY, headers }, SECRET, nowSeconds);

/** The specification's cases, by the words of the published file. */
const STANDARD_CASES: Readonly<Record<string, () => Promise<string>>> = {
  "missing webhook-id header": () => standardCode({ "webhook-timestamp": String(NOW), "webhook-signature": good }),
  "missing webhook-timestamp header": () => standardCode({ "webhook-id": "msg_1", "webhook-signature": good }),
  'webhook-timestamp "hello"': () => standardCode({ ...standardHeaders(good), "webhook-timestamp": "hello" }),
  "missing webhook-signature": () => standardCode({ "webhook-id": "msg_1", "webhook-timestamp": String(NOW) }),
  'signature "v1,dawfeoifkpqwoekfpqoekf"': () => standardCode(standardHeaders("v1,dawfeoifkpqwoekfpqoekf")),
  "signature truncated to 8 characters": () => standardCode(standardHeaders(good.slice(0, 8))),
  'signature "v1," (empty)': () => standardCode(standardHeaders("v1,")),
  "timestamp older than now-300 s": () => standardCode(standardHeaders(good), NOW + 301),
  "timestamp newer than now+300 s": () => standardCode(standardHeaders(good), NOW - 301),
  "several space-separated signatures, one good (v1 bad, v2 bad, v1 good, v1 bad)": () =>
    standardCode(standardHeaders([bad, bad.replace("v1", "v2"), good, bad].join(" "))),
  "secret given without whsec_ prefix": () => codeOf("standard", send.standard(BODY), SECRET.replace("whsec_", "")),
  'empty secret / "whsec_"': async () => {
    const codes = await Promise.all(["", "whsec_"].map((secret) => codeOf("standard", send.standard(BODY), secret)));
    return codes.every((code) => code === "HOOK_SECRET_MALFORMED") ? "HOOK_SECRET_MALFORMED" : codes.join(" ");
  },
  "empty payload, correct signature": () => codeOf("standard", send.standard(new Uint8Array()), SECRET),
};

const stripeSent = send.stripe(BODY);
const stripeHeader = stripeSent.headers["Stripe-Signature"] ?? "";
const stripeCode = (header: string, nowSeconds = NOW) =>
  codeOf("stripe", { body: BODY, headers: { "Stripe-Signature": header } }, send.SECRET, nowSeconds);

/** The SDK's own cases, with what we answer. A tolerance of 0, which the SDK takes for "any time", cannot be asked for here. */
const STRIPE_CASES: Readonly<Record<string, readonly [expected: string, run: () => Promise<string>]>> = {
  "no t=": ["HOOK_HEADER_MALFORMED", () => stripeCode(stripeHeader.replace(/^t=\d+,/, ""))],
  "no v1=": ["HOOK_HEADER_MALFORMED", () => stripeCode(`t=${NOW}`)],
  "v0 only": ["HOOK_HEADER_MALFORMED", () => stripeCode(stripeHeader.replace("v1=", "v0="))],
  "wrong v1": ["HOOK_SIGNATURE_MISMATCH", () => stripeCode(`t=${NOW},v1=${"0".repeat(64)}`)],
  "timestamp too old (default tolerance 300)": ["HOOK_TIMESTAMP_TOO_OLD", () => stripeCode(stripeHeader, NOW + 301)],
  "timestamp off but tolerance 0 → accepted (danger)": [
    "HOOK_TIMESTAMP_TOO_OLD",
    () => stripeCode(stripeHeader, NOW + 100_000),
  ],
  "header is an array": ["HOOK_HEADER_MALFORMED", () => stripeCode(`${stripeHeader}, ${stripeHeader}`)],
  "JSON body parsed then re-stringified → mismatch": [
    "HOOK_SIGNATURE_MISMATCH",
    () => codeOf("stripe", { ...stripeSent, body: send.utf8('{"test":2432232314}') }, send.SECRET),
  ],
};

describe("published digests", () => {
  it.skipIf(absent)(needingVectors("of GitHub and Slack are accepted, each one"), async () => {
    const { vectors } = readVectors<Digests>("webhooks/github_slack_stripe.json");
    for (const { scheme, secret, payload, header, value, timestamp } of vectors) {
      const headers = { [header]: value, "X-GitHub-Delivery": "d", "X-Slack-Request-Timestamp": String(timestamp) };
      const sent = { body: send.utf8(payload), headers };
      expect(await codeOf(scheme, sent, secret, timestamp ?? NOW)).toBe("accepted");
      expect(await codeOf(scheme, sent, `${secret}x`, timestamp ?? NOW)).toBe("HOOK_SIGNATURE_MISMATCH");
    }
    expect(vectors.map(({ scheme }) => scheme)).toEqual(["github", "github", "slack"]);
  });

  it.skipIf(absent)(needingVectors("of Standard Webhooks are accepted at their own time only"), async () => {
    const { vectors, facts } = readVectors<StandardFile>("webhooks/standard_webhooks.json");
    for (const { secret, id, timestamp, payload, signature } of vectors) {
      const sent = { body: send.utf8(payload), headers: standardHeaders(signature, timestamp, id) };
      expect(await codeOf("standard", sent, secret, timestamp + facts.tolerance_s)).toBe("accepted");
      expect(await codeOf("standard", sent, secret, timestamp + facts.tolerance_s + 1)).toBe("HOOK_TIMESTAMP_TOO_OLD");
    }
    expect(vectors).toHaveLength(1);
  });

  it("restated here, so that they hold without the vectors: GitHub's example", async () => {
    const signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    const headers = { "X-Hub-Signature-256": signature, "X-GitHub-Delivery": "d" };
    expect(await codeOf("github", { body: send.utf8("Hello, World!"), headers }, send.SECRET)).toBe("accepted");
  });
});

describe("rules of Standard Webhooks", () => {
  const accepted = Object.keys(STANDARD_CASES).filter((name) => /one good|without whsec_|empty payload/.test(name));

  it.each(Object.entries(STANDARD_CASES))("%s", async (name, run) => {
    const code = await run();
    if (accepted.includes(name)) expect(code).toBe("accepted");
    else
      expect(code).toMatch(
        /^HOOK_(SIGNATURE_MISSING|DELIVERY_MISSING|HEADER_MALFORMED|TIMESTAMP_TOO_|SECRET_MALFORMED)/,
      );
  });

  it.skipIf(absent)(needingVectors("are all here, with the published answers"), () => {
    const cases = readVectors<StandardFile>("webhooks/standard_webhooks.json").negative_cases;
    expect(cases.map((entry) => entry.case).toSorted()).toEqual(Object.keys(STANDARD_CASES).toSorted());
    expect(
      cases
        .filter((entry) => entry.expect === "accept")
        .map((entry) => entry.case)
        .toSorted(),
    ).toEqual(accepted.toSorted());
  });
});

describe("rules of Stripe", () => {
  it.each(Object.entries(STRIPE_CASES))("%s", async (_name, [expected, run]) => {
    expect(await run()).toBe(expected);
  });

  it("two v1 while a secret rolls, v0 passed over beside them, whatever the order", async () => {
    const wrong = "0".repeat(64);
    expect(await stripeCode(`${stripeHeader},v1=${wrong},v0=${wrong}`)).toBe("accepted");
    expect(await stripeCode(`v1=${wrong},${stripeHeader}`)).toBe("accepted");
    expect(await stripeCode(`t=${NOW},v1=${wrong},v0=${stripeHeader.split("v1=")[1]}`)).toBe("HOOK_SIGNATURE_MISMATCH");
  });

  it("one time only: of two, the signed one might not be the one that is judged", async () => {
    expect(await stripeCode(`${stripeHeader},t=${NOW - 1}`)).toBe("HOOK_HEADER_MALFORMED");
    expect(await stripeCode(`t=${NOW - 1},${stripeHeader}`)).toBe("HOOK_HEADER_MALFORMED");
  });

  it.skipIf(absent)(needingVectors("are all here"), () => {
    const { stripe } = readVectors<Digests>("webhooks/github_slack_stripe.json");
    expect(stripe.test_cases_from_sdk.toSorted()).toEqual(Object.keys(STRIPE_CASES).toSorted());
    expect(stripe.facts.default_tolerance_s).toBe(300);
  });
});

describe("real GitHub payloads", () => {
  it.skipIf(absent)(
    needingVectors("are accepted as sent; written anew they are refused, and the refusal says so"),
    async () => {
      const { payloads } = readVectors<Payloads>("webhooks/github_payloads.json");
      for (const { payload } of payloads) {
        const sent = send.github(send.utf8(JSON.stringify(payload)), send.SECRET);
        expect(await codeOf("github", sent, send.SECRET)).toBe("accepted");
        const rewritten = { ...sent, body: send.utf8(JSON.stringify(payload, null, 2)) };
        const result = await verifyHook(SCHEMES.github, send.toRequest(rewritten));
        expect(result.ok ? "" : result.fault.detail.cause).toContain("the sender signed compact JSON");
      }
      expect(payloads).toHaveLength(80);
    },
  );
});
