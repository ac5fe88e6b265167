// A party's folder: the root key, which stays offline; what its agent is deployed with; and the card for its partners.
import { randomBytes } from "node:crypto";
import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Card, openCard, writeCard } from "../../shared/authority/card.ts";
import { toHex } from "../../shared/bytes.ts";
import { unwrap } from "../commands/unwrap.ts";
import { isWithheld, makeFolder, readJsonFile, unwritable, writeNamed } from "../files.ts";
import { refused } from "../registry.ts";
import { makeParty, type Validity } from "../stack/party.ts";
import { accountOf, makePartyDocument, type PartyDocument } from "./document.ts";
import { newSecret } from "./secret.ts";

const FILES = { root: "root-key.json", secrets: "secrets.json", party: "party.json", card: "card.json" } as const;

export function pathIn(dir: string, file: keyof typeof FILES): string {
  return join(dir, FILES[file]);
}

/** Makes keys, a credential of the agent's key by the root's, and the files. Nothing is ever overwritten. */
export function createParty(dir: string, name: string, mesh: string, validity: Validity): Card {
  makeFolder(dir);
  const taken = Object.keys(FILES).find((file) => existsSync(pathIn(dir, file as keyof typeof FILES)));
  if (taken !== undefined) throw refused("PARTY_EXISTS", { path: dir });
  const secrets = { root: randomBytes(32), agent: randomBytes(32) };
  const { root, identity } = makeParty(name, mesh, secrets, ["*"], validity);
  const { credentials, signer } = identity;
  const card: Card = { name, mesh, root: toHex(root.key), key: toHex(signer.key), credentials };
  const document = makePartyDocument(card, { roots: new Map([[card.root, name]]), partners: [] });
  const forAgent = {
    SIGNING_KEY: toHex(secrets.agent),
    API_KEY: newSecret(),
    HOOK_SECRETS: "{}",
  };
  writePrivate(pathIn(dir, "root"), { secret: toHex(secrets.root) });
  writePrivate(pathIn(dir, "secrets"), forAgent);
  writeNamed(pathIn(dir, "party"), `${JSON.stringify(document)}\n`);
  writeNamed(pathIn(dir, "card"), `${JSON.stringify(writeCard(card))}\n`);
  return card;
}

/** For the owner alone, and never over what is there. */
export function writePrivate(path: string, content: unknown): void {
  if (isWithheld(path)) return;
  const text = typeof content === "string" ? content : `${JSON.stringify(content, null, 1)}\n`;
  try {
    writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** For the owner alone, in place of what was there. */
export function replacePrivate(path: string, content: unknown): void {
  if (isWithheld(path)) return;
  const half = `${path}.${process.pid}.part`;
  rmSync(half, { force: true });
  writePrivate(half, content);
  renameSync(half, path);
}

export async function readCard(path: string): Promise<Card> {
  return unwrap(await openCard(readJsonFile(path)));
}

/** Accounts by the names of their parties, where a hub in operator mode gave them other names than their own. */
export type Accounts = Readonly<Record<string, string>>;

/** The party's document with partners added to it. A name stands for one root; a root has one name. */
export function withPartners(document: PartyDocument, cards: readonly Card[], accounts: Accounts = {}): PartyDocument {
  let { trust, partners } = document;
  for (const { name, mesh, root } of cards) {
    const unfit = (reason: string) => refused("CARD_UNFIT", { name, reason });
    if (mesh !== document.mesh) throw unfit(`it is of the mesh ${mesh}, and this party stands in ${document.mesh}`);
    const known = trust.roots.find(({ authority, key }) => authority === name || key === root);
    if (known !== undefined && (known.authority !== name || known.key !== root))
      throw unfit(`${known.authority} with the root ${known.key.slice(0, 12)}… is recognised already`);
    if (known !== undefined) continue;
    trust = { ...trust, roots: [...trust.roots, { authority: name, key: root }] };
    partners = [...partners, { name, account: accountOf(name) }];
  }
  const placed = partners.map(({ name, account }) => ({ name, account: accounts[name] ?? account }));
  return { ...document, trust, partners: placed };
}
