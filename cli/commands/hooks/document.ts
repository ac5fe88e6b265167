// `source lint|sign|add`: a source's document from a file to a running agent.
import { parseHex, toBase64 } from "../../../shared/bytes.ts";
import { signerFrom } from "../../../shared/cose/key.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { lintSource } from "../../../shared/source/lint.ts";
import { parseSource, signSource } from "../../../shared/source/statement.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, askJson } from "../../agent-client.ts";
import { argument, readJsonFile, readText, required, usage, writeNamed } from "../../files.ts";
import type { PartyDocument } from "../../party/document.ts";
import { pathIn } from "../../party/folder.ts";
import { type Answer, type Call, type Command, EXIT, Refused, WITHHOLDS } from "../../registry.ts";
import { shown } from "../../terminal.ts";
import { unwrap } from "../unwrap.ts";
import { type Source, sourceAt } from "./listed.ts";

const DOCUMENT = [
  "FILE          JSON: id, scheme, event; what it opens (pattern, policy or alias, and parties), or what it attests;",
  "              when, map, respond: expressions (CEL) over payload, event, delivery, digest and source (SPEC §26)",
] as const;

export const sourceLint: Command = {
  name: "source lint",
  usage: "source lint FILE",
  about: "all that is wrong with a webhook source's document (exit 5 where something is)",
  flags: {},
  input: DOCUMENT,
  example: "source lint cli/examples/source.json",
  run: async (call) => lint(readJsonFile(argument(call, 0, "FILE"))),
};

function lint(document: unknown): Answer {
  const findings = lintSource(document).map((fault) => ({ ...describeRefusal(fault), ...fault.detail }));
  const lines = findings.map(({ why }) => `✗ ${why}`);
  const isSound = findings.length === 0;
  const text = isSound ? "nothing is wrong with it" : lines.join("\n");
  return { exit: isSound ? EXIT.yes : EXIT.no, data: { sound: isSound, findings }, text };
}

export const sourceSign: Command = {
  name: "source sign",
  usage: "source sign FILE --dir DIR -f OUT [--dry-run]",
  about: "sign a source's document under the party's root key, for an agent that takes it with source add",
  flags: { dir: { type: "string" }, file: { type: "string", short: "f" }, "dry-run": WITHHOLDS },
  input: [...DOCUMENT, "--dir         the party's folder, which party init made"],
  example: "source sign cli/examples/source.json --dir acme -f source.cbor",
  run: async (call) => {
    const { frame, statement, id } = signed(call);
    const out = required(call, "file");
    writeNamed(out, `${toBase64(frame)}\n`);
    return {
      exit: EXIT.yes,
      data: { id, statement, file: out },
      text: `source ${id} signed as ${statement}\nwritten to ${out}`,
    };
  },
};

function signed(call: Call): { readonly frame: Uint8Array; readonly statement: string; readonly id: string } {
  const json = readText(argument(call, 0, "FILE"));
  const dir = required(call, "dir");
  const [finding] = lintSource(readJsonFile(call.args[0] as string, json));
  if (finding !== undefined) throw new Refused(finding, EXIT.no);
  const { mesh } = readJsonFile(pathIn(dir, "party")) as PartyDocument;
  const { secret } = readJsonFile(pathIn(dir, "root")) as { readonly secret: string };
  const key = parseHex(secret);
  if (key === null) throw usage(`${dir} is no party's folder`);
  const frame = signSource(json, mesh, Date.now() * 1_000, signerFrom(key));
  const { id, document } = unwrap(parseSource(frame));
  return { frame, statement: id, id: document.id };
}

type Added = { readonly id: string; readonly url: string; readonly statement: string; readonly secret: string | null };

export const sourceAdd: Command = {
  name: "source add",
  usage: `source add FILE --dir DIR [--secret SECRET] [--dry-run] ${AGENT_USAGE}`,
  about: "sign a source's document and put it in force at the agent; a later one takes an earlier one's place",
  flags: { dir: { type: "string" }, secret: { type: "string" }, "dry-run": { type: "boolean" }, ...AGENT_FLAGS },
  input: [
    ...DOCUMENT,
    "--dir         the party's folder, which party init made",
    "--secret      where the sender makes it (Stripe, Slack), or the sender's public key; else one is made, and shown this once",
    "--dry-run     signs it and tells what it would take the place of; the agent is handed nothing",
    ...AGENT_INPUT,
  ],
  example: "source add cli/examples/source.json --dir acme --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const { frame, id } = signed(call);
    if (call.flags["dry-run"] === true) return addition(id, await sourceAt(agent, id));
    const secret = typeof call.flags.secret === "string" ? call.flags.secret : null;
    const added = await askJson<Added>(agent, "/v1/sources", { body: { frame: toBase64(frame), secret } });
    const text = [
      `source ${shown(added.id)}   URL ${shown(added.url)}`,
      ...(added.secret === null
        ? []
        : [`       secret ${shown(added.secret)} (shown once; source rotate makes another)`]),
      `next: npm run -s quorate -- trigger ${shown(added.id)} ${agent.flags}`,
    ];
    return { exit: EXIT.yes, data: added, text: text.join("\n") };
  },
};

function addition(id: string, before: Source | null): Answer {
  const text =
    before === null
      ? `source ${shown(id)} would be added`
      : `source ${shown(id)} would take the place of the one that ${shown(before.does)} ${shown(before.of ?? "")}`;
  return { exit: EXIT.yes, data: { dryRun: true, id, replaces: before !== null }, text: text.trimEnd() };
}
