// `party rotate`: a new key for the agent under the same root, beside the one before it. Partners need do nothing: they recognise the root, and
// every statement carries its own chain. The old credential stays good until it ends, or is withdrawn once the new key is in use.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Card, writeCard } from "../../shared/authority/card.ts";
import { parseCredential } from "../../shared/authority/credential.ts";
import { parseBase64, parseHex, toBase64, toHex } from "../../shared/bytes.ts";
import { argument, readJsonFile, usage, writeNamed } from "../files.ts";
import type { PartyDocument } from "../party/document.ts";
import { pathIn, replacePrivate, writePrivate } from "../party/folder.ts";
import { type Command, EXIT, WITHHOLDS } from "../registry.ts";
import { makeParty } from "../stack/party.ts";
import { timeText } from "../times.ts";
import { daysOf } from "./party.ts";
import { unwrap } from "./unwrap.ts";

const DAY = 86_400_000_000;

export const partyRotate: Command = {
  name: "party rotate",
  usage: "party rotate DIR [--days N] [--dry-run]",
  about:
    "a new key for the agent beside the one that it has, under the same root; deploy the new PARTY and secrets afterwards",
  flags: { days: { type: "string" }, "dry-run": WITHHOLDS },
  input: [
    "let ceremonies that run end first where you can: one that goes on under the new key needs it to speak again before it is exported",
  ],
  example: "party rotate acme",
  run: async (call) => {
    const dir = argument(call, 0, "DIR");
    const document = readJsonFile(pathIn(dir, "party")) as PartyDocument;
    const secrets = readJsonFile(pathIn(dir, "secrets")) as Readonly<Record<string, string>>;
    const root = parseHex((readJsonFile(pathIn(dir, "root")) as { readonly secret: string }).secret);
    const [before = ""] = document.credentials;
    const old = parseBase64(before);
    if (root === null || old === null) throw usage(`${dir} is no party's folder`);
    const retired = unwrap(parseCredential(old));
    const notBefore = Date.now() * 1_000 - DAY / 24;
    const validity = { notBefore, notAfter: notBefore + daysOf(call) * DAY };
    const agent = new Uint8Array(randomBytes(32));
    const { name, mesh } = document;
    const made = makeParty(name, mesh, { root, agent }, retired.grant.roles, validity);
    const { credentials, signer } = made.identity;
    const card: Card = { name, mesh, root: toHex(made.root.key), key: toHex(signer.key), credentials };
    const kept = join(dir, `retired-${retired.id.slice(0, 8)}.json`);
    writePrivate(kept, { credential: before });
    // A device is enrolled for one key: `party device` begins anew.
    const { deviceLinks: _, ...rest } = document;
    replacePrivate(pathIn(dir, "secrets"), { ...secrets, SIGNING_KEY: toHex(agent) });
    writeNamed(pathIn(dir, "party"), `${JSON.stringify({ ...rest, credentials: credentials.map(toBase64) })}\n`);
    writeNamed(pathIn(dir, "card"), `${JSON.stringify(writeCard(card))}\n`);
    const until = new Date(retired.grant.not_after / 1_000).toISOString();
    const text = [
      `${name} has the new key ${card.key.slice(0, 12)}…; the one before it stays good until ${timeText(retired.grant.not_after)}`,
      "next       npm run deploy, and party device where partners ask for continuity",
      `then       party revoke ${dir} --credential ${kept}`,
    ];
    const data = { key: card.key, retired: { credential: retired.id, until, file: kept } };
    return { exit: EXIT.yes, data, text: text.join("\n") };
  },
};
