// Keys and tokens of a hub in operator mode, as a real nats-server takes them: who reaches whom under which name, what a login may not do,
// its expiry, and its withdrawal while it is connected.
import { setTimeout as sleep } from "node:timers/promises";
import { connect, credsAuthenticator, type NatsConnection, nkeys } from "nats.ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  accountOfParty,
  type Hub,
  hubConfig,
  newHub,
  withLogin,
  withParties,
  withRevoked,
} from "../../cli/nats/hub.ts";
import { accountJwt, activationJwt } from "../../cli/nats/jwt.ts";
import { base32, checksum, type Nkey, nkeyFrom } from "../../cli/nats/nkey.ts";
import { type NatsServer, pickPorts, startNatsServer } from "../../cli/stack/nats-server.ts";
import { parseHex } from "../../shared/bytes.ts";
import { sha256 } from "../../shared/hash.ts";
import { scratchFolder } from "../support/scratch.ts";

const utf8 = new TextEncoder();
let drawn = 0;
const random = () => sha256(utf8.encode(`drawn ${drawn++}`));
const now = Math.floor(Date.now() / 1_000);
const DAY = 86_400;

describe("nkeys", () => {
  it("are spelt as NATS' own library spells them, and sign what it verifies", () => {
    for (const owner of ["operator", "account", "user"] as const) {
      const { id, seed, sign } = nkeyFrom(owner, random());
      const theirs = nkeys.fromSeed(utf8.encode(seed));
      expect(theirs.getPublicKey()).toBe(id);
      expect(id[0]).toBe({ operator: "O", account: "A", user: "U" }[owner]);
      const message = utf8.encode("what is signed");
      expect(nkeys.fromPublic(id).verify(message, sign(message))).toBe(true);
      expect(nkeys.fromPublic(id).verify(utf8.encode("another"), sign(message))).toBe(false);
    }
  });

  it("rest on the published checksum and alphabet", () => {
    expect(checksum(utf8.encode("123456789"))).toBe(0x31c3);
    const vectors = {
      "": "",
      f: "MY",
      fo: "MZXQ",
      foo: "MZXW6",
      foob: "MZXW6YQ",
      fooba: "MZXW6YTB",
      foobar: "MZXW6YTBOI",
    };
    for (const [text, spelt] of Object.entries(vectors)) expect(base32(utf8.encode(text))).toBe(spelt);
  });
});

describe("a hub in operator mode", () => {
  const { dir, remove } = scratchFolder("operator");
  const open: NatsConnection[] = [];
  const logins = new Map<string, string>();
  let hub: Hub;
  let server: NatsServer;
  const accountNamed = (name: string) => accountOfParty(hub.parties.filter((party) => party.name === name)[0] as never);

  /** A connection, and what the server complains of on it. */
  async function dial(login: string): Promise<{ connection: NatsConnection; complaints: string[] }> {
    const authenticator = credsAuthenticator(utf8.encode(login));
    const connection = await connect({ servers: server.wsUrl, authenticator, reconnect: false, timeout: 3_000 });
    open.push(connection);
    const complaints: string[] = [];
    void (async () => {
      for await (const { type, data } of connection.status()) if (type === "error") complaints.push(String(data));
    })();
    return { connection, complaints };
  }
  const as = (name: string) => dial(logins.get(name) as string);

  beforeAll(async () => {
    const ports = await pickPorts();
    hub = withParties(
      newHub("wss://hub.example", ports, `${dir}/store`, now, random),
      ["acme", "bolt", "crux"],
      now,
      random,
    );
    for (const name of ["acme", "bolt", "crux"]) {
      const made = withLogin(hub, name, { issuedAt: now, expires: now + DAY }, random);
      hub = made.hub;
      logins.set(name, made.login);
    }
    server = await startNatsServer({ dir, config: hubConfig(hub), ports });
  });

  afterAll(async () => {
    await Promise.all(open.map((connection) => connection.close().catch(() => undefined)));
    await server?.kill();
    remove();
  });

  it("brings a party's word into another's stream under the sender's own account, with a receipt", async () => {
    const { connection: acme } = await as("acme");
    const { connection: bolt } = await as("bolt");
    const manager = await bolt.jetstreamManager();
    await manager.streams.add({ name: "INBOX", subjects: ["inbox.>"] });
    const receipt = await acme.request("to.bolt.ceremony", utf8.encode("hello"), { timeout: 3_000 });
    expect(receipt.json()).toMatchObject({ stream: "INBOX", seq: 1 });
    const kept = await manager.streams.getMessage("INBOX", { seq: 1 });
    expect([kept.subject, kept.string()]).toEqual([`inbox.${accountNamed("acme")}.ceremony`, "hello"]);
  });

  it("lets nobody speak as another, listen to another, or leave its own subjects", async () => {
    const { connection: crux, complaints } = await as("crux");
    crux.publish(`inbox.${accountNamed("acme")}.forged`, utf8.encode("as acme"));
    crux.publish("anything", utf8.encode("else"));
    crux.subscribe("inbox.>", { callback: () => undefined });
    await crux.flush();
    for (let left = 50; complaints.length < 3 && left > 0; left -= 1) await sleep(20);
    expect(complaints.filter((complaint) => /PERMISSIONS_VIOLATION/i.test(complaint)).length).toBe(3);
    const { connection: bolt } = await as("bolt");
    expect((await (await bolt.jetstreamManager()).streams.info("INBOX")).state.messages).toBe(1);
  });

  it("has a road for another account only where the exporter itself allowed it", async () => {
    const keyOf = (owner: "operator" | "account", secret: string) => nkeyFrom(owner, parseHex(secret) as Uint8Array);
    const made = withLogin(
      withParties(hub, ["dune"], now, random),
      "dune",
      { issuedAt: now, expires: now + DAY },
      random,
    );
    const [, bolt, , dune] = made.hub.parties.map(({ secret }) => keyOf("account", secret)) as [Nkey, Nkey, Nkey, Nkey];
    const answerTo = async (signer: Nkey) => {
      const subject = `inbox.${dune.id}.>`;
      const terms = { name: "dune", issuedAt: now };
      const activation = activationJwt(signer, dune.id, subject, terms);
      const imports = [{ account: bolt.id, subject, local: "to.bolt.>", activation }];
      const plan = { exports: [], imports, fileBytes: 0, payloadBytes: 1_024, revocations: {} };
      const token = accountJwt(keyOf("operator", hub.operator), dune.id, plan, terms);
      const preload = "resolver_preload: {";
      await server.reload(hubConfig(hub).replace(preload, `${preload}\n  ${dune.id}: ${token}`));
      const answer = dial(made.login).then(({ connection }) =>
        connection.request("to.bolt.ceremony", utf8.encode("hello"), { timeout: 1_000 }),
      );
      return answer.then(
        (receipt) => receipt.json<{ stream: string }>().stream,
        (error: Error) => error.message,
      );
    };
    // With a permission of its own making the server takes the whole account for forged.
    expect(await answerTo(dune)).toContain("Authorization Violation");
    expect(await answerTo(bolt)).toBe("INBOX");
  });

  it("takes no login that has expired, or that another account signed", async () => {
    const old = withLogin(hub, "acme", { issuedAt: now - 2 * DAY, expires: now - DAY }, random);
    await expect(dial(old.login)).rejects.toThrow(/Authorization Violation/);
    const stranger = withParties(newHub("", hub.ports, dir, now, random), ["acme"], now, random);
    const forged = withLogin(stranger, "acme", { issuedAt: now, expires: now + DAY }, random);
    await expect(dial(forged.login)).rejects.toThrow(/Authorization Violation/);
  });

  it("cuts a withdrawn login off while it is connected, for good, and leaves the new one", async () => {
    const { connection: before } = await as("bolt");
    const renewed = withLogin(hub, "bolt", { issuedAt: now + 1, expires: now + DAY }, random);
    const { hub: after, users } = withRevoked(renewed.hub, "bolt", now + 1);
    expect(users).toHaveLength(1);
    const closed = before.closed();
    await server.reload(hubConfig(after));
    await closed;
    await expect(as("bolt")).rejects.toThrow(/Authorization Violation/);
    const { connection: bolt } = await dial(renewed.login);
    expect((await (await bolt.jetstreamManager()).streams.info("INBOX")).state.messages).toBe(2);
    await server.restart();
    await expect(as("bolt")).rejects.toThrow(/Authorization Violation/);
  });
});
