// `party nats`: what whoever runs the NATS server writes for it and hands to each party: passwords in a file, or tokens in operator mode.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { argument, instant, makeFolder, readJsonFile, required, usage, writeNamed } from "../files.ts";
import { accountOfParty, type Hub, hubConfig, newHub, withLogin, withParties, withRevoked } from "../nats/hub.ts";
import { accountOf } from "../party/document.ts";
import { replacePrivate, writePrivate } from "../party/folder.ts";
import { newSecret } from "../party/secret.ts";
import { type Answer, type Call, type Command, EXIT, refused } from "../registry.ts";
import { buildNatsConfig, type NatsPorts } from "../stack/nats-config.ts";
import { token } from "./party.ts";

/** A login is renewed beside the one before it, so that it may live long without being lost. */
const LOGIN_DAYS = 90;
const DAY = 86_400;

export const partyNats: Command = {
  name: "party nats",
  usage: "party nats [--operator] --dir DIR --url URL [--port P] [--websocket-port P] [--days N] NAME NAME …",
  about: "a configuration for nats-server with one account for each party, and each party's login",
  flags: {
    operator: { type: "boolean" },
    dir: { type: "string" },
    url: { type: "string" },
    port: { type: "string" },
    "websocket-port": { type: "string" },
    days: { type: "string" },
  },
  input: [
    "--operator  tokens instead of passwords: logins that expire, may be renewed beside one another and withdrawn one by one",
    "            (party nats renew, party nats revoke); partners are then added with --accounts DIR/accounts.json",
    `--days      how long a login lives in operator mode: ${LOGIN_DAYS} unless told otherwise`,
  ],
  example: "party nats --dir hub --url wss://nats.example.org acme bolt crux",
  run: async (call) => {
    const names = call.args.map((name) => token(name, "NAME"));
    if (names.length < 2 || new Set(names.map(accountOf)).size < names.length)
      throw usage("two or more different names are needed");
    const dir = makeFolder(required(call, "dir"));
    const url = required(call, "url");
    const ports = { client: port(call, "port", 4222), websocket: port(call, "websocket-port", 8080) };
    return call.flags.operator === true ? byTokens(call, dir, url, ports, names) : byPasswords(dir, url, ports, names);
  },
};

function byPasswords(dir: string, url: string, ports: NatsPorts, names: readonly string[]): Answer {
  const users = names.map((name) => ({
    name,
    account: accountOf(name),
    user: name,
    password: newSecret(),
  }));
  const config = join(dir, "nats.conf");
  writePrivate(config, buildNatsConfig(users, ports, join(dir, "store")));
  const logins = users.map(({ name, user, password }) => {
    const path = loginOf(dir, name);
    writePrivate(path, { NATS_URL: url, NATS_USER: user, NATS_PASSWORD: password });
    return path;
  });
  return written({ config, logins }, `nats-server -c ${config}`);
}

function byTokens(call: Call, dir: string, url: string, ports: NatsPorts, names: readonly string[]): Answer {
  const now = seconds();
  const lives = days(call);
  let hub = withParties(newHub(url, ports, join(dir, "store"), now, random), names, now, random);
  writePrivate(hubOf(dir), hub);
  const logins = names.map((name) => {
    const made = withLogin(hub, name, { issuedAt: now, expires: now + lives * DAY }, random);
    hub = made.hub;
    writePrivate(loginOf(dir, name), { NATS_URL: url, NATS_CREDS: made.login });
    return loginOf(dir, name);
  });
  const accounts = join(dir, "accounts.json");
  const named = hub.parties.map((party) => [party.name, accountOfParty(party)]);
  writeNamed(accounts, `${JSON.stringify(Object.fromEntries(named), null, 1)}\n`);
  const config = keep(dir, hub);
  return written({ config, logins, accounts, hub: hubOf(dir) }, `nats-server -c ${config}`);
}

export const partyNatsRenew: Command = {
  name: "party nats renew",
  usage: "party nats renew NAME --dir DIR [--days N]",
  about:
    "a new login for a party of a hub in operator mode, beside the one that it has, which stays good until it ends",
  flags: { dir: { type: "string" }, days: { type: "string" } },
  example: "party nats renew acme --dir hub",
  run: async (call) => {
    const dir = required(call, "dir");
    const name = token(argument(call, 0, "NAME"), "NAME");
    const before = hubWith(dir, name);
    const now = seconds();
    const expires = now + days(call) * DAY;
    const { hub, login } = withLogin(before, name, { issuedAt: now, expires }, random);
    keep(dir, hub);
    const path = join(dir, `${name}.login.${now}.json`);
    writePrivate(path, { NATS_URL: hub.url, NATS_CREDS: login });
    const data = { login: path, expires: new Date(expires * 1_000).toISOString() };
    const last = `then, once it is in use: party nats revoke ${name} --dir ${dir} --before ${new Date(now * 1_000).toISOString()}`;
    return { exit: EXIT.yes, data, text: [`login    ${path}`, `until    ${data.expires}`, last].join("\n") };
  },
};

export const partyNatsRevoke: Command = {
  name: "party nats revoke",
  usage: "party nats revoke NAME --dir DIR [--before TIME]",
  about:
    "withdraw a party's logins of a hub in operator mode, those issued before TIME (now): they are cut off, and never return",
  flags: { dir: { type: "string" }, before: { type: "string" } },
  input: ["the server takes it without a stop: nats-server --signal reload"],
  example: "party nats revoke acme --dir hub",
  run: async (call) => {
    const dir = required(call, "dir");
    const name = token(argument(call, 0, "NAME"), "NAME");
    const now = seconds();
    const { hub, users } = withRevoked(hubWith(dir, name), name, instantSeconds(call) ?? now + 1);
    const config = keep(dir, hub);
    const text = [
      `withdrawn  ${users.length === 0 ? "none: no login is older" : users.join(" ")}`,
      `config     ${config}`,
      "next       nats-server --signal reload",
    ];
    return { exit: EXIT.yes, data: { withdrawn: users, config }, text: text.join("\n") };
  },
};

const random = () => new Uint8Array(randomBytes(32));
const seconds = () => Math.floor(Date.now() / 1_000);
const hubOf = (dir: string) => join(dir, "hub.json");
const loginOf = (dir: string, name: string) => join(dir, `${name}.login.json`);

function hubWith(dir: string, name: string): Hub {
  if (!existsSync(hubOf(dir))) throw usage("--dir is the folder that party nats --operator wrote");
  const hub = readJsonFile(hubOf(dir)) as Hub;
  if (hub.parties.some((party) => party.name === name)) return hub;
  throw refused("NOT_FOUND", { thing: `party ${name} in ${hubOf(dir)}` });
}

/** The hub's keys, and the configuration that follows from them. */
function keep(dir: string, hub: Hub): string {
  const config = join(dir, "nats.conf");
  replacePrivate(hubOf(dir), hub);
  replacePrivate(config, hubConfig(hub));
  return config;
}

function written(
  data: {
    readonly config: string;
    readonly logins: readonly string[];
    readonly accounts?: string;
    readonly hub?: string;
  },
  start: string,
): Answer {
  const text = [
    `config   ${data.config}`,
    ...data.logins.map((path) => `login    ${path}`),
    ...(data.accounts === undefined ? [] : [`accounts ${data.accounts}, for the parties: party add … --accounts`]),
    ...(data.hub === undefined ? [] : [`keys     ${data.hub}: whoever has it may open the hub to anyone`]),
    `start    ${start}`,
  ];
  return { exit: EXIT.yes, data, text: text.join("\n") };
}

function days(call: Call): number {
  const given = Number(call.flags.days ?? LOGIN_DAYS);
  if (!Number.isInteger(given) || given < 1 || given > 3_660) throw usage("--days takes a number from 1 to 3660");
  return given;
}

function instantSeconds(call: Call): number | null {
  const at = instant(call, "before");
  return at === null ? null : Math.floor(at / 1_000_000);
}

function port(call: Call, flag: string, standard: number): number {
  const given = Number(call.flags[flag] ?? standard);
  if (!Number.isInteger(given) || given < 1 || given > 65_535) throw usage(`--${flag} takes a port`);
  return given;
}
