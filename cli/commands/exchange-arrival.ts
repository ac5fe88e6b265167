// `exchange verify|import`: a file that has arrived, judged against what this side holds: a folder of files, or a running agent's mesh.
import { existsSync } from "node:fs";
import { toHex } from "../../shared/bytes.ts";
import type { CborMap } from "../../shared/cbor/value.ts";
import { sha256Hex } from "../../shared/hash.ts";
import {
  type Arrival,
  actsOf,
  judgeArrival,
  receiptOf,
  type ToldArrival,
  tellArrival,
} from "../../shared/mesh/exchange/arrival.ts";
import { readExchangeFile } from "../../shared/mesh/exchange/file.ts";
import { declarationDraft } from "../../shared/mesh/signed/draft.ts";
import { type FramesFile, NO_FRAMES, writeFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { authorFor, type Identity } from "../../shared/observation/author.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { AGENT_FLAGS, AGENT_INPUT } from "../agent-client.ts";
import { argument, instant, readJsonFile, required } from "../files.ts";
import { readIdentity, writeJson } from "../identity.ts";
import { GOVERNING, pinnedBy, signedFile } from "../pool-folder.ts";
import { type Call, type Command, EXIT } from "../registry.ts";
import { readTrust } from "./evidence.ts";
import { historyOf, signingTime, statementsIn } from "./exchange.ts";
import { arriveAt, isAtAgent } from "./exchange-agent.ts";
import { jsonFilesIn } from "./mesh.ts";
import { unwrap } from "./unwrap.ts";

const ARRIVAL = {
  ...AGENT_FLAGS,
  mesh: { type: "string" },
  ceremony: { type: "string" },
  agreement: { type: "string" },
  trust: { type: "string" },
  history: { type: "string" },
  state: { type: "string" },
  translators: { type: "string" },
  alignment: { type: "string" },
  at: { type: "string" },
  identity: { type: "string" },
  ...GOVERNING,
} as const;
const OFFLINE =
  "--agreement FILE --trust TRUST --history FILE [--state FILE] [--translators DIR] [--alignment FILE] [--identity (FILE | DIR)] [--pool DIR --home NAME]";
const AT_AGENT = "(--url URL [--key KEY] | --as PARTY) [--mesh MESH] [--ceremony CEREMONY]";
const INPUT = [
  "FILE         what exchange export wrote",
  "--agreement, --trust, --history   without an agent: what this side holds, as files; --state keeps the numbers taken",
  "--identity   without an agent: who takes it in, a boundary agent that the history proves in both meshes; a dry run judges that where it is named",
  "--mesh       at an agent: the mesh that takes it in; the one that the file is for, where it is left out",
  "--ceremony   at an agent: the ceremony that decided to merge above the limit of divergence",
  ...AGENT_INPUT,
  "answer       exit 0; 3 where prerequisites are missing; 5 where the file is refused; 6 where a file before it is missing, or divergence stops it",
];

export const exchangeVerify: Command = {
  name: "exchange verify",
  usage: `exchange verify FILE (${OFFLINE} | ${AT_AGENT})`,
  about: "what an import of the file would do; writes nothing",
  flags: ARRIVAL,
  input: INPUT,
  example: "exchange verify drop17.json --trust trust.json --agreement agreement.json --history history.json",
  run: async (call) => {
    const data = isAtAgent(call) ? toldBy(await arriveAt(call, false)) : tellArrival((await judged(call)).arrival);
    const exit = data.prerequisites.missing.length > 0 ? EXIT.indeterminate : exitOf(data);
    return { exit, data, text: arrivalText(data) };
  },
};

export const exchangeImport: Command = {
  name: "exchange import",
  usage: `exchange import FILE (${OFFLINE} [--dry-run] | ${AT_AGENT} [--dry-run]) [--receipt FILE]`,
  about: "take what the agreement admits into the history, each with a signed import; all or nothing above the limit",
  flags: {
    ...ARRIVAL,
    "dry-run": { type: "boolean" },
    receipt: { type: "string" },
  },
  input: INPUT,
  example: "exchange import drop17.json --trust trust.json --agreement agreement.json --history history.json --dry-run",
  run: async (call) => {
    const isDry = call.flags["dry-run"] === true;
    if (isAtAgent(call)) return importAt(call, isDry);
    if (!isDry) required(call, "identity");
    const { arrival, history, importer, note } = await judged(call);
    const data = tellArrival(arrival);
    const answer = { exit: exitOf(data), text: arrivalText(data) };
    if (isDry || importer === null || arrival.plan.stopped !== null) return { ...answer, data };
    const receipt = takeIn(call, arrival, history, importer);
    note();
    return { ...answer, data: { ...data, ...receipt } };
  },
};

async function importAt(call: Call, isDry: boolean) {
  const brought = await arriveAt(call, !isDry);
  const data = toldBy(brought);
  const answer = { exit: exitOf(data), text: arrivalText(data) };
  if (isDry || brought.receipt === null) return { ...answer, data };
  const path = typeof call.flags.receipt === "string" ? call.flags.receipt : null;
  if (path !== null) writeJson(path, brought.receipt);
  return { ...answer, data: { ...data, receipt: path, written: brought.written } };
}

/** What a dry run tells, of what an agent answers. */
function toldBy({ receipt: _, written: __, ...told }: Awaited<ReturnType<typeof arriveAt>>): ToldArrival {
  return told;
}

/** Last numbers taken, by the gateway's key and the mesh for which it signs; those of earlier versions by the key alone. */
type State = Record<string, number>;

const numbersOf = (gateway: string, from: string) => `${gateway} ${from}`;

function readState(call: Call): State {
  const { state } = call.flags;
  return typeof state === "string" && existsSync(state) ? (readJsonFile(state) as State) : {};
}

type Judged = {
  readonly arrival: Arrival;
  readonly history: FramesFile;
  /** Who takes it in, or would; null where nobody is named. */
  readonly importer: Identity | null;
  /** Remembers the number of this file, so that the next must follow it. */
  readonly note: () => void;
};

/** Judged against what this side holds as files. */
async function judged(call: Call): Promise<Judged> {
  const file = unwrap(readExchangeFile(readJsonFile(argument(call, 0, "FILE"))));
  const history = historyOf(call);
  const trust = readTrust(required(call, "trust"));
  const { alignment, translators } = call.flags;
  const state = readState(call);
  const importer = typeof call.flags.identity === "string" ? readIdentity(call.flags.identity) : null;
  // A file of a history holds as many as one may bring, whoever brought them.
  const kept = new Set(history.statements.map(sha256Hex));
  const arrival = unwrap(
    await judgeArrival({
      file,
      files: {
        agreement: signedFile(readJsonFile(required(call, "agreement")), "agreement"),
        ours: history,
        translators: (typeof translators === "string" ? jsonFilesIn(translators) : []).map((document) =>
          signedFile(document, "translator"),
        ),
        alignment: typeof alignment === "string" ? signedFile(readJsonFile(alignment), "alignment") : NO_FRAMES,
        trust,
        at: instant(call, "at"),
      },
      last: (gateway, from) => state[numbersOf(gateway, from)] ?? state[gateway] ?? 0,
      kept: { holds: (hash) => kept.has(hash), broughtBy: () => kept.size },
      pinned: (at) => pinnedBy(call, trust, at),
      carrier: importer === null ? null : toHex(importer.signer.key),
      decided: false,
    }),
  );
  const { by, manifest } = arrival.sound;
  const note = () => {
    if (typeof call.flags.state !== "string") return;
    writeJson(call.flags.state, { ...state, [numbersOf(by.key, by.mesh)]: manifest.sequence });
  };
  return { arrival, history, importer, note };
}

/** Appends the admitted statements and the acts of importing them, and signs the receipt. */
function takeIn(
  call: Call,
  arrival: Arrival,
  history: FramesFile,
  identity: Identity,
): { readonly receipt: string | null } {
  const author = authorFor(identity);
  const time = signingTime(call);
  const at = [time, time] as const;
  const { brought, file, to } = arrival;
  const frames = new Map(statementsIn({ ...NO_FRAMES, frames: file.frames }).map(({ id, frame }) => [id, frame]));
  let head = headOf(history, toHex(identity.signer.key), to);
  const say = (type: string, content: CborMap) => {
    const said = author(declarationDraft(type, content, { at, head }));
    head = { sequence: said.lineage.sequence ?? 0, prev: said.id };
    return said;
  };
  const planned = actsOf(arrival);
  const acts = planned.map(({ content }) => say("import", content));
  const receipt = say("receipt", receiptOf(arrival));
  const taken = [...new Set(planned.flatMap(({ brings }) => brings))].flatMap((id) => frames.get(id) ?? []);
  const written = [...history.frames, ...taken, ...acts.map(({ frame }) => frame), receipt.frame];
  const statements = [...history.statements, ...brought.statements];
  writeJson(required(call, "history"), writeFramesFile({ frames: written, statements, mesh: to }));
  const path = call.flags.receipt;
  if (typeof path !== "string") return { receipt: null };
  writeJson(path, writeFramesFile({ frames: [receipt.frame], statements: [], mesh: to }));
  return { receipt: path };
}

/** Where the numbers of a key stand in what a mesh has kept of its own. */
function headOf(history: FramesFile, key: string, mesh: string) {
  const own = statementsIn(history).filter((statement) => statement.key === key && statement.mesh === mesh);
  const last = own.reduce<VerifiedObservation | null>(
    (latest, one) => ((one.lineage.sequence ?? 0) > (latest?.lineage.sequence ?? 0) ? one : latest),
    null,
  );
  return { sequence: last?.lineage.sequence ?? 0, prev: last?.id ?? null };
}

function exitOf({ stopped }: ToldArrival): number {
  return stopped === undefined ? EXIT.yes : EXIT.stopped;
}

function arrivalText(data: ToldArrival): string {
  const { gateway, sequence, last, admit, hold, refuse, denied, divergence, prerequisites, revocations, stopped } =
    data;
  const { measured, limit } = divergence;
  const { needed, missing } = prerequisites;
  const lines = [
    `gateway ${gateway}   sequence ${sequence} (last ${last})`,
    `prerequisites ${needed - missing.length}/${needed} present   revocations ${revocations} (applied first)`,
    ...missing.map((id) => `  missing ${id}`),
    `${admit.length} admitted   ${hold.length} held   ${refuse.length} refused   ${denied.length} withheld by the gateway   divergence ${measured.num}/${measured.den} (limit ${limit.num}/${limit.den})`,
    ...hold.map(
      (one) => `  hold    ${one.id.slice(0, 12)}  waits for ${one.missing.map((id) => id.slice(0, 12)).join(", ")}`,
    ),
    ...refuse.map((one) => `  refuse  ${one.id.slice(0, 12)}  ${one.code}  ${one.why}\n          do  ${one.do}`),
    ...(stopped === undefined ? [] : [`${stopped.code}: ${stopped.why}`]),
  ];
  return lines.join("\n");
}
