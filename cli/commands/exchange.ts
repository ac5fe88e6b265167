// `exchange want|export|review|verify|import|receipt`: files that people carry between meshes that share no wire.
import { existsSync } from "node:fs";
import { toHex } from "../../shared/bytes.ts";
import { fromJson } from "../../shared/cbor/json.ts";
import { readAs } from "../../shared/cbor/read.ts";
import type { CborMap } from "../../shared/cbor/value.ts";
import { EXCHANGE_FORMAT, readExchangeFile, writeExchangeFile } from "../../shared/mesh/exchange/file.ts";
import { contentMap, readReceipt, rootOfIds } from "../../shared/mesh/exchange/manifest.ts";
import { readFilter, releaseFrom } from "../../shared/mesh/exchange/release.ts";
import { bringsOf, importContent } from "../../shared/mesh/live/taking.ts";
import { isDeclaration } from "../../shared/mesh/signed/declared.ts";
import { declarationDraft } from "../../shared/mesh/signed/draft.ts";
import { type FramesFile, NO_FRAMES, readFramesFile, writeFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { authorFor } from "../../shared/observation/author.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { fault } from "../../shared/result.ts";
import { argument, instant, readJsonFile, required, usage } from "../files.ts";
import { readIdentity, writeJson } from "../identity.ts";
import { GOVERNING } from "../pool-folder.ts";
import { type Call, type Command, EXIT, Refused } from "../registry.ts";
import { type Arrival, judgeArrival } from "./exchange-arrival.ts";
import { unwrap } from "./unwrap.ts";

/** Statements as they name themselves; the receiver's door judges them. */
function statementsIn({ frames }: FramesFile): readonly VerifiedObservation[] {
  return frames.flatMap((frame) => {
    const parsed = parseObservation(frame);
    return parsed.ok ? [parsed.value.observation as VerifiedObservation] : [];
  });
}

export function historyOf(call: Call): FramesFile {
  const path = required(call, "history");
  return existsSync(path) ? unwrap(readFramesFile(readJsonFile(path), "history")) : NO_FRAMES;
}

function signingTime(call: Call): number {
  return instant(call, "at") ?? Date.now() * 1_000;
}

export const exchangeWant: Command = {
  name: "exchange want",
  usage: "exchange want --history FILE",
  about: "what this side holds already, so that the other sends only the rest",
  flags: { history: { type: "string" } },
  example: "exchange want --history history.json",
  run: async (call) => {
    const ids = statementsIn(historyOf(call)).map(({ id }) => id);
    return { exit: EXIT.yes, data: { format: "quorate-want/1", ids } };
  },
};

function wanted(call: Call): ReadonlySet<string> {
  const { since } = call.flags;
  if (typeof since !== "string") return new Set();
  const document = readJsonFile(since) as { readonly ids?: unknown };
  if (!Array.isArray(document.ids)) throw usage("--since takes what `exchange want` wrote");
  return new Set(document.ids.map(String));
}

export const exchangeExport: Command = {
  name: "exchange export",
  usage:
    "exchange export --history FILE --for MESH --policy FILE --identity (FILE | DIR) --sequence N [--since FILE] [--at TIME] -f FILE",
  about: "release what the gateway's policy lets out into one signed file",
  flags: {
    history: { type: "string" },
    for: { type: "string" },
    policy: { type: "string" },
    identity: { type: "string" },
    sequence: { type: "string" },
    since: { type: "string" },
    at: { type: "string" },
    file: { type: "string", short: "f" },
  },
  example:
    "exchange export --history history.json --for high --policy release.json --identity acme --sequence 17 -f drop17.json",
  run: async (call) => {
    const history = historyOf(call);
    const value = fromJson(readJsonFile(required(call, "policy")));
    const filter = unwrap(value.ok ? readAs(value.value, readFilter, "policy") : value);
    const { out, denied, prerequisites } = releaseFrom(statementsIn(history), filter, wanted(call));
    const sequence = Number(required(call, "sequence"));
    if (!Number.isSafeInteger(sequence) || sequence < 1) throw usage("--sequence takes a number from 1");
    const content = contentMap({
      to: required(call, "for"),
      sequence,
      count: out.length,
      root: rootOfIds(out.map(({ id }) => id)),
      denied: rootOfIds(denied.map(({ id }) => id)),
      prerequisites: rootOfIds(prerequisites),
      reviewers: filter.reviewers,
      oneWay: filter.oneWay,
    });
    const manifest = sign(call, "exchange", content, sequence - 1);
    const file = {
      format: EXCHANGE_FORMAT,
      manifest: manifest.frame,
      reviews: [],
      frames: out.map(({ frame }) => frame),
      statements: history.statements,
      denied: denied.map(({ id, fault: { code } }) => ({ id, code })),
      prerequisites,
    };
    writeJson(required(call, "file"), writeExchangeFile(file));
    const told = denied.map(({ id, fault }) => ({ id, ...describeRefusal(fault) }));
    const data = { manifest: manifest.id, sequence, released: out.length, denied: told, prerequisites };
    const rows = told.map(({ id, code, why }) => `  - ${id.slice(0, 12)}  ${code}  ${why}`);
    return { exit: EXIT.yes, data, text: [`${out.length} released, ${denied.length} withheld`, ...rows].join("\n") };
  },
};

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

const ARRIVAL = {
  agreement: { type: "string" },
  trust: { type: "string" },
  history: { type: "string" },
  state: { type: "string" },
  translators: { type: "string" },
  alignment: { type: "string" },
  at: { type: "string" },
  ...GOVERNING,
} as const;
const ARRIVAL_USAGE =
  "--agreement FILE --trust TRUST --history FILE [--state FILE] [--translators DIR] [--alignment FILE] [--pool DIR --home NAME]";

export const exchangeVerify: Command = {
  name: "exchange verify",
  usage: `exchange verify FILE ${ARRIVAL_USAGE}`,
  about: "what an import of the file would do; writes nothing",
  flags: ARRIVAL,
  example: "exchange verify drop17.json --trust trust.json --agreement agreement.json --history history.json",
  run: async (call) => {
    const arrival = await judgeArrival(call);
    const data = told(arrival);
    const exit = arrival.missing.length > 0 ? EXIT.indeterminate : exitOf(arrival);
    return { exit, data, text: arrivalText(data) };
  },
};

export const exchangeImport: Command = {
  name: "exchange import",
  usage: `exchange import FILE ${ARRIVAL_USAGE} (--dry-run | --identity (FILE | DIR) [--receipt FILE])`,
  about: "take what the agreement admits into the history, each with a signed import; all or nothing above the limit",
  flags: {
    ...ARRIVAL,
    "dry-run": { type: "boolean" },
    identity: { type: "string" },
    receipt: { type: "string" },
  },
  example: "exchange import drop17.json --trust trust.json --agreement agreement.json --history history.json --dry-run",
  run: async (call) => {
    const arrival = await judgeArrival(call);
    const data = told(arrival);
    if (call.flags["dry-run"] === true || arrival.plan.stopped !== null)
      return { exit: exitOf(arrival), data, text: arrivalText(data) };
    const receipt = takeIn(call, arrival);
    return { exit: EXIT.yes, data: { ...data, ...receipt }, text: arrivalText(data) };
  },
};

/** Appends the admitted statements and the acts of importing them, notes the number, and signs the receipt. */
function takeIn(call: Call, arrival: Arrival): { readonly receipt: string | null } {
  const identity = readIdentity(required(call, "identity"));
  const author = authorFor(identity);
  const time = signingTime(call);
  const at = [time, time] as const;
  const { file, plan, sound, result } = arrival;
  const views = result.views.find(({ mesh }) => mesh === arrival.to);
  const admitted = (views?.imports ?? []).filter(({ fact }) => plan.admit.includes(fact.id));
  const frames = new Map(statementsIn({ ...NO_FRAMES, frames: file.frames }).map(({ id, frame }) => [id, frame]));
  let head = headOf(arrival.history, toHex(identity.signer.key));
  const say = (type: string, content: CborMap) => {
    const said = author(declarationDraft(type, content, { at, head }));
    head = { sequence: said.lineage.sequence ?? 0, prev: said.id };
    return said;
  };
  const brought = admitted.map((item) => bringsOf(item, arrival.from, arrival.imports));
  const acts = admitted.map((item, index) => {
    const labels = arrival.labels.get(item.fact.id) ?? [];
    const inner = brought[index]?.[0] as string;
    return say("import", importContent(item, inner, arrival.from, arrival.agreement, result.digest, labels));
  });
  const receipt = say(
    "receipt",
    contentMap({
      manifest: sound.by.id,
      sequence: sound.manifest.sequence,
      admitted: rootOfIds(plan.admit),
      admittedCount: plan.admit.length,
      held: plan.hold.length,
      refused: plan.refuse.length,
      record: result.digest,
      policy: arrival.policy?.digest ?? null,
    }),
  );
  const taken = [...new Set(brought.flat())].flatMap((id) => frames.get(id) ?? []);
  const written = [...arrival.history.frames, ...taken, ...acts.map(({ frame }) => frame), receipt.frame];
  const statements = [...arrival.history.statements, ...file.statements];
  writeJson(required(call, "history"), writeFramesFile({ frames: written, statements, mesh: arrival.to }));
  arrival.note();
  const path = call.flags.receipt;
  if (typeof path !== "string") return { receipt: null };
  writeJson(path, writeFramesFile({ frames: [receipt.frame], statements: [], mesh: arrival.to }));
  return { receipt: path };
}

/** Where the numbers of a key stand in what its mesh has kept. */
function headOf(history: FramesFile, key: string) {
  const own = statementsIn(history).filter((statement) => statement.key === key);
  const last = own.reduce<VerifiedObservation | null>(
    (latest, one) => ((one.lineage.sequence ?? 0) > (latest?.lineage.sequence ?? 0) ? one : latest),
    null,
  );
  return { sequence: last?.lineage.sequence ?? 0, prev: last?.id ?? null };
}

function exitOf({ plan }: Arrival): number {
  return plan.stopped === null ? EXIT.yes : EXIT.stopped;
}

function told({ file, plan, sound, result, missing, gateway, last, policy }: Arrival) {
  const { measured, comparable } = result.divergence;
  return {
    ok: plan.stopped === null && missing.length === 0,
    gateway,
    sequence: sound.manifest.sequence,
    last,
    oneWay: sound.manifest.oneWay,
    prerequisites: { needed: file.prerequisites.length, missing },
    admit: plan.admit,
    hold: plan.hold,
    refuse: plan.refuse.map(({ id, fault }) => ({ id, ...describeRefusal(fault) })),
    denied: file.denied,
    divergence: { measured, limit: result.limit, comparable },
    digest: result.digest,
    policy,
    ...(plan.stopped === null ? {} : { stopped: describeRefusal(plan.stopped) }),
  };
}

function arrivalText(data: ReturnType<typeof told>): string {
  const { gateway, sequence, last, admit, hold, refuse, denied, divergence, prerequisites, stopped } = data;
  const { measured, limit } = divergence;
  const lines = [
    `gateway ${gateway}   sequence ${sequence} (last ${last})`,
    `prerequisites ${prerequisites.needed - prerequisites.missing.length}/${prerequisites.needed} present`,
    `${admit.length} admitted   ${hold.length} held   ${refuse.length} refused   ${denied.length} withheld by the gateway   divergence ${measured.num}/${measured.den} (limit ${limit.num}/${limit.den})`,
    ...refuse.map((one) => `  refuse  ${one.id.slice(0, 12)}  ${one.code}  ${one.why}\n          do  ${one.do}`),
    ...(stopped === undefined ? [] : [`${stopped.code}: ${stopped.why}`]),
  ];
  return lines.join("\n");
}

export const exchangeReceipt: Command = {
  name: "exchange receipt",
  usage: "exchange receipt FILE",
  about: "what became of a file, by the receipt that was carried back",
  flags: {},
  example: "exchange receipt receipt17.json",
  run: async (call) => {
    const [frame] = unwrap(readFramesFile(readJsonFile(argument(call, 0, "FILE")), "receipt")).frames;
    const parsed = frame === undefined ? fault("FRAME_EMPTY") : parseObservation(frame);
    const { observation } = unwrap(parsed);
    if (!isDeclaration(observation as VerifiedObservation) || observation.body.kind !== "declaration")
      throw new Refused(fault("NOT_FOUND", { thing: "a receipt in the file" }).fault, EXIT.absent);
    const receipt = unwrap(readAs(observation.body.content, readReceipt, "receipt"));
    return { exit: EXIT.yes, data: { id: observation.id, mesh: observation.mesh, ...receipt } };
  },
};
