// `coalition sign`: an authority's own documents become a signed file that any mirror, courier or message may carry.
import { fromJson } from "../../shared/cbor/json.ts";
import { type CborMap, isCborMap } from "../../shared/cbor/value.ts";
import { type CoalitionType, coalitionContent } from "../../shared/coalition/signed.ts";
import { declarationDraft } from "../../shared/mesh/signed/draft.ts";
import { writeFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { authorFor } from "../../shared/observation/author.ts";
import { argument, inMicroseconds, instant, readJsonFile, required, usage, writeNamed } from "../files.ts";
import { readIdentity } from "../identity.ts";
import { type Command, EXIT, type Refused, refused, WITHHOLDS } from "../registry.ts";

export const coalitionSign: Command = {
  name: "coalition sign",
  usage: "coalition sign --identity (FILE | DIR) --number N --out FILE [--at TIME] [--dry-run] DOCUMENT …",
  about: "sign your authority's own policy, translators or revocations, numbered from N on",
  flags: {
    identity: { type: "string" },
    number: { type: "string" },
    out: { type: "string" },
    at: { type: "string" },
    "dry-run": WITHHOLDS,
  },
  example: "coalition sign --identity acme --number 1 --out pool/acme.json clauses.json",
  run: async (call) => {
    argument(call, 0, "DOCUMENT");
    const identity = readIdentity(required(call, "identity"));
    const first = Number(required(call, "number"));
    if (!Number.isSafeInteger(first) || first < 1) throw usage("--number takes a number from 1 on");
    const now = instant(call, "at") ?? Date.now() * 1_000;
    const author = authorFor(identity);
    const signed = call.args.map((path, index) => {
      const content = readContent(path);
      const number = first + index;
      const saying = { at: [now, now] as const, head: { sequence: number - 1, prev: null } };
      return author(declarationDraft(typeOf(content, path), coalitionContent(number, content), saying));
    });
    const file = writeFramesFile({ frames: signed.map(({ frame }) => frame), statements: [], mesh: identity.mesh });
    const out = required(call, "out");
    writeNamed(out, `${JSON.stringify(file)}\n`);
    const data = { out, signed: signed.map(({ id }, index) => ({ id, number: first + index })) };
    const rows = data.signed.map(({ id, number }) => `${String(number).padStart(4)}  ${id}`);
    return { exit: EXIT.yes, data, text: [...rows, out].join("\n") };
  },
};

function readContent(path: string): CborMap {
  const read = fromJson(inMicroseconds(readJsonFile(path)));
  if (read.ok && isCborMap(read.value)) return read.value;
  throw invalid(path);
}

function typeOf(content: CborMap, path: string): CoalitionType {
  if (content.has("revokes")) return "coalition-revocation";
  if (content.has("authority")) return "coalition-policy";
  if (content.has("from") && content.has("to")) return "coalition-translator";
  throw invalid(path);
}

function invalid(path: string): Refused {
  const need = "a policy (authority), a translator (from, to) or a revocation (revokes)";
  return refused("POOL_INVALID", { path, need });
}
