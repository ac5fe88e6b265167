// `party revoke`: the root withdraws the credential of its agent's key, such as when that was stolen. The file is for the party's own agent or, where
// that is the one that was taken, for any partner's: whoever signed it counts, and not who hands it in.
import { join } from "node:path";
import { parseCredential } from "../../shared/authority/credential.ts";
import { issueStatement, reopenRevocation } from "../../shared/authority/statement.ts";
import { parseBase64, parseHex, toBase64, toHex } from "../../shared/bytes.ts";
import { signerFrom } from "../../shared/cose/key.ts";
import { argument, instant, readJsonFile, usage, writeNamed } from "../files.ts";
import type { PartyDocument } from "../party/document.ts";
import { pathIn } from "../party/folder.ts";
import { type Call, type Command, EXIT, WITHHOLDS } from "../registry.ts";
import { timeText } from "../times.ts";
import { unwrap } from "./unwrap.ts";

export const partyRevoke: Command = {
  name: "party revoke",
  usage: "party revoke DIR [--credential FILE] [--from TIME] [--keep ID]… [--reason TEXT] [--dry-run]",
  about: "withdraw the credential of the agent's key, from an instant on (now unless told otherwise)",
  input: [
    "--credential FILE: one that party rotate retired, and not the one in use",
    "--keep ID: a statement of the agent that was sound; it and what it builds on stand though they are dated before",
    "then: revocation announce FILE at the agent of the party, or of any partner",
  ],
  flags: {
    credential: { type: "string" },
    from: { type: "string" },
    keep: { type: "string", multiple: true },
    reason: { type: "string" },
    "dry-run": WITHHOLDS,
  },
  example: "party revoke acme --reason 'the laptop was stolen'",
  run: async (call) => {
    const dir = argument(call, 0, "DIR");
    const document = readJsonFile(pathIn(dir, "party")) as PartyDocument;
    const { secret } = readJsonFile(pathIn(dir, "root")) as { readonly secret: string };
    const { credential: retired } = call.flags;
    const text64 =
      typeof retired === "string"
        ? (readJsonFile(retired) as { readonly credential?: string }).credential
        : document.credentials[0];
    const credential = parseBase64(text64 ?? "");
    const key = parseHex(secret);
    if (credential === null || key === null) throw usage(`${dir} is no party's folder`);
    const at = Date.now() * 1_000;
    const from = instant(call, "from") ?? at;
    const { id } = unwrap(parseCredential(credential));
    const reason = typeof call.flags.reason === "string" ? call.flags.reason : "";
    const cut = kept(call);
    const frame = issueStatement(
      { kind: "revocation", version: 1, mesh: document.mesh, credential: id, from, at, cut, reason },
      signerFrom(key),
    );
    const revocation = reopenRevocation(frame);
    const file = join(dir, `revocation-${revocation.id.slice(0, 8)}.json`);
    writeNamed(file, `${JSON.stringify({ revocation: toBase64(frame) })}\n`);
    const text = [
      `${document.name} withdraws ${id.slice(0, 12)}… from ${timeText(from)} on`,
      `keeps      ${cut.length === 0 ? "nothing that is dated before, but what others had referenced by then" : `${cut.length} statements`}`,
      `file       ${file}: revocation announce hands it to your agent, or to a partner's`,
      "next       make new keys: party init, and have the partners add the new card",
    ];
    const data = { revocation: revocation.id, credential: id, signer: toHex(signerFrom(key).key), from, cut, file };
    return { exit: EXIT.yes, data, text: text.join("\n") };
  },
};

/** Ids in ascending order, each once: a set has one spelling. */
function kept({ flags }: Call): readonly string[] {
  const given = Array.isArray(flags.keep) ? (flags.keep as readonly string[]) : [];
  const wrong = given.find((id) => !/^[0-9a-f]{64}$/.test(id));
  if (wrong !== undefined) throw usage(`--keep takes an id of 64 lower-case hexadecimal digits, not ${wrong}`);
  return [...new Set(given)].sort();
}
