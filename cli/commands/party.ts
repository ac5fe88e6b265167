// `party init`, `party add` and `party words`: from nothing to an agent that can be deployed, and to partners it recognises.
import { isToken } from "../../shared/mesh/subject.ts";
import { wordsOf } from "../../shared/words.ts";
import { argument, readJsonFile, required, usage, writeNamed } from "../files.ts";
import type { PartyDocument } from "../party/document.ts";
import { type Accounts, createParty, pathIn, readCard, withPartners } from "../party/folder.ts";
import { type Call, type Command, EXIT } from "../registry.ts";
import { timeText } from "../times.ts";

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
    const card = createParty(dir, name, mesh, { notBefore, notAfter: notBefore + daysOf(call) * DAY });
    const data = { name, mesh, dir, card: pathIn(dir, "card"), root: card.root, words: wordsOf(card.root) };
    const text = [
      `${name} of ${mesh}, valid until ${timeText(notBefore + daysOf(call) * DAY)}`,
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
  usage: "party add [--yes] [--accounts FILE] DIR CARD …",
  about: "recognise partners by their cards; without --yes it shows whom, and changes nothing (exit 2)",
  flags: { yes: { type: "boolean" }, accounts: { type: "string" } },
  input: ["--accounts  the accounts.json of a NATS hub in operator mode"],
  example: "party add acme bolt/card.json crux/card.json",
  run: async (call) => {
    const dir = argument(call, 0, "DIR");
    argument(call, 1, "CARD");
    const cards = await Promise.all(call.args.slice(1).map(readCard));
    const before = readJsonFile(pathIn(dir, "party")) as PartyDocument;
    const { accounts } = call.flags;
    const document = withPartners(before, cards, typeof accounts === "string" ? readAccounts(accounts) : {});
    const known = new Set(before.partners.map(({ name }) => name));
    const added = cards.filter(({ name }) => name !== before.name && !known.has(name));
    const data = { added: added.map(({ name, root }) => ({ name, root, words: wordsOf(root) })), written: false };
    const rows = data.added.map(({ name, words }) => `${name.padEnd(12)} ${words}`);
    if (JSON.stringify(document) === JSON.stringify(before)) return { exit: EXIT.yes, data, text: "nothing changes" };
    if (call.flags.yes !== true) {
      const last = "compare the words with each partner over another road, then give --yes";
      return { exit: EXIT.changes, data, text: [...rows, last].join("\n") };
    }
    writeNamed(pathIn(dir, "party"), `${JSON.stringify(document)}\n`);
    return { exit: EXIT.yes, data: { ...data, written: true }, text: [...rows, "recognised"].join("\n") };
  },
};

function readAccounts(path: string): Accounts {
  const document = readJsonFile(path);
  const entries = typeof document === "object" && document !== null ? Object.entries(document) : [];
  const sound = entries.every(([name, account]) => isToken(name) && typeof account === "string" && isToken(account));
  if (entries.length === 0 || !sound)
    throw usage("--accounts takes the accounts.json that party nats --operator wrote");
  return Object.fromEntries(entries) as Accounts;
}

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

export function token(value: string, what: string): string {
  if (!isToken(value)) throw usage(`${what} takes 1 to 64 letters, digits, hyphens and underscores`);
  return value;
}

/** For how many days a credential is issued. */
export function daysOf(call: Call): number {
  const given = Number(call.flags.days ?? VALID_DAYS);
  if (!Number.isInteger(given) || given < 1 || given > 3_660) throw usage("--days takes a number from 1 to 3660");
  return given;
}
