// Hostile senders of webhooks and clients of the API, against one real agent.
import { createHmac, createPrivateKey, randomUUID, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { githubPayload } from "../../cli/demo/github.ts";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { NAMES } from "../support/parties.ts";
import { type LoneAgent, loneAgent } from "../support/stack.ts";

const SECRET = "a secret of the tests";
const STANDARD = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
/** RFC 9421, appendix B.1.4. */
const KEY = {
  kty: "OKP",
  crv: "Ed25519",
  d: "n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU",
  x: "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs",
};
const PARTIES = NAMES.slice(0, 3).map((authority) => ({ authority, role: "approver", power: 1 }));
const { event: EVENT, action: ACTION, body: PAYLOAD } = githubPayload();

function source(id: string, scheme: string, event: string, more: object = {}): object {
  const rest = { pattern: "approval", set: [], parties: PARTIES, closesIn: 60, expiresIn: 120 };
  return { id, scheme, event, action: null, ...rest, ...more };
}

const PLAIN = { header: "X-Signature", prefix: "", encoding: "hex", time: null, event: "kind", delivery: null };
const SOURCES = [
  source("gh", "github", EVENT, { action: ACTION }),
  source("std", "standard", "invoice.paid"),
  source("stripe", "stripe", "invoice.paid"),
  source("slack", "slack", "approval_requested"),
  source("plain", "hmac", "deploy", { signature: PLAIN }),
  source("pair", "ed25519", "deploy", {
    signature: { ...PLAIN, encoding: "base64", time: { header: "X-Time", joint: "." } },
  }),
];

let lone: LoneAgent;
let agent: LocalAgent;

beforeAll(async () => {
  const public32 = Buffer.from(KEY.x, "base64url").toString("hex");
  const secrets = {
    gh: [SECRET],
    std: [STANDARD],
    stripe: [SECRET],
    slack: [SECRET],
    plain: [SECRET],
    pair: [public32],
  };
  lone = await loneAgent(SOURCES, secrets);
  agent = lone.agent;
});

afterAll(() => lone?.stop());

type Answer = { readonly status: number; readonly opened?: string | null; readonly [field: string]: unknown };

async function post(id: string, headers: Record<string, string>, body: string): Promise<Answer> {
  const response = await fetch(new URL(`/hooks/${id}`, agent.url), { method: "POST", headers, body });
  return { ...((await response.json()) as object), status: response.status };
}

const mac = (text: string, key: string | Buffer = SECRET) => createHmac("sha256", key).update(text).digest("hex");
const now = () => Math.floor(Date.now() / 1_000);

function github(body: string, headers: Record<string, string> = {}): Promise<Answer> {
  const delivery = { "x-github-event": EVENT, "x-github-delivery": randomUUID() };
  return post("gh", { ...delivery, "x-hub-signature-256": `sha256=${mac(body)}`, ...headers }, body);
}

function standard(body: string, id = randomUUID()): Promise<Answer> {
  const signed = createHmac("sha256", Buffer.alloc(32, 7)).update(`${id}.${now()}.${body}`).digest("base64");
  const headers = { "webhook-id": id, "webhook-timestamp": String(now()), "webhook-signature": `v1,${signed}` };
  return post("std", headers, body);
}

const stripe = (body: string, at = now()) =>
  post("stripe", { "stripe-signature": `t=${at},v1=${mac(`${at}.${body}`)}` }, body);

function slack(body: object): Promise<Answer> {
  const [at, text] = [String(now()), JSON.stringify(body)];
  const headers = { "x-slack-request-timestamp": at, "x-slack-signature": `v0=${mac(`v0:${at}:${text}`)}` };
  return post("slack", headers, text);
}

function signedByPair(body: string): Promise<Answer> {
  const key = createPrivateKey({ key: KEY, format: "jwk" });
  const signature = sign(null, Buffer.from(`${now()}.${body}`), key).toString("base64");
  return post("pair", { "x-time": String(now()), "x-signature": signature }, body);
}

/** GitHub's published payload as another delivery: with a number of its own, and more fields. */
const varied = (n: number, more: object = {}) => JSON.stringify({ ...JSON.parse(PAYLOAD), n, ...more });
const NOTHING = expect.objectContaining({
  status: 202,
  opened: null,
  code: "SOURCE_EVENT",
  do: expect.stringContaining("nothing"),
});

describe("the event of a source", () => {
  it("must stand in the signed body, whatever the scheme", async () => {
    expect(await github(varied(1), { "x-github-event": "" })).toEqual(NOTHING);
    const other = JSON.stringify({ action: ACTION, workflow_run: { id: 1 }, workflow: {} });
    expect(await github(other)).toEqual(NOTHING);
    expect(await standard('{"type":"invoice.FAILED"}')).toEqual(NOTHING);
    expect(await stripe('{"id":"evt_0","type":"invoice.FAILED"}')).toEqual(NOTHING);
    expect(await slack({ type: "event_callback", event_id: "Ev0", event: { type: "other" } })).toEqual(NOTHING);
    const kind = '{"kind":"undeploy"}';
    expect(await post("plain", { "x-signature": mac(kind) }, kind)).toEqual(NOTHING);
  });

  it("opens a ceremony where it does, by every scheme", async () => {
    const plain = '{"kind":"deploy"}';
    const opened = [
      await github(varied(2)),
      await standard('{"type":"invoice.paid"}'),
      await stripe('{"id":"evt_1","type":"invoice.paid"}'),
      await slack({ type: "event_callback", event_id: "Ev1", event: { type: "approval_requested" } }),
      await post("plain", { "x-signature": mac(plain) }, plain),
      await signedByPair(plain),
    ];
    expect(opened.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
    expect(new Set(opened.map(({ opened: id }) => id)).size).toBe(6);
  });

  it("is none in Slack's question whether the URL is its own, which is answered", async () => {
    const asked = await slack({ type: "url_verification", token: "t", challenge: "3eZbrw1aB10" });
    expect(asked).toEqual({ status: 200, challenge: "3eZbrw1aB10" });
    const forged = await post(
      "slack",
      { "x-slack-request-timestamp": String(now()), "x-slack-signature": `v0=${"0".repeat(64)}` },
      '{"type":"url_verification","challenge":"x"}',
    );
    expect([forged.status, forged.code]).toEqual([401, "HOOK_SIGNATURE_MISMATCH"]);
  });
});

describe("a delivery", () => {
  it("is not taken for another one whose id was put on it", async () => {
    const id = { "x-github-delivery": randomUUID() };
    const first = await github(varied(10), id);
    const replayed = await github(varied(11), id);
    expect([first.status, replayed.status]).toEqual([201, 201]);
    expect(replayed.opened).not.toBe(first.opened);
    expect(await github(varied(11))).toMatchObject({ status: 200, opened: replayed.opened, duplicate: true });
  });

  it("is the same one however its sender writes it anew", async () => {
    const first = await stripe('{"id":"evt_9","type":"invoice.paid","pending_webhooks":2}');
    const again = await stripe('{"id":"evt_9","type":"invoice.paid","pending_webhooks":1}', now() + 1);
    expect(again).toMatchObject({ status: 200, opened: first.opened, duplicate: true });
  });

  it("opens its ceremony whatever people wrote into it", async () => {
    const bodies = [
      varied(20, { issue: { title: "\ufeffFix" } }),
      varied(21, { issue: { title: "\ud83d" } }),
      varied(22, { environment: `${"e".repeat(199)}😀` }),
      varied(23, { environment: "\ufeffprod\ud83d\u202e" }),
      varied(24).replace("{", `{"x":${"[".repeat(16_000)}${"]".repeat(16_000)},`),
      varied(25).replace("{", '{"__proto__":{"a":1},"constructor":1,"f":1.5,"g":1e999,"h":-0,'),
    ];
    for (const body of bodies) expect(await github(body)).toMatchObject({ status: 201, duplicate: false });
  });
});

describe("a forgery", () => {
  const forged = (body: string) => github(body, { "x-hub-signature-256": `sha256=${"0".repeat(64)}` });

  it("is refused as one, however deep it is nested", async () => {
    const deep = "[".repeat(16_000) + "]".repeat(16_000);
    for (const body of [deep, `{"a":${deep}}`, '{"a":'.repeat(5_000)])
      expect(await forged(body)).toMatchObject({ status: 401, code: "HOOK_SIGNATURE_MISMATCH" });
    expect(await github("[".repeat(100_000) + "]".repeat(100_000))).toMatchObject({
      status: 400,
      code: "BODY_INVALID",
    });
  });

  it("tells its sender nothing of its cause", async () => {
    const body = varied(30);
    const newline = await post(
      "gh",
      { "x-github-event": EVENT, "x-github-delivery": "d", "x-hub-signature-256": `sha256=${mac(body)}` },
      `${body}\n`,
    );
    expect(newline.why).toBe("see the agent's log");
  });
});

describe("a client of the API", () => {
  const opening = { pattern: "approval", title: "t", parties: PARTIES };

  it("may write the scheme of its key in lower case", async () => {
    const list = (authorization: string) =>
      fetch(new URL("/v1/ceremonies", agent.url), { headers: { authorization } }).then(({ status }) => status);
    expect(await list(`bearer ${agent.apiKey}`)).toBe(200);
    expect(await list(`BEARER  ${agent.apiKey}`)).toBe(200);
    expect(await list(`Bearer ${agent.apiKey}x`)).toBe(401);
    expect(await list(`Basic ${agent.apiKey}`)).toBe(401);
    expect(await list(agent.apiKey)).toBe(401);
  });

  it("is refused with a code where what it wants said cannot be said in one frame", async () => {
    const code = async (path: string, body: unknown) => {
      const headers = { "content-type": "application/json" };
      const response = await agent.request(path, { method: "POST", headers, body: JSON.stringify(body) });
      return [response.status, ((await response.json()) as { code?: string }).code];
    };
    const deep = (depth: number) => Array.from({ length: depth }).reduce<unknown>((value) => [value], 1);
    const subject = (value: unknown) => code("/v1/ceremonies", { ...opening, subject: value });
    expect(await subject("x".repeat(100_000))).toEqual([413, "FRAME_TOO_LARGE"]);
    const answers = await Promise.all([10, 11, 12, 13, 14, 15, 16, 17].map((depth) => subject(deep(depth))));
    expect(new Set(answers.map(([status]) => status))).toEqual(new Set([201, 400]));
  });
});
