// Keys that fit nothing, at the API and at the login: how many an address may try, and that no right key suffers for it.
import { createHash } from "node:crypto";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { COMPARED_A_MINUTE, WRONG_A_MINUTE } from "../../../functions/http/guesses.ts";
import { type AgentHere, agentHere } from "../../support/agent-here.ts";
import { logIn } from "../../support/console-here.ts";
import { testParties } from "../../support/parties.ts";

const parties = testParties(3);
const keyOf = (id: string) => `the key of the ${id}`;
let acme: AgentHere;
beforeAll(() => {
  acme = agentHere(parties[0] as Party, parties);
  const keys = ["viewer", "speaker"].map((id) => {
    return { id, sha256: createHash("sha256").update(keyOf(id)).digest("hex"), scopes: ["read"] };
  });
  Object.assign(acme.env, { API_KEYS: JSON.stringify(keys) });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("wrong keys", () => {
  const from = (address: string, more: object = {}) => ({ "cf-connecting-ip": address, ...more });
  const ask = async (address: string, key: string) => {
    const answer = await acme.request("/v1/meshes", { headers: from(address, { authorization: `Bearer ${key}` }) });
    return answer.status;
  };

  it("are answered so many times a minute; a right one is taken all the same, at the door and at the login", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    for (let n = 0; n < WRONG_A_MINUTE - 1; n++) expect(await ask("192.0.2.1", `guess ${n}`)).toBe(401);
    const last = await logIn(acme, "a guess at the login", from("192.0.2.1"));
    expect(last.status).toBe(401);
    expect(await ask("192.0.2.1", "one more")).toBe(429);
    const login = await logIn(acme, "one more at the login", from("192.0.2.1"));
    expect([login.status, login.headers.get("retry-after")]).toEqual([429, "60"]);
    expect(await login.text()).toContain("too many wrong keys came from this address");
    expect(await ask("192.0.2.1", keyOf("viewer"))).toBe(200);
    expect((await logIn(acme, keyOf("viewer"), from("192.0.2.1"))).status).toBe(303);
    expect(await ask("192.0.2.2", "another guess")).toBe(401);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await ask("192.0.2.1", "a minute later")).toBe(401);
  });

  it("are counted by the line where an address is one of billions that a line has", async () => {
    for (let n = 0; n < WRONG_A_MINUTE; n++)
      expect(await ask(`2001:db8:0:7::${n.toString(16)}`, `guess ${n}`)).toBe(401);
    expect(await ask("2001:db8::7:ab:cd:ef:1", "x")).toBe(429);
    expect(await ask("2001:db8:0:8::1", "x")).toBe(401);
  });

  it("are compared no more where they flood, but for keys that were right from there before", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    expect(await ask("192.0.2.9", keyOf("viewer"))).toBe(200);
    for (let n = 0; n < COMPARED_A_MINUTE; n++) await ask("192.0.2.9", `guess ${n}`);
    expect(await ask("192.0.2.9", keyOf("speaker"))).toBe(429);
    expect(await ask("192.0.2.9", keyOf("viewer"))).toBe(200);
    expect(await ask("192.0.2.8", keyOf("speaker"))).toBe(200);
    vi.setSystemTime(Date.now() + 60_000);
    expect(await ask("192.0.2.9", keyOf("speaker"))).toBe(200);
  });
});
