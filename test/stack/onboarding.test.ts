// From nothing to a ceremony by the commands of the README alone: keys, cards, logins of a hub in operator mode, agents that run what was
// written for them.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentOptions } from "../../cli/stack/agent.ts";
import { buildBundle } from "../../cli/stack/bundle.ts";
import { type NatsServer, pickPorts, startNatsServer } from "../../cli/stack/nats-server.ts";
import { until } from "../bench/auction.ts";
import { run } from "../support/command.ts";
import { scratchFolder } from "../support/scratch.ts";

const NAMES = ["acme", "bolt", "crux"];
const { dir, remove } = scratchFolder("onboarding");
const at = (...parts: readonly string[]) => join(dir, ...parts);
const json = (path: string) => JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
const agents = new Map<string, { readonly url: URL; readonly runtime: Miniflare; readonly key: string }>();
let nats: NatsServer;

async function ask<T>(name: string, path: string, body?: unknown): Promise<T> {
  const { url, key } = agents.get(name) as { url: URL; key: string };
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  return (await (await fetch(new URL(path, url), init)).json()) as T;
}

beforeAll(async () => {
  const ports = await pickPorts();
  for (const name of NAMES) await run("party", "init", name, "--mesh", "board", "--dir", at(name));
  const url = `ws://127.0.0.1:${ports.websocket}`;
  const wanted = ["--port", String(ports.client), "--websocket-port", String(ports.websocket)];
  await run("party", "nats", "--operator", "--dir", at("hub"), "--url", url, ...wanted, ...NAMES);
  for (const name of NAMES) {
    const cards = NAMES.filter((other) => other !== name).map((other) => at(other, "card.json"));
    const add = ["party", "add", "--accounts", at("hub", "accounts.json"), at(name), ...cards];
    const shown = await run(...add);
    expect([shown.exit, shown.data]).toMatchObject([2, { written: false, added: [{}, {}] }]);
    expect((await run(...add, "--yes")).exit).toBe(0);
  }
  nats = await startNatsServer({ dir: at("server"), config: readFileSync(at("hub", "nats.conf"), "utf8"), ports });
  const { script } = await buildBundle();
  for (const name of NAMES) {
    const secrets = json(at(name, "secrets.json"));
    const bindings = {
      ...secrets,
      ...json(at("hub", `${name}.login.json`)),
      PARTY: readFileSync(at(name, "party.json"), "utf8"),
    };
    const runtime = new Miniflare(agentOptions({ name, script, port: 0, objects: at(name, "objects"), bindings }));
    agents.set(name, { url: await runtime.ready, runtime, key: secrets.API_KEY as string });
  }
  await until(30, async () => {
    const ready = await Promise.all(NAMES.map((name) => ask<{ ready?: boolean }>(name, "/readyz")));
    return ready.every((answer) => answer.ready === true);
  });
});

afterAll(async () => {
  await Promise.all([...agents.values()].map(({ runtime }) => runtime.dispose()));
  await nats?.kill();
  remove();
});

describe("parties made by the command line", () => {
  it("reach an outcome together", async () => {
    const parties = NAMES.map((authority) => ({ authority, role: "approver", power: 1 }));
    const opened = await ask<{ ceremony: string }>("acme", "/v1/ceremonies", {
      pattern: "approval",
      title: "First release",
      parties,
      closesIn: 30,
      expiresIn: 60,
    });
    const path = `/v1/ceremonies/${opened.ceremony}`;
    await until(20, async () => (await ask<{ policy?: string }>("crux", path)).policy !== undefined);
    await until(20, async () => (await ask<{ policy?: string }>("bolt", path)).policy !== undefined);
    for (const name of NAMES) await ask(name, `${path}/attestations`, { choice: "approve" });
    const phases = () => Promise.all(NAMES.map(async (name) => (await ask<{ phase: string }>(name, path)).phase));
    await until(30, async () => (await phases()).every((phase) => phase === "final"));
    expect(await phases()).toEqual(["final", "final", "final"]);
  });

  it("renew a login beside the old one, and withdraw the old one while its agent is connected", async () => {
    const hub = at("hub");
    const renewed = await run("party", "nats", "renew", "bolt", "--dir", hub);
    const withdrawn = await run("party", "nats", "revoke", "bolt", "--dir", hub);
    expect(withdrawn.data).toMatchObject({ withdrawn: [expect.stringMatching(/^U/), expect.stringMatching(/^U/)] });
    expect((await run("party", "nats", "renew", "nobody", "--dir", hub)).refusal?.code).toBe("NOT_FOUND");
    const config = readFileSync(at("hub", "nats.conf"), "utf8");
    await nats.reload(config);
    await until(30, async () => (await ask<{ ready?: boolean }>("bolt", "/readyz")).ready === false);
    await until(10, async () => (await ask<{ ready?: boolean }>("acme", "/readyz")).ready === true);
    expect((await ask<{ ready?: boolean }>("bolt", "/readyz")).ready).toBe(false);
    expect(Object.keys(json((renewed.data as { login: string }).login))).toEqual(["NATS_URL", "NATS_CREDS"]);
  });

  it("keep what is secret to themselves, and never lose it", async () => {
    for (const file of ["root-key.json", "secrets.json"]) expect(statSync(at("acme", file)).mode & 0o777).toBe(0o600);
    for (const file of ["nats.conf", "bolt.login.json", "hub.json"])
      expect(statSync(at("hub", file)).mode & 0o777).toBe(0o600);
    const before = readFileSync(at("acme", "root-key.json"), "utf8");
    const again = await run("party", "init", "acme", "--mesh", "board", "--dir", at("acme"));
    expect([again.exit, again.refusal?.code]).toEqual([6, "PARTY_EXISTS"]);
    expect(readFileSync(at("acme", "root-key.json"), "utf8")).toBe(before);
    const { secret } = json(at("acme", "root-key.json"));
    const given = ["card.json", "party.json", "secrets.json"].map((file) => readFileSync(at("acme", file), "utf8"));
    expect(given.some((text) => text.includes(secret as string))).toBe(false);
  });

  it("read one card as the same eight words, from its file and from the agent", async () => {
    const served = await ask<object>("bolt", "/.well-known/quorate-party.json");
    const [filed, fetched] = [
      await run("party", "words", at("bolt", "card.json")),
      await run("party", "words", served),
    ];
    expect(filed.data).toEqual(fetched.data);
    expect((filed.data as { words: string }).words.split(" ")).toHaveLength(8);
  });

  it("refuse cards that do not hold together, of another mesh, or for a name that is taken", async () => {
    const card = json(at("bolt", "card.json"));
    const other = json(at("crux", "card.json"));
    const codes = async (changes: object) =>
      (await run("party", "add", at("acme"), { ...card, ...changes } as object)).refusal?.code;
    expect(await codes({ root: other.root })).toBe("CARD_INVALID");
    expect(await codes({ key: other.key })).toBe("CARD_INVALID");
    expect(await codes({ mesh: "elsewhere" })).toBe("CARD_INVALID");
    expect(await codes({ credentials: ["AAAA"] })).toBe("CARD_INVALID");
    expect(await codes({ name: "crux" })).toBe("CARD_UNFIT");
    await run("party", "init", "dune", "--mesh", "elsewhere", "--dir", at("dune"));
    expect((await run("party", "add", at("acme"), at("dune", "card.json"))).refusal?.code).toBe("CARD_UNFIT");
  });
});
