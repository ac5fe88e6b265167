// The identity that a command signs under: a key, the credentials that empower it, and how its statements are stamped.
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseChain } from "../shared/authority/chain.ts";
import { parseBase64, parseHex } from "../shared/bytes.ts";
import { fromJson } from "../shared/cbor/json.ts";
import { list, misfit, oneOf, type Reader, readAs, record, text } from "../shared/cbor/read.ts";
import { signerFrom } from "../shared/cose/key.ts";
import { CHAIN_FRAMES_MAX } from "../shared/limits.ts";
import type { Identity } from "../shared/observation/author.ts";
import { fault } from "../shared/result.ts";
import { readJsonFile } from "./files.ts";
import { EXIT, Refused } from "./registry.ts";

const IDENTITY_FORMAT = "quorate-identity/1";

type Document = {
  readonly format: string;
  readonly mesh: string;
  readonly frame: string;
  readonly class: string;
  readonly secret: Uint8Array;
  readonly credentials: readonly Uint8Array[];
};

const decoded =
  (decode: (value: string) => Uint8Array | null, need: string): Reader<Uint8Array> =>
  (value, path) =>
    decode(text(16_384)(value, path)) ?? misfit(path, need);

const readDocument = record<Document>({
  format: oneOf(IDENTITY_FORMAT),
  mesh: text(),
  frame: text(),
  class: text(),
  secret: decoded((value) => {
    const bytes = parseHex(value);
    return bytes?.length === 32 ? bytes : null;
  }, "32 bytes in lower-case hexadecimal"),
  credentials: list(decoded(parseBase64, "canonical base64"), CHAIN_FRAMES_MAX, 1),
});

/** From a file of the format, or from a party's folder as `party init` makes it: then it is the identity of its agent. */
export function readIdentity(path: string): Identity {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const value = fromJson(isFolder ? agentIn(path) : readJsonFile(path));
  const read = value.ok ? readAs(value.value, readDocument) : value;
  if (!read.ok) throw refused(read.fault.detail);
  const { mesh, frame, secret, credentials } = read.value;
  if (!parseChain(credentials).ok) throw refused({ path: "credentials", need: "a chain" });
  return {
    mesh,
    signer: signerFrom(secret),
    credentials,
    place: null,
    timeFrame: frame,
    governanceClass: read.value.class,
  };
}

function agentIn(folder: string): unknown {
  const party = readJsonFile(join(folder, "party.json")) as Partial<Document> | null;
  const secrets = readJsonFile(join(folder, "secrets.json")) as { readonly SIGNING_KEY?: string } | null;
  const { mesh = null, credentials = null } = party ?? {};
  const secret = secrets?.SIGNING_KEY ?? null;
  return { format: IDENTITY_FORMAT, mesh, frame: "utc", class: "coordination", secret, credentials };
}

function refused(detail: Readonly<Record<string, unknown>>): Refused {
  return new Refused(fault("MESH_DOCUMENT_INVALID", { document: "identity", ...detail }).fault, EXIT.permission);
}

export function writeJson(path: string, document: unknown): void {
  writeFileSync(path, `${JSON.stringify(document)}\n`);
}
