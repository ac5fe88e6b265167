// Who may call, and what: scopes, keys that follow one another, keys that are withdrawn, and tokens of an identity provider, most of them
// forged.
import { createHash, createHmac } from "node:crypto";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { configOf } from "../../../durable/config.ts";
import { ROUTES } from "../../../functions/http/contract/table.ts";
import type { Scope } from "../../../shared/scopes.ts";
import { agentVariables } from "../../support/agent-env.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { testParties } from "../../support/parties.ts";

const parties = testParties(3);
const [acme] = parties as readonly [Party];
const digest = (key: string) => createHash("sha256").update(key).digest("hex");
const entry = (id: string, key: string, scopes: readonly Scope[], more: object = {}) => ({
  id,
  sha256: digest(key),
  scopes,
  ...more,
});

function agentWith(variables: { readonly keys?: readonly object[]; readonly access?: object }): AgentHere {
  const agent = agentHere(acme, parties);
  const { keys = [], access } = variables;
  Object.assign(agent.env, {
    API_KEYS: JSON.stringify(keys),
    ...(access === undefined ? {} : { ACCESS: JSON.stringify(access) }),
  });
  return agent;
}

async function told(agent: AgentHere, path: string, headers: Record<string, string>, method = "GET") {
  const response = await agent.request(path, { method, headers });
  const isJson = (response.headers.get("content-type") ?? "").includes("json");
  const body = (isJson ? await response.json() : {}) as { code?: string; why?: string };
  return { status: response.status, code: body.code, why: body.why };
}
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

describe("a key", () => {
  it("may do what its scopes say on every route of the table, and nothing else", async () => {
    const scopes = ["read", "attest", "open", "admin"] as const;
    const agent = agentWith({ keys: scopes.map((scope) => entry(scope, `the key to ${scope}`, [scope])) });
    const keyed = ROUTES.filter(({ access }) => access !== "anyone" && access !== "signer");
    expect(keyed.length).toBeGreaterThan(25);
    for (const { method, path, access } of keyed)
      for (const scope of scopes) {
        const at = path.replace(/\{\w+\}/g, "none");
        const { code } = await told(agent, at, bearer(`the key to ${scope}`), method);
        const may = scope === access || scope === "admin";
        expect(`${method} ${path} with ${scope}: ${code === "SCOPE_MISSING"}`).toBe(
          `${method} ${path} with ${scope}: ${!may}`,
        );
      }
  });

  it("is good in its time only, so that two can overlap while one follows the other", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2027-01-10T00:00:00Z") });
    const agent = agentWith({
      keys: [
        entry("old", "the old key", ["read"], { until: "2027-01-15T00:00:00Z" }),
        entry("new", "the new key", ["read"], { from: "2027-01-12T00:00:00Z" }),
      ],
    });
    const both = async () =>
      Promise.all(
        ["the old key", "the new key"].map(async (key) => (await told(agent, "/v1/meshes", bearer(key))).status),
      );
    expect(await both()).toEqual([200, 401]);
    vi.setSystemTime(Date.parse("2027-01-13T00:00:00Z"));
    expect(await both()).toEqual([200, 200]);
    vi.setSystemTime(Date.parse("2027-01-15T00:00:00Z"));
    expect(await both()).toEqual([401, 200]);
    vi.useRealTimers();
  });

  it("that is withdrawn is refused within seconds and for good; the first key is not withdrawn so", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2027-01-10T00:00:00Z") });
    const agent = agentWith({ keys: [entry("ci", "the key of ci", ["read"])] });
    expect((await told(agent, "/v1/meshes", bearer("the key of ci"))).status).toBe(200);
    expect((await told(agent, "/v1/keys/API_KEY", KEYED, "DELETE")).code).toBe("QUERY_INVALID");
    // Another isolate, which holds a lease for the key, and the same object behind it.
    const { EDGE } = agent.env;
    const isolates = [EDGE, { getByName: (name: string) => EDGE.getByName(name) }];
    const from = (isolate: number) => Object.assign(agent.env, { EDGE: isolates[isolate] });
    from(1);
    expect((await told(agent, "/v1/meshes", bearer("the key of ci"))).status).toBe(200);
    from(0);
    expect((await told(agent, "/v1/keys/ci", KEYED, "DELETE")).status).toBe(200);
    expect((await told(agent, "/v1/meshes", bearer("the key of ci"))).code).toBe("KEY_WITHDRAWN");
    from(1);
    vi.setSystemTime(Date.now() + 2_000);
    expect((await told(agent, "/v1/meshes", bearer("the key of ci"))).code).toBe("KEY_WITHDRAWN");
    vi.setSystemTime(Date.now() + 90 * 86_400_000);
    expect((await told(agent, "/v1/meshes", bearer("the key of ci"))).code).toBe("KEY_WITHDRAWN");
    const { keys } = (await (await agent.request("/v1/keys", { headers: KEYED })).json()) as { keys: object[] };
    expect(JSON.stringify(keys)).not.toContain(digest("the key of ci"));
    vi.useRealTimers();
  });

  it("is refused as configuration where two share a name or a text, or a scope is none", () => {
    const config = (keys: readonly object[]) => {
      const read = configOf({ ...agentVariables(acme, parties), API_KEYS: JSON.stringify(keys) });
      return read.ok ? "taken" : read.fault.code;
    };
    expect(config([entry("a", "one", ["read"]), entry("b", "two", ["read"])])).toBe("taken");
    expect(config([entry("a", "one", ["read"]), entry("a", "two", ["read"])])).toBe("CONFIG_INVALID");
    expect(config([entry("a", "one", ["read"]), entry("b", "one", ["read"])])).toBe("CONFIG_INVALID");
    expect(config([entry("API_KEY", "one", ["read"])])).toBe("CONFIG_INVALID");
    expect(config([{ ...entry("a", "one", []), scopes: ["all"] }])).toBe("CONFIG_INVALID");
  });
});

describe("a token of the identity provider", () => {
  const ISSUER = "https://acme.cloudflareaccess.com";
  const pair = (alg: string) => generateKeyPair(alg, { extractable: true });
  let rsa: Awaited<ReturnType<typeof pair>>;
  let ec: Awaited<ReturnType<typeof pair>>;
  let stranger: Awaited<ReturnType<typeof pair>>;
  let agent: AgentHere;

  beforeAll(async () => {
    [rsa, ec, stranger] = await Promise.all([pair("RS256"), pair("ES256"), pair("RS256")]);
    const jwk = async (key: CryptoKey, kid: string, alg: string) => ({
      ...(await exportJWK(key)),
      kid,
      alg,
      use: "sig",
    });
    const keys = { keys: [await jwk(rsa.publicKey, "r1", "RS256"), await jwk(ec.publicKey, "e1", "ES256")] };
    const people = { "ana@acme.example": ["admin"], "ci.service": ["open"] };
    agent = agentWith({ access: { issuer: ISSUER, audience: "aud-1", keys, scopes: ["read"], people } });
  });

  type Claims = Readonly<Record<string, unknown>>;
  const now = () => Math.floor(Date.now() / 1_000);
  const claims = (changes: Claims = {}): Claims => ({
    iss: ISSUER,
    aud: ["aud-1"],
    email: "bo@acme.example",
    iat: now() - 10,
    nbf: now() - 10,
    exp: now() + 600,
    ...changes,
  });
  const sign = (
    body: Claims,
    key: CryptoKey = rsa.privateKey,
    header: { alg: string; kid?: string } = { alg: "RS256", kid: "r1" },
  ) => new SignJWT({ ...body }).setProtectedHeader(header).sign(key);
  const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const ask = (token: string, path = "/v1/meshes", method = "GET") =>
    told(agent, path, { "cf-access-jwt-assertion": token }, method);

  it("lets in whom it names, with the scopes of everyone and their own", async () => {
    expect((await ask(await sign(claims()))).status).toBe(200);
    expect((await ask(await sign(claims(), ec.privateKey, { alg: "ES256", kid: "e1" }))).status).toBe(200);
    expect((await ask(await sign(claims()), "/v1/keys")).code).toBe("SCOPE_MISSING");
    expect((await ask(await sign(claims({ email: "ana@acme.example" })), "/v1/keys")).status).toBe(200);
    const service = await sign(claims({ email: undefined, common_name: "ci.service" }));
    expect((await ask(service, "/v1/ceremonies", "POST")).code).toBe("CONTENT_TYPE");
  });

  it("speaks for nobody who was withdrawn, however the name is spelt", async () => {
    const withdrawn = await told(agent, "/v1/keys/access:%20Zo%C3%AB@Acme.example", KEYED, "DELETE");
    expect(withdrawn.code).toBe("QUERY_INVALID");
    expect((await told(agent, "/v1/keys/access:Zo%C3%AB@Acme.example", KEYED, "DELETE")).status).toBe(200);
    for (const email of ["zo\u00eb@acme.example", "Zoe\u0308@ACME.example", "ZO\u00cb@acme.example "])
      expect((await ask(await sign(claims({ email })))).code, email).toBe("KEY_WITHDRAWN");
    const ana = await sign(claims({ email: "Ana@Acme.Example" }));
    expect((await ask(ana, "/v1/keys")).status).toBe(200);
  });

  it("vouches for nothing that another site has a browser ask: it is made of a cookie, which the browser adds by itself", async () => {
    const token = { "cf-access-jwt-assertion": await sign(claims({ email: "ana@acme.example" })) };
    const drain = (headers: object, method = "POST") => told(agent, "/v1/link/drain", { ...token, ...headers }, method);
    for (const site of ["cross-site", "same-site"])
      expect(await drain({ "sec-fetch-site": site })).toMatchObject({ status: 403, code: "FORM_FOREIGN" });
    expect(await drain({ origin: "https://mallory.example" })).toMatchObject({ status: 403, code: "FORM_FOREIGN" });
    expect(await drain({ origin: "null" }, "DELETE")).toMatchObject({ status: 403, code: "FORM_FOREIGN" });
    expect((await drain({ "sec-fetch-site": "same-origin" })).status).toBe(200);
    expect((await drain({}, "DELETE")).status).toBe(200);
    const read = await told(agent, "/v1/meshes", { ...token, "sec-fetch-site": "cross-site" }, "GET");
    expect(read.status).toBe(200);
    const keyed = await told(agent, "/v1/link/drain", { ...KEYED, origin: "https://ci.example" }, "DELETE");
    expect(keyed.status).toBe(200);
  });

  it("is refused where it was made for another, or for another time", async () => {
    const cases: readonly (readonly [Claims, RegExp])[] = [
      [{ aud: ["aud-2"] }, /claim aud/],
      [{ aud: undefined }, /claim aud/],
      [{ iss: "https://mallory.cloudflareaccess.com" }, /claim iss/],
      [{ iss: undefined }, /claim iss/],
      [{ exp: now() - 60 }, /expired/],
      [{ exp: undefined }, /claim exp/],
      [{ exp: "never" }, /claim exp/],
      [{ nbf: now() + 120 }, /claim nbf/],
      [{ iat: undefined }, /claim iat/],
      [{ email: undefined }, /names nobody/],
      [{ email: "" }, /names nobody/],
    ];
    for (const [changes, why] of cases) {
      const answer = await ask(await sign(claims(changes)));
      expect(answer, JSON.stringify(changes)).toMatchObject({ status: 401, code: "TOKEN_INVALID" });
      expect(answer.why).toMatch(why);
    }
  });

  it("is refused where no key of the issuer signed it: none, HMAC over the public key, a stranger's, a changed one", async () => {
    const none = `${base64({ alg: "none", typ: "JWT" })}.${base64(claims())}.`;
    const unsigned = `${base64({ alg: "RS256", kid: "r1" })}.${base64(claims())}.`;
    const confused = async (alg: string) => {
      const said = `${base64({ alg, kid: "r1" })}.${base64(claims())}`;
      const mac = createHmac("sha256", await exportSPKI(rsa.publicKey)).update(said);
      return `${said}.${mac.digest("base64url")}`;
    };
    const good = await sign(claims());
    const [head, , signature] = good.split(".") as [string, string, string];
    const inline = await new SignJWT({ ...claims() })
      .setProtectedHeader({ alg: "RS256", jwk: await exportJWK(stranger.publicKey) })
      .sign(stranger.privateKey);
    const tokens = [
      none,
      none.replace(base64({ alg: "none", typ: "JWT" }), base64({ alg: "None" })),
      unsigned,
      await confused("HS256"),
      await confused("RS256"),
      await sign(claims(), stranger.privateKey),
      await sign(claims(), stranger.privateKey, { alg: "RS256", kid: "r2" }),
      inline,
      `${head}.${base64(claims({ email: "ana@acme.example" }))}.${signature}`,
      await sign(claims(), ec.privateKey, { alg: "ES256", kid: "r1" }),
      `${base64({ alg: "RS256", kid: "r1", crit: ["odd"], odd: true })}.${base64(claims())}.${signature}`,
      "",
      "a.b",
      "a.b.c",
      `${good}.${good}`,
      "x".repeat(20_000),
    ];
    for (const token of tokens) expect(await ask(token), token.slice(0, 80)).toMatchObject({ status: 401 });
  });

  it("counts for nothing where no issuer is set up, and does not stand in for a key that is wrong", async () => {
    const token = { "cf-access-jwt-assertion": await sign(claims()) };
    expect((await told(agentWith({}), "/v1/meshes", token)).code).toBe("UNAUTHORISED");
    expect((await told(agent, "/v1/meshes", { ...token, ...bearer("a wrong key") })).code).toBe("UNAUTHORISED");
  });

  it("cannot be checked while the issuer's keys cannot be had, and is let in by a set that is fetched", async () => {
    const access = { issuer: ISSUER, audience: "aud-1", scopes: ["read"] };
    const token = { "cf-access-jwt-assertion": await sign(claims()) };
    const fetched = vi.spyOn(globalThis, "fetch");
    fetched.mockRejectedValueOnce(new Error("no route"));
    expect(await told(agentWith({ access }), "/v1/meshes", token)).toMatchObject({
      status: 503,
      code: "TOKEN_UNCHECKED",
    });
    const set = { keys: [{ ...(await exportJWK(rsa.publicKey)), kid: "r1" }] };
    fetched.mockImplementation(async () => Response.json(set));
    const later = agentWith({ access: { ...access, keysUrl: "https://keys.acme.example/certs" } });
    expect((await told(later, "/v1/meshes", token)).status).toBe(200);
    expect((await told(later, "/v1/meshes", token)).status).toBe(200);
    expect(fetched.mock.calls.map(([url]) => String(url))).toEqual([
      `${ISSUER}/cdn-cgi/access/certs`,
      "https://keys.acme.example/certs",
    ]);
    fetched.mockRestore();
  });
});
