// What a delivery is about must stand in its signed body: headers name, bodies prove. Published payloads under every other name.
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { schemeOf } from "../../../functions/hooks/registry.ts";
import { fromJson } from "../../../shared/cbor/json.ts";
import { readAs } from "../../../shared/cbor/read.ts";
import { readSource, type SourceDocument } from "../../../shared/source/document.ts";
import { GITHUB_EVENTS, githubEventOf } from "../../../shared/source/github-events.ts";
import * as send from "./senders.ts";

type Example = { readonly name: string; readonly examples: readonly object[] };
const published = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly Example[];

const SOURCE = {
  id: "s",
  scheme: "github",
  event: "deployment_review",
  action: null,
  pattern: "approval",
  set: [],
  parties: [{ authority: "acme", role: "approver", power: 1 }],
  closesIn: null,
  expiresIn: null,
};

function readJsonSource(document: object) {
  const value = fromJson(document);
  return value.ok ? readAs(value.value, readSource, "s") : value;
}

function eventOf(source: Partial<SourceDocument>, payload: object, named: string | null = null): string | null {
  const scheme = schemeOf({ ...SOURCE, signature: null, ...source } as SourceDocument);
  if (!scheme.ok) throw new Error(JSON.stringify(scheme.fault));
  return scheme.value.eventOf(payload as Record<string, unknown>, named);
}

describe("GitHub's events", () => {
  it("are told by their bodies alone: no published payload shows another event than its own", () => {
    const expected = (name: string) => (GITHUB_EVENTS.includes(name) ? name : null);
    const wrong = published.flatMap(({ name, examples }) =>
      examples.filter((body) => githubEventOf(body) !== expected(name)).map((body) => [name, githubEventOf(body)]),
    );
    expect(wrong).toEqual([]);
    const covered = published.filter(({ name }) => expected(name) !== null);
    expect(covered.flatMap(({ examples }) => examples)).toHaveLength(199);
  });

  it("need the header and the body to agree", () => {
    const review = published.find(({ name }) => name === "deployment_review")?.examples[0] ?? {};
    const run = published.find(({ name }) => name === "workflow_run")?.examples[0] ?? {};
    expect(eventOf({}, review, "deployment_review")).toBe("deployment_review");
    expect(eventOf({}, review, null)).toBeNull();
    expect(eventOf({}, review, "workflow_run")).toBeNull();
    expect(eventOf({}, run, "deployment_review")).toBeNull();
    expect(eventOf({}, { ...run, action: "requested" }, "deployment_review")).toBeNull();
  });

  it("that no body can show are refused as configuration", () => {
    expect(schemeOf({ ...SOURCE, event: "star", signature: null } as unknown as SourceDocument)).toMatchObject({
      ok: false,
      fault: { code: "CONFIG_INVALID" },
    });
  });
});

describe("the other schemes' events", () => {
  it("stand at a fixed place of the body, and nothing else is one", () => {
    for (const scheme of ["standard", "stripe"] as const) {
      expect(eventOf({ scheme }, { type: "invoice.paid" })).toBe("invoice.paid");
      for (const body of [
        {},
        { type: null },
        { type: 7 },
        { event: "invoice.paid" },
        { type: { type: "invoice.paid" } },
      ])
        expect(eventOf({ scheme }, body, "invoice.paid")).toBeNull();
    }
    const plain = { scheme: "hmac", signature: send.PLAIN } as const;
    expect(eventOf(plain, { event: { name: "deploy" } })).toBe("deploy");
    expect(eventOf(plain, { event: "deploy" }, "deploy")).toBeNull();
  });

  it("of Slack are those inside the envelope; the envelope's own types are none", () => {
    const slack = (body: object) => eventOf({ scheme: "slack" }, body);
    expect(slack({ type: "event_callback", event: { type: "app_mention" } })).toBe("app_mention");
    for (const body of [
      { type: "url_verification", challenge: "c" },
      { type: "app_mention" },
      { event: { type: "a" } },
    ])
      expect(slack(body)).toBeNull();
  });

  it("are never read from what an object inherits", () => {
    const plain = { scheme: "hmac", signature: { ...send.PLAIN, event: "constructor.name" } } as const;
    expect(eventOf(plain, {})).toBeNull();
    expect(eventOf({ scheme: "slack" }, JSON.parse('{"type":"event_callback","__proto__":{"event":{}}}'))).toBeNull();
  });
});

describe("a source document", () => {
  it("says how its sender signs where the scheme leaves that open, and only there", () => {
    const read = (document: object) => {
      const result = readJsonSource({ ...SOURCE, ...document });
      return result.ok ? "read" : result.fault.detail.path;
    };
    expect(read({})).toBe("read");
    expect(read({ signature: null })).toBe("read");
    expect(read({ signature: send.PLAIN })).toBe("s.signature");
    for (const scheme of ["hmac", "ed25519"]) {
      expect(read({ scheme })).toBe("s.signature");
      expect(read({ scheme, signature: send.PLAIN })).toBe("read");
      expect(read({ scheme, signature: send.TIMED })).toBe("read");
    }
    const given = (part: object) => read({ scheme: "hmac", signature: { ...send.PLAIN, ...part } });
    expect(given({ header: "X Signature" })).toBe("s.signature.header");
    expect(given({ encoding: "octal" })).toBe("s.signature.encoding");
    // Signed as `<time>1<body>`, the text would have two readings.
    expect(given({ time: { header: "X-Time", joint: "1" } })).toBe("s.signature.time.joint");
    expect(read({ scheme: "sha1" })).toBe("s.scheme");
  });
});
