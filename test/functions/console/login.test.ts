// Who is let into the console, what they may do there, and when that is over.
import { createHash } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { IDLE_MS, SESSION_MS, SESSIONS_OF_ONE_MAX } from "../../../durable/edge-sessions.ts";
import { EDGE_NAME } from "../../../durable/env.ts";
import { isListed } from "../../../functions/console/forms.ts";
import { consoleRoutes } from "../../../functions/console/routes.tsx";
import { spendFrom } from "../../../functions/http/budget.ts";
import type { Scope } from "../../../shared/scopes.ts";
import { type AgentHere, KEYED } from "../../support/agent-here.ts";
import { type ConsoleHere, consoleOf, consoleWith, cookieOf, logIn } from "../../support/console-here.ts";
import { type Furnished, furnish, pagesOf } from "../../support/furnished.ts";
import { MESH } from "../../support/parties.ts";

const KEYS: Readonly<Record<string, readonly Scope[]>> = {
  viewer: ["read"],
  speaker: ["read", "attest"],
  opener: ["read", "open"],
  mute: ["open"],
  admin: ["admin"],
};
const keyOf = (id: string) => `the key of the ${id}`;
const entryOf = (id: string, more: object = {}) => ({
  id,
  sha256: createHash("sha256").update(keyOf(id)).digest("hex"),
  scopes: KEYS[id],
  ...more,
});
const ISSUER = "https://acme.cloudflareaccess.com";

let furnished: Furnished;
let acme: AgentHere;
let signing: CryptoKey;
beforeAll(async () => {
  furnished = await furnish();
  acme = furnished.acme;
  const pair = await generateKeyPair("ES256", { extractable: true });
  signing = pair.privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: "k", alg: "ES256", use: "sig" };
  const people = { "ana@acme.example": ["attest"] };
  const access = { issuer: ISSUER, audience: "aud", keys: { keys: [jwk] }, scopes: ["read"], people };
  Object.assign(acme.env, {
    API_KEYS: JSON.stringify(Object.keys(KEYS).map((id) => entryOf(id))),
    ACCESS: JSON.stringify(access),
  });
});
afterEach(() => {
  vi.useRealTimers();
});

const tokenOf = (email: string, expires = "10m") =>
  new SignJWT({ email })
    .setProtectedHeader({ alg: "ES256", kid: "k" })
    .setIssuer(ISSUER)
    .setAudience("aud")
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(signing);
const withToken = (token: string) => ({ "cf-access-jwt-assertion": token });

/** Where the forms of all pages post to, with ids left out. */
async function offered(console: ConsoleHere): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const path of [...pagesOf(furnished).filter((each) => each !== "/login"), `/c/${furnished.waiting}/sign`])
    for (const [, action = ""] of (await console.page(path)).matchAll(/<form method="post" action="([^"]+)"/g))
      found.add(action.replace(/[0-9a-f]{64}/, "ID").replace(MESH, "MESH"));
  return found;
}

/** What each form needs, and what it would send. */
const FORMS: readonly (readonly [string, Scope, Record<string, string>])[] = [
  ["/c/ID/sign", "attest", { choice: "approve" }],
  ["/c/ID/sign/confirm", "attest", { choice: "approve", at: "1", id: "ab" }],
  ["/exchange/MESH", "attest", { do: "take" }],
  ["/exchange/MESH/arrivals", "admin", {}],
  ["/exchange/MESH/files", "admin", {}],
  ["/mesh/MESH/apart", "admin", { with: "elsewhere", reason: "scheduled", condition: "x" }],
  ["/mesh/MESH/return", "admin", { with: "elsewhere" }],
  ["/mesh/MESH/revoke", "admin", { translator: "bolt/to-acme", sure: "yes" }],
  ["/mesh/MESH/reconcile", "admin", { with: "elsewhere" }],
  ["/mesh/MESH/merge", "admin", { with: "elsewhere", ceremony: "ab" }],
  ["/sources/gh/requests/req_1/replay", "open", {}],
  ["/sources/told/none/again", "open", {}],
  ["/a/form/that/nobody/listed", "admin", {}],
];

describe("a key at the console", () => {
  it("is offered what its scopes allow, and nothing else, and the page says as whom one is there", async () => {
    const everyone = ["/logout", "/policies/simulate"];
    const viewer = await consoleOf(acme, keyOf("viewer"));
    expect([...(await offered(viewer))].sort()).toEqual(everyone);
    expect(await viewer.page("/")).toContain("Logged in as <strong>viewer</strong>, with the scope read");
    expect(await viewer.page(`/c/${furnished.waiting}/sign`)).toContain("only with the scope attest");
    const speaker = await consoleOf(acme, keyOf("speaker"));
    expect([...(await offered(speaker))].sort()).toEqual(["/c/ID/sign", "/exchange/MESH", ...everyone]);
    expect(await speaker.page("/")).toContain("with the scopes read, attest");
    const admin = await offered(await consoleOf(acme, keyOf("admin")));
    for (const action of ["/c/ID/sign", "/exchange/MESH", "/mesh/MESH/revoke", ...everyone])
      expect(admin, action).toContain(action);
  });

  it("is refused what its scopes do not allow where the form is forged, and nothing comes of it", async () => {
    const revoked = async () => (await acme.env.MESH.getByName(MESH).revocations()).length;
    const before = await revoked();
    for (const id of ["viewer", "speaker", "opener", "admin"]) {
      const console = await consoleOf(acme, keyOf(id));
      for (const [action, needs, fields] of FORMS) {
        if (id === "admin" && needs === "admin") continue; // it would do it
        const path = action.replace("ID", furnished.waiting).replace("MESH", MESH);
        const answer = await console.send(path, fields);
        const may = KEYS[id]?.includes(needs) || id === "admin";
        const refused = (await answer.text()).includes("SCOPE_MISSING");
        expect([id, action, refused, answer.status === 403]).toEqual([id, action, !may, !may]);
      }
    }
    expect(await revoked()).toBe(before);
    const { parties } = await acme.ceremony(furnished.waiting).view();
    expect(parties.find(({ authority }) => authority === "acme")?.contribution).toBe(null);
  });

  it("sends no form whose scope nobody has thought of", () => {
    const posts = consoleRoutes().routes.filter(({ method }) => method === "POST");
    const paths = [...new Set(posts.map(({ path }) => path.replace(/:\w+/g, "x")))];
    expect(paths.length).toBeGreaterThan(12);
    expect(paths.filter((path) => !isListed(path))).toEqual([]);
  });

  it("that may not see is not let in, and no more is a wrong one; neither is told which keys there are", async () => {
    const mute = await logIn(acme, keyOf("mute"));
    expect([mute.status, mute.headers.getSetCookie().join().includes("quorate-console")]).toEqual([403, false]);
    const wrong = await logIn(acme, "no key at all");
    expect([wrong.status, wrong.headers.getSetCookie().join().includes("quorate-console")]).toEqual([401, false]);
    const text = await wrong.text();
    expect(text).toContain("that is no key of this agent");
    expect(Object.keys(KEYS).filter((id) => text.includes(id))).toEqual([]);
  });
});

describe("a session", () => {
  const status = async (cookie: string) => (await acme.request("/", { headers: { cookie } })).status;

  it("is over for every copy of its cookie once one logs out", async () => {
    const [mine, other] = [await consoleOf(acme, keyOf("viewer")), await consoleOf(acme, keyOf("viewer"))];
    expect(await status(mine.cookie)).toBe(200);
    const left = await mine.send("/logout", {});
    expect([left.status, left.headers.get("location")]).toEqual([303, "/login"]);
    expect(await status(mine.cookie)).toBe(303);
    expect((await mine.send("/policies/simulate", {})).status).toBe(403); // its forms are void too
    expect(await status(other.cookie)).toBe(200);
  });

  it("is known to the agent by a digest alone, and has a new number after each login", async () => {
    const begun = vi.spyOn(acme.env.EDGE.getByName(EDGE_NAME), "beginSession");
    const first = cookieOf(await logIn(acme, keyOf("viewer")));
    const number = /quorate-console=([0-9a-f]{64})/.exec(first)?.[1] as string;
    expect(JSON.stringify(begun.mock.calls)).not.toContain(number);
    expect(JSON.stringify(begun.mock.calls)).not.toContain(keyOf("viewer"));
    begun.mockRestore();
    const second = cookieOf(await logIn(acme, keyOf("viewer"), { cookie: first }));
    expect(second).not.toContain(number);
    expect([await status(first), await status(second)]).toEqual([303, 200]);
    expect(await status(`quorate-console=${"0".repeat(64)}`)).toBe(303);
  });

  it("is asked for at the cost of an address: one that makes up cookies keeps nobody else from theirs", async () => {
    const mine = await consoleOf(acme, keyOf("viewer"));
    const from = { "cf-connecting-ip": "192.0.2.77" };
    expect((await mine.get("/", from)).status).toBe(200);
    const asked = vi.spyOn(acme.env.EDGE.getByName(EDGE_NAME), "session");
    const madeUp = (number: string) => acme.request("/", { headers: { ...from, cookie: `quorate-console=${number}` } });
    await madeUp("no number at all");
    expect(asked).not.toHaveBeenCalled();
    while (spendFrom(from["cf-connecting-ip"], 100, Date.now()).ok);
    while (spendFrom(from["cf-connecting-ip"], 1, Date.now()).ok);
    expect((await madeUp("1".repeat(64))).status).toBe(429);
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
    expect((await mine.get("/", from)).status).toBe(200);
  });

  it("ends after a working day, and after two hours without anybody", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const startMs = Date.now();
    const [busy, idle] = [await consoleOf(acme, keyOf("viewer")), await consoleOf(acme, keyOf("viewer"))];
    vi.setSystemTime(startMs + IDLE_MS - 1);
    expect(await status(busy.cookie)).toBe(200);
    vi.setSystemTime(startMs + IDLE_MS);
    expect([await status(busy.cookie), await status(idle.cookie)]).toEqual([200, 303]);
    for (let at = startMs + IDLE_MS; at < startMs + SESSION_MS; at += IDLE_MS / 2) {
      vi.setSystemTime(at);
      expect(await status(busy.cookie)).toBe(200);
    }
    vi.setSystemTime(startMs + SESSION_MS);
    expect(await status(busy.cookie)).toBe(303);
  });

  it("ends at once with its key: withdrawn, replaced under the same name, or out of its time", async () => {
    const keys = acme.env.API_KEYS;
    const withKeys = (...more: readonly object[]) =>
      Object.assign(acme.env, { API_KEYS: JSON.stringify([...JSON.parse(keys ?? "[]"), ...more]) });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2027-01-10T00:00:00Z") });
    const until = "2027-01-10T01:00:00Z";
    const extra = (id: string, text: string, more: object = {}) => ({
      ...entryOf("viewer", more),
      id,
      sha256: createHash("sha256").update(text).digest("hex"),
    });
    withKeys(extra("lost", "a lost key"), extra("old", "an old key"), extra("brief", "a brief key", { until }));
    const sessions = await Promise.all(["a lost key", "an old key", "a brief key"].map((key) => consoleOf(acme, key)));
    const all = async () => Promise.all(sessions.map(({ cookie }) => status(cookie)));
    expect(await all()).toEqual([200, 200, 200]);
    await acme.request("/v1/keys/lost", { method: "DELETE", headers: KEYED });
    expect(await all()).toEqual([303, 200, 200]);
    expect((await logIn(acme, "a lost key")).status).toBe(401);
    withKeys(extra("lost", "a lost key"), extra("old", "another key"), extra("brief", "a brief key", { until }));
    expect(await all()).toEqual([303, 303, 200]);
    vi.setSystemTime(Date.parse(until));
    expect(await all()).toEqual([303, 303, 303]);
    Object.assign(acme.env, { API_KEYS: keys });
  });

  it("ends when whoever administers ends those of its key, or all", async () => {
    const [viewer, speaker] = [await consoleOf(acme, keyOf("viewer")), await consoleOf(acme, keyOf("speaker"))];
    const both = async () => [await status(viewer.cookie), await status(speaker.cookie)];
    const end = (query: string) => acme.request(`/v1/sessions${query}`, { method: "DELETE", headers: KEYED });
    expect((await end("?key=viewer")).status).toBe(200);
    expect(await both()).toEqual([303, 200]);
    expect((await (await end("")).json()) as object).toMatchObject({ ended: expect.any(Number) });
    expect(await both()).toEqual([303, 303]);
    expect((await logIn(acme, keyOf("viewer"))).status).toBe(303);
  });

  it("gives way, the oldest first, where one key has too many", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const cookies: string[] = [];
    for (let n = 0; n <= SESSIONS_OF_ONE_MAX; n++) {
      vi.setSystemTime(Date.now() + 1_000);
      cookies.push(cookieOf(await logIn(acme, keyOf("opener"))));
    }
    const [first = "", second = ""] = cookies;
    expect([await status(first), await status(second)]).toEqual([303, 200]);
  });
});

describe("a person for whom the identity provider speaks", () => {
  it("needs no login, by the header or by the cookie, and has their own scopes", async () => {
    const token = await tokenOf("Ana@acme.example");
    for (const identity of [withToken(token), { cookie: `CF_Authorization=${token}` }] as const) {
      const console = await consoleWith(acme, identity);
      expect(await console.page("/")).toContain(
        "Logged in as <strong>access:ana@acme.example</strong>, with the scopes read, attest",
      );
      const refused = await console.send(`/mesh/${MESH}/revoke`, { translator: "bolt/to-acme", sure: "yes" });
      expect([refused.status, (await refused.text()).includes("SCOPE_MISSING")]).toEqual([403, true]);
      const simulated = await console.send("/policies/simulate", { policy: "pattern:consensus", scenario: "{" });
      expect(simulated.status).toBe(422);
    }
    const bo = await consoleWith(acme, withToken(await tokenOf("bo@acme.example")));
    expect([...(await offered(bo))].sort()).toEqual(["/logout", "/policies/simulate"]);
  });

  it("is sent to the login with a token that is not good, and told why; another site's form is refused", async () => {
    const stale = await tokenOf("bo@acme.example", "-10m");
    const sent = await acme.request("/", { headers: withToken(stale) });
    expect(sent.headers.get("location")).toBe("/login?back=%2F");
    expect(await (await acme.request("/login", { headers: withToken(stale) })).text()).toContain("it has expired");
    const crossed = await acme.request("/logout", {
      method: "POST",
      headers: { ...withToken(await tokenOf("bo@acme.example")), "sec-fetch-site": "cross-site" },
    });
    expect(crossed.status).toBe(403);
  });

  it("is out for every copy of the token once they log out, at the API too, and where they are withdrawn", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const [token, later] = [await tokenOf("bo@acme.example"), await tokenOf("bo@acme.example", "11m")];
    const bo = await consoleWith(acme, withToken(token));
    const api = async (by: string) => {
      const answer = await acme.request("/v1/meshes", { headers: withToken(by) });
      return [answer.status, ((await answer.json()) as { code?: string }).code];
    };
    expect((await api(token))[0]).toBe(200);
    const left = await bo.send("/logout", {});
    expect([left.status, left.headers.get("location")]).toEqual([303, "/cdn-cgi/access/logout"]);
    expect((await bo.get("/")).status).toBe(303);
    vi.setSystemTime(Date.now() + 2_000); // an isolate learns of it with its next lease
    expect([await api(token), (await api(later))[0]]).toEqual([[401, "TOKEN_INVALID"], 200]);
    const again = await consoleWith(acme, withToken(later));
    expect((await again.get("/")).status).toBe(200);
    await acme.request("/v1/keys/access:BO@acme.example", { method: "DELETE", headers: KEYED });
    expect((await again.get("/")).status).toBe(303);
  });
});
