// `mesh check` against a real nats-server: all well, a partner that is not there, permissions that lack a direction, a login that is none.
import { mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { connect, credsAuthenticator } from "nats.ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Hub, hubConfig, newHub, withLogin, withParties } from "../../cli/nats/hub.ts";
import { type NatsServer, pickPorts, startNatsServer } from "../../cli/stack/nats-server.ts";
import { ensureStreams } from "../../durable/nats-streams.ts";
import { sha256 } from "../../shared/hash.ts";
import { run } from "../support/command.ts";
import { scratchFolder } from "../support/scratch.ts";

const utf8 = new TextEncoder();
let drawn = 0;
const random = () => sha256(utf8.encode(`drawn ${drawn++}`));
const now = Math.floor(Date.now() / 1_000);
const lives = { issuedAt: now, expires: now + 3_600 };
const { dir, remove } = scratchFolder("mesh-check");
const at = (...parts: readonly string[]) => join(dir, ...parts);
let hub: Hub;
let server: NatsServer;
let partner: Server;

/** The login of acme, with permissions of a link unless others are given, as its file. */
function loginOf(name: string, permissions?: Parameters<typeof withLogin>[4]): object {
  const { login } = withLogin(hub, name, lives, random, permissions);
  return { NATS_URL: server.wsUrl, NATS_CREDS: login };
}

/** Makes the streams that an agent makes when it first starts. */
async function agentStarted(name: string): Promise<void> {
  const { login } = withLogin(hub, name, lives, random);
  const connection = await connect({ servers: server.wsUrl, authenticator: credsAuthenticator(utf8.encode(login)) });
  await ensureStreams(await connection.jetstreamManager(), { stream: "INBOX", durable: "agent", journal: "OWN" });
  await connection.close();
}

beforeAll(async () => {
  for (const name of ["acme", "bolt", "crux"]) await run("party", "init", name, "--mesh", "board", "--dir", at(name));
  await run("party", "add", "--yes", at("acme"), at("bolt", "card.json"), at("crux", "card.json"));
  const ports = await pickPorts();
  hub = withParties(newHub("", ports, at("store"), now, random), ["acme", "bolt", "crux"], now, random);
  mkdirSync(at("server"));
  server = await startNatsServer({ dir: at("server"), config: hubConfig(hub), ports });
  for (const name of ["acme", "bolt"]) await agentStarted(name);
  const card = readFileSync(at("bolt", "card.json"), "utf8");
  partner = createServer((_, answer) =>
    answer.setHeader("date", new Date(Date.now() + 90_000).toUTCString()).end(card),
  );
  await new Promise<void>((resolve) => partner.listen(0, "127.0.0.1", resolve));
});

afterAll(async () => {
  await new Promise((resolve) => partner.close(resolve));
  await server.kill();
  remove();
});

type Sided = { readonly ok: boolean | null; readonly refusal: { readonly code: string; readonly what: string } | null };
type Row = { partner: string; publish: Sided; receive: Sided; clockSeconds: number | null; rootFits: boolean | null };
const rowsOf = (data: unknown) => (data as { readonly partners: readonly Row[] }).partners;

describe("mesh check", () => {
  it("tells a partner that is reached from one whose agent never started, and leaves nothing in any inbox", async () => {
    const checked = await run("mesh", "check", at("acme"), "--login", loginOf("acme"));
    const [bolt, crux] = rowsOf(checked.data) as [Row, Row];
    expect([checked.exit, bolt.publish.ok, bolt.receive.ok]).toEqual([5, true, true]);
    expect([crux.publish.ok, crux.publish.refusal?.code]).toEqual([false, "BUS_NO_LISTENER"]);
    await agentStarted("crux");
    const again = await run("mesh", "check", at("acme"), "--login", loginOf("acme"));
    expect([again.exit, again.data]).toMatchObject([0, { ok: true, waiting: 0 }]);
    const { login } = withLogin(hub, "bolt", lives, random);
    const connection = await connect({ servers: server.wsUrl, authenticator: credsAuthenticator(utf8.encode(login)) });
    const { state } = await (await connection.jetstreamManager()).streams.info("INBOX");
    await connection.close();
    expect(state.messages).toBe(0);
  });

  it.each([
    ["publish", "to.bolt.board.probe", { publish: ["$JS.API.>"], subscribe: ["_INBOX.>"] }],
    ["receive", "_INBOX.", { publish: ["to.>", "$JS.API.>"], subscribe: ["nothing"] }],
  ])("names the subject on which a login may not %s", async (direction, subject, permissions) => {
    const { exit, data } = await run("mesh", "check", at("acme"), "--login", loginOf("acme", permissions));
    const [bolt] = rowsOf(data) as [Row];
    expect([exit, bolt.publish.refusal?.code]).toEqual([5, "BUS_PERMISSION_DENIED"]);
    expect(bolt.publish.refusal?.what).toContain(`may not ${direction} on ${subject}`);
  });

  const LINK = { publish: ["to.>", "own.>", "$JS.API.>", "$JS.ACK.>"], subscribe: ["_INBOX.>"] };
  it.each([
    ["own.>", "own.probe"],
    ["$JS.ACK.>", "$JS.ACK.INBOX.agent."],
    ["$JS.API.>", "$JS.API.CONSUMER.INFO.INBOX.agent"],
  ])(
    "says so where a login lacks %s, without which an agent loses what it was sent, or its own numbers",
    async (lacking, subject) => {
      const permissions = { ...LINK, publish: LINK.publish.filter((each) => each !== lacking) };
      const { exit, data } = await run("mesh", "check", at("acme"), "--login", loginOf("acme", permissions));
      const [{ publish, receive }] = rowsOf(data) as [Row];
      expect([exit, publish.ok, receive.refusal?.code]).toEqual([5, true, "BUS_PERMISSION_DENIED"]);
      expect(receive.refusal?.what).toContain(`may not publish on ${subject}`);
    },
  );

  const VERBS = [
    ...["STREAM.CREATE.OWN", "STREAM.INFO.OWN", "STREAM.MSG.GET.OWN"],
    ...["CONSUMER.INFO.INBOX.agent", "CONSUMER.MSG.NEXT.INBOX.agent", "CONSUMER.DURABLE.CREATE.INBOX.agent"],
  ];
  it.each(VERBS)("says so where a login may use the API but for %s", async (verb) => {
    const api = VERBS.filter((each) => each !== verb).map((each) => `$JS.API.${each}`);
    const permissions = { ...LINK, publish: ["to.>", "own.>", "$JS.ACK.>", ...api] };
    const { exit, data } = await run("mesh", "check", at("acme"), "--login", loginOf("acme", permissions));
    const [{ receive }] = rowsOf(data) as [Row];
    expect([exit, receive.refusal?.what]).toEqual([5, expect.stringContaining(`publish on $JS.API.${verb}`)]);
  });

  it("tells a login that is refused from a server that is not there", async () => {
    const login = loginOf("acme") as { NATS_URL: string; NATS_CREDS: string };
    const other = withParties(newHub("", hub.ports, dir, now, random), ["acme"], now, random);
    const forged = { ...login, NATS_CREDS: withLogin(other, "acme", lives, random).login };
    const refused = await run("mesh", "check", at("acme"), "--login", forged);
    expect([refused.exit, refused.refusal?.code, refused.refusal?.why]).toMatchObject([
      4,
      "BUS_LOGIN_REFUSED",
      "the server says: Authorization Violation",
    ]);
    const away = await run("mesh", "check", at("acme"), "--login", { ...login, NATS_URL: "ws://127.0.0.1:2" });
    expect([away.exit, away.refusal?.code]).toEqual([9, "UNREACHABLE"]);
    expect(away.refusal?.why).toContain("ECONNREFUSED"); // which the WebSocket itself does not say
  });

  it("says how far a partner's clock is, and whether it shows the root by which it is known", async () => {
    const url = `http://127.0.0.1:${(partner.address() as AddressInfo).port}`;
    const ask = async (name: string) =>
      rowsOf((await run("mesh", "check", at("acme"), "--login", loginOf("acme"), "--agent", `${name}=${url}`)).data);
    const [bolt] = (await ask("bolt")) as [Row];
    expect([Math.abs((bolt.clockSeconds ?? 0) - 90) <= 2, bolt.rootFits]).toEqual([true, true]);
    const [, crux] = (await ask("crux")) as [Row, Row];
    expect(crux.rootFits).toBe(false);
    const stranger = await run("mesh", "check", at("acme"), "--login", loginOf("acme"), "--agent", `nobody=${url}`);
    expect(stranger.refusal?.code).toBe("USAGE");
  });
});
