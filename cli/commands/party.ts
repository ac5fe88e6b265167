// `party init`, `party add`, `party words` and `party nats`: from nothing to an agent that can be deployed, and to partners it recognises.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { isToken } from "../../shared/mesh/subject.ts";
import { wordsOf } from "../../shared/words.ts";
import { argument, makeFolder, readJsonFile, required, usage, writeNamed } from "../files.ts";
import { accountOf, type PartyDocument } from "../party/document.ts";
import { createParty, pathIn, readCard, withPartners, writePrivate } from "../party/folder.ts";
import { type Call, type Command, EXIT } from "../registry.ts";
import { buildNatsConfig } from "../stack/nats-config.ts";

/** A day less than the longest that a ceremony may live, so that a key outlives nothing it opens by much. */
const VALID_DAYS = 397;
const DAY = 86_400_000_000;

export const partyInit: Command = {
  name: "party init",
  usage: "party init NAME --mesh MESH [--dir DIR] [--days N]",
  about: "keys, a credential and the files that an agent is deployed with; DIR is NAME unless told otherwise",
  flags: { mesh: { type: "string" }, dir: { type: "string" }, days: { type: "string" } },
  example: "party init acme --mesh release-board",
  run: async (call) => {
    const name = token(argument(call, 0, "NAME"), "NAME");
    const mesh = token(required(call, "mesh"), "--mesh");
    const dir = typeof call.flags.dir === "string" ? call.flags.dir : name;
    const notBefore = Date.now() * 1_000 - DAY / 24;
    const card = createParty(dir, name, mesh, { notBefore, notAfter: notBefore + days(call) * DAY });
    const data = { name, mesh, dir, card: pathIn(dir, "card"), root: card.root, words: wordsOf(card.root) };
    const text = [
      `${name} of ${mesh}, valid until ${new Date((notBefore + days(call) * DAY) / 1_000).toISOString().slice(0, 10)}`,
      `words      ${data.words}`,
      `partners   send them ${data.card}, and read them the words over another road`,
      `agent      ${pathIn(dir, "party")} is its PARTY; ${pathIn(dir, "secrets")} holds its secrets`,
      `offline    ${pathIn(dir, "root")}: whoever has it speaks for ${name}; keep it off every server`,
      `next       npm run -s quorate -- party add ${dir} CARD …`,
    ];
    return { exit: EXIT.yes, data, text: text.join("\n") };
  },
};

export const partyAdd: Command = {
  name: "party add",
  usage: "party add [--yes] DIR CARD …",
  about: "recognise partners by their cards; without --yes it shows whom, and changes nothing (exit 2)",
  flags: { yes: { type: "boolean" } },
  example: "party add acme bolt/card.json crux/card.json",
  run: async (call) => {
    const dir = argument(call, 0, "DIR");
    argument(call, 1, "CARD");
    const cards = await Promise.all(call.args.slice(1).map(readCard));
    const before = readJsonFile(pathIn(dir, "party")) as PartyDocument;
    const document = withPartners(before, cards);
    const known = new Set(before.partners.map(({ name }) => name));
    const added = cards.filter(({ name }) => name !== before.name && !known.has(name));
    const data = { added: added.map(({ name, root }) => ({ name, root, words: wordsOf(root) })), written: false };
    const rows = data.added.map(({ name, words }) => `${name.padEnd(12)} ${words}`);
    if (added.length === 0) return { exit: EXIT.yes, data, text: "nothing changes" };
    if (call.flags.yes !== true) {
      const last = "compare the words with each partner over another road, then give --yes";
      return { exit: EXIT.changes, data, text: [...rows, last].join("\n") };
    }
    writeNamed(pathIn(dir, "party"), `${JSON.stringify(document)}\n`);
    return { exit: EXIT.yes, data: { ...data, written: true }, text: [...rows, "recognised"].join("\n") };
  },
};

export const partyWords: Command = {
  name: "party words",
  usage: "party words CARD",
  about: "the eight words of a card's root, to be compared over another road",
  flags: {},
  example: "party words bolt/card.json",
  run: async (call) => {
    const { name, mesh, root } = await readCard(argument(call, 0, "CARD"));
    const words = wordsOf(root);
    return { exit: EXIT.yes, data: { name, mesh, root, words }, text: words };
  },
};

export const partyNats: Command = {
  name: "party nats",
  usage: "party nats --dir DIR --url URL [--port P] [--websocket-port P] NAME NAME …",
  about: "a configuration for nats-server with one account for each party, and each party's login",
  flags: {
    dir: { type: "string" },
    url: { type: "string" },
    port: { type: "string" },
    "websocket-port": { type: "string" },
  },
  example: "party nats --dir hub --url wss://nats.example.org acme bolt crux",
  run: async (call) => {
    const names = call.args.map((name) => token(name, "NAME"));
    if (names.length < 2 || new Set(names.map(accountOf)).size < names.length)
      throw usage("two or more different names are needed");
    const dir = makeFolder(required(call, "dir"));
    const url = required(call, "url");
    const users = names.map((name) => ({
      name,
      account: accountOf(name),
      user: name,
      password: randomBytes(18).toString("base64url"),
    }));
    const ports = { client: port(call, "port", 4222), websocket: port(call, "websocket-port", 8080) };
    const config = join(dir, "nats.conf");
    writePrivate(config, buildNatsConfig(users, ports, join(dir, "store")));
    const logins = users.map(({ name, user, password }) => {
      const path = join(dir, `${name}.login.json`);
      writePrivate(path, { NATS_URL: url, NATS_USER: user, NATS_PASSWORD: password });
      return path;
    });
    const text = [
      `config   ${config}`,
      ...logins.map((path) => `login    ${path}`),
      `start    nats-server -c ${config}`,
    ];
    return { exit: EXIT.yes, data: { config, logins }, text: text.join("\n") };
  },
};

function token(value: string, what: string): string {
  if (!isToken(value)) throw usage(`${what} takes 1 to 64 letters, digits, hyphens and underscores`);
  return value;
}

function days(call: Call): number {
  const given = Number(call.flags.days ?? VALID_DAYS);
  if (!Number.isInteger(given) || given < 1 || given > 3_660) throw usage("--days takes a number from 1 to 3660");
  return given;
}

function port(call: Call, flag: string, standard: number): number {
  const given = Number(call.flags[flag] ?? standard);
  if (!Number.isInteger(given) || given < 1 || given > 65_535) throw usage(`--${flag} takes a port`);
  return given;
}
