// `exchange want|export|review|receipt`: files that people carry between meshes that share no wire, let out of a folder or by an agent.
import { existsSync } from "node:fs";
import { fromJson } from "../../shared/cbor/json.ts";
import { readAs } from "../../shared/cbor/read.ts";
import { readExchangeFile, writeExchangeFile } from "../../shared/mesh/exchange/file.ts";
import { contentMap, readReceipt } from "../../shared/mesh/exchange/manifest.ts";
import { fileFor, readFilter, releaseFrom } from "../../shared/mesh/exchange/release.ts";
import { isDeclaration } from "../../shared/mesh/signed/declared.ts";
import { declarationDraft } from "../../shared/mesh/signed/draft.ts";
import { type FramesFile, NO_FRAMES, readFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { authorFor } from "../../shared/observation/author.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { fault } from "../../shared/result.ts";
import { AGENT_FLAGS, AGENT_INPUT, agentOf, askJson } from "../agent-client.ts";
import { argument, instant, readJsonFile, required, usage } from "../files.ts";
import { readIdentity, writeJson } from "../identity.ts";
import { type Call, type Command, EXIT, Refused } from "../registry.ts";
import { exportAt, isAtAgent, wantAt } from "./exchange-agent.ts";
import { unwrap } from "./unwrap.ts";

/** Statements as they name themselves; the receiver's door judges them. */
export function statementsIn({ frames }: FramesFile): readonly VerifiedObservation[] {
  return frames.flatMap((frame) => {
    const parsed = parseObservation(frame);
    return parsed.ok ? [parsed.value.observation as VerifiedObservation] : [];
  });
}

export function historyOf(call: Call): FramesFile {
  const path = required(call, "history");
  return existsSync(path) ? unwrap(readFramesFile(readJsonFile(path), "history")) : NO_FRAMES;
}

export function signingTime(call: Call): number {
  return instant(call, "at") ?? Date.now() * 1_000;
}

const AT_AGENT = "(--url URL [--key KEY] | --as PARTY) --mesh MESH";
const MESH_INPUT = ["--mesh       at an agent: a mesh in which its party stands", ...AGENT_INPUT];

export const exchangeWant: Command = {
  name: "exchange want",
  usage: `exchange want (--history FILE | ${AT_AGENT})`,
  about: "what this side holds already, so that the other sends only the rest",
  flags: { history: { type: "string" }, mesh: { type: "string" }, ...AGENT_FLAGS },
  input: MESH_INPUT,
  example: "exchange want --history history.json",
  run: async (call) => {
    if (isAtAgent(call)) return { exit: EXIT.yes, data: await wantAt(call) };
    const ids = statementsIn(historyOf(call)).map(({ id }) => id);
    return { exit: EXIT.yes, data: { format: "quorate-want/1", ids } };
  },
};

function wanted(call: Call): readonly string[] {
  const { since } = call.flags;
  if (typeof since !== "string") return [];
  const document = readJsonFile(since) as { readonly ids?: unknown };
  if (!Array.isArray(document.ids)) throw usage("--since takes what `exchange want` wrote");
  return document.ids.map(String);
}

export const exchangeExport: Command = {
  name: "exchange export",
  usage: `exchange export --for MESH --policy FILE (--history FILE --identity (FILE | DIR) --sequence N [--at TIME] | ${AT_AGENT}) [--since FILE] -f FILE`,
  about: "release what the gateway's policy lets out into one signed file",
  flags: {
    ...AGENT_FLAGS,
    mesh: { type: "string" },
    history: { type: "string" },
    for: { type: "string" },
    policy: { type: "string" },
    identity: { type: "string" },
    sequence: { type: "string" },
    since: { type: "string" },
    at: { type: "string" },
    file: { type: "string", short: "f" },
  },
  input: [
    '--policy     {"classes":[…],"most"?,"reviewers"?,"oneWay"?}: classes that may leave, and none besides',
    "--since      what exchange want wrote on the other side",
    "--sequence   the number of the file, one more than that of the last; an agent numbers its own",
    ...MESH_INPUT,
  ],
  example:
    "exchange export --history history.json --for high --policy release.json --identity acme --sequence 17 -f drop17.json",
  run: (call) => (isAtAgent(call) ? exportedAt(call) : exportedHere(call)),
};

async function exportedHere(call: Call) {
  const history = historyOf(call);
  const value = fromJson(readJsonFile(required(call, "policy")));
  const filter = unwrap(value.ok ? readAs(value.value, readFilter, "policy") : value);
  const to = required(call, "for");
  const release = releaseFrom(statementsIn(history), filter, new Set(wanted(call)), to);
  const sequence = Number(required(call, "sequence"));
  if (!Number.isSafeInteger(sequence) || sequence < 1) throw usage("--sequence takes a number from 1");
  const { content, file } = fileFor(release, filter, { to, sequence }, history.statements);
  const manifest = sign(call, "exchange", content, sequence - 1);
  writeJson(required(call, "file"), writeExchangeFile({ ...file, manifest: manifest.frame }));
  const denied = release.denied.map(({ id, fault }) => ({ id, ...describeRefusal(fault) }));
  const { prerequisites } = release;
  return told({ manifest: manifest.id, sequence, released: release.out.length, denied, prerequisites });
}

/** What is withheld is told by its code alone: that is what the file says of it. */
async function exportedAt(call: Call) {
  const document = await exportAt(call, readJsonFile(required(call, "policy")), wanted(call));
  const { manifest, frames, denied, prerequisites } = unwrap(readExchangeFile(document));
  writeJson(required(call, "file"), document);
  const { id, body } = unwrap(parseObservation(manifest)).observation;
  const sequence = body.kind === "declaration" ? Number(body.content.get("sequence")) : 0;
  return told({ manifest: id, sequence, released: frames.length, denied, prerequisites });
}

type Exported = {
  readonly manifest: string;
  readonly sequence: number;
  readonly released: number;
  readonly denied: readonly { readonly id: string; readonly code: string; readonly why?: string }[];
  readonly prerequisites: readonly string[];
};

function told(data: Exported) {
  const rows = data.denied.map(({ id, code, why = "" }) => `  - ${id.slice(0, 12)}  ${code}  ${why}`);
  const head = `${data.released} released, ${data.denied.length} withheld   sequence ${data.sequence}`;
  return { exit: EXIT.yes, data, text: [head, ...rows].join("\n") };
}

/** A gateway's manifests are numbered as its files are. */
function sign(call: Call, type: string, content: ReturnType<typeof contentMap>, before = 0): VerifiedObservation {
  const at = signingTime(call);
  const author = authorFor(readIdentity(required(call, "identity")));
  return author(declarationDraft(type, content, { at: [at, at], head: { sequence: before, prev: null } }));
}

export const exchangeReview: Command = {
  name: "exchange review",
  usage: "exchange review FILE --identity (FILE | DIR) [--at TIME]",
  about: "sign, as a second person, for what a file lets out",
  flags: { identity: { type: "string" }, at: { type: "string" } },
  example: "exchange review drop17.json --identity second",
  run: async (call) => {
    const path = argument(call, 0, "FILE");
    const file = unwrap(readExchangeFile(readJsonFile(path)));
    const manifest = unwrap(parseObservation(file.manifest)).observation;
    const review = sign(call, "review", contentMap({ manifest: manifest.id }));
    writeJson(path, writeExchangeFile({ ...file, reviews: [...file.reviews, review.frame] }));
    return { exit: EXIT.yes, data: { manifest: manifest.id, review: review.id }, text: `reviewed ${manifest.id}` };
  },
};

export const exchangeReceipt: Command = {
  name: "exchange receipt",
  usage: `exchange receipt FILE [${AT_AGENT}]`,
  about: "what became of a file, by the receipt that was carried back; at an agent it is kept with the file",
  flags: { mesh: { type: "string" }, ...AGENT_FLAGS },
  input: MESH_INPUT,
  example: "exchange receipt receipt17.json",
  run: async (call) => {
    const document = readJsonFile(argument(call, 0, "FILE"));
    const [frame] = unwrap(readFramesFile(document, "receipt")).frames;
    const parsed = frame === undefined ? fault("FRAME_EMPTY") : parseObservation(frame);
    const { observation } = unwrap(parsed);
    if (!isDeclaration(observation as VerifiedObservation) || observation.body.kind !== "declaration")
      throw new Refused(fault("NOT_FOUND", { thing: "a receipt in the file" }).fault, EXIT.absent);
    const receipt = unwrap(readAs(observation.body.content, readReceipt, "receipt"));
    const data = { id: observation.id, mesh: observation.mesh, ...receipt };
    return isAtAgent(call) ? keptAt(call, document as object, data) : { exit: EXIT.yes, data };
  },
};

type Answers = { readonly answers: readonly { readonly verdict: string; readonly code?: string }[] };

/** By the road of all statements: the agent's door judges it. */
async function keptAt(call: Call, body: object, receipt: { readonly id: string }) {
  const path = `/v1/meshes/${encodeURIComponent(required(call, "mesh"))}/statements`;
  const { answers } = await askJson<Answers>(agentOf(call), path, { body });
  const [answer] = answers;
  const data = { ...receipt, kept: answer };
  const isKept = answer?.verdict === "admitted" || answer?.verdict === "ignored";
  return { exit: isKept ? EXIT.yes : EXIT.no, data, text: `${receipt.id}  ${answer?.verdict}  ${answer?.code ?? ""}` };
}
