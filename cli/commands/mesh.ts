// `mesh reconcile` and `translator check`: files in, a report out, by the functions that the agents use.
import { join } from "node:path";
import { readPlainTranslator, readScene } from "../../shared/mesh/documents/scene.ts";
import { governed } from "../../shared/mesh/live/governed.ts";
import { type Reconciliation, reconcile } from "../../shared/mesh/reconcile.ts";
import { type Report, reportOf } from "../../shared/mesh/report.ts";
import { checkLosses, type Refusal } from "../../shared/mesh/routes.ts";
import { readTranslatorContent } from "../../shared/mesh/signed/declared.ts";
import { isFramesFile, NO_FRAMES, readFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { openParts } from "../../shared/mesh/signed/open.ts";
import { type SignedScene, sceneFrom } from "../../shared/mesh/signed/scene.ts";
import { storyOf } from "../../shared/mesh/story.ts";
import { movedFacts } from "../../shared/mesh/time.ts";
import { checkRoundTrip, type Translator, type TranslatorReport } from "../../shared/mesh/translator.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { isKind } from "../../shared/observation/observation.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { fault, type Result } from "../../shared/result.ts";
import { argument, inMicroseconds, instant, namesIn, readJsonFile, required } from "../files.ts";
import { GOVERNING, pinnedBy, signedFile } from "../pool-folder.ts";
import { type Call, type Command, EXIT, refused } from "../registry.ts";
import { readTrust } from "./evidence.ts";
import { unwrap } from "./unwrap.ts";

export const meshReconcile: Command = {
  name: "mesh reconcile",
  usage:
    "mesh reconcile --agreement FILE --ours FILE --theirs FILE [--translators DIR] [--alignment FILE] [--replaces FILE] [--at TIME] [--pool DIR --home NAME] (--trust TRUST | --scenario)",
  about: "merge two histories by the agreement between their meshes",
  flags: {
    agreement: { type: "string" },
    ours: { type: "string" },
    theirs: { type: "string" },
    translators: { type: "string" },
    alignment: { type: "string" },
    replaces: { type: "string" },
    at: { type: "string" },
    trust: { type: "string" },
    scenario: { type: "boolean" },
    ...GOVERNING,
  },
  example: "mesh reconcile --agreement agreement.json --ours ours.json --theirs theirs.json --scenario",
  run: async (call) => {
    const files = sceneFiles(call);
    const { scene, unread, refused } = await sceneOf(call, files);
    for (const path of unread) call.say(`not read: ${path}`);
    const result = unwrap(reconcile(scene));
    const trust = typeof call.flags.trust === "string" ? readTrust(call.flags.trust) : null;
    const [{ mesh }] = scene.histories;
    const { result: taken, policy } = governed(scene, result, mesh, await pinnedBy(call, trust, result.at));
    const report = withRefused(reportOf(scene, taken, mesh), refused);
    const moved = await movedBy(call, files, result);
    return {
      exit: report.verdict === "unsafe" ? EXIT.stopped : EXIT.yes,
      data: { ...report, policy, unread, ...(moved === null ? {} : { moved }) },
      text: [reportText(report), ...(moved ?? []).map((id) => `  ~ ${id}  stands elsewhere than before`)].join("\n"),
    };
  },
};

type Files = { readonly [K in "agreement" | "ours" | "theirs" | "alignment"]: unknown } & {
  readonly translators: readonly unknown[];
};
type Asked = Pick<SignedScene, "scene" | "refused" | "imports"> & { readonly unread: readonly string[] };

function sceneFiles(call: Call): Files {
  const { alignment, translators } = call.flags;
  return {
    agreement: readJsonFile(required(call, "agreement")),
    ours: readJsonFile(required(call, "ours")),
    theirs: readJsonFile(required(call, "theirs")),
    translators: typeof translators === "string" ? jsonFilesIn(translators) : [],
    alignment: typeof alignment === "string" ? readJsonFile(alignment) : null,
  };
}

/** Signed files pass the door; plain ones stand in for them only where that is asked for. */
async function sceneOf(call: Call, files: Files): Promise<Asked> {
  const at = instant(call, "at");
  if (call.flags.scenario === true) {
    const plain = {
      agreement: inMicroseconds(files.agreement),
      ours: inMicroseconds(files.ours),
      theirs: inMicroseconds(files.theirs),
      translators: files.translators.map(inMicroseconds),
      alignment: files.alignment === null ? null : inMicroseconds(files.alignment),
      at,
    };
    return { ...unwrap(readScene(plain)), refused: [], imports: new Map() };
  }
  const parts = await openParts({
    agreement: signedFile(files.agreement, "agreement"),
    ours: signedFile(files.ours, "history"),
    theirs: signedFile(files.theirs, "history"),
    translators: files.translators.map((document) => signedFile(document, "translator")),
    alignment: files.alignment === null ? NO_FRAMES : signedFile(files.alignment, "alignment"),
    trust: readTrust(required(call, "trust")),
    at,
  });
  return { ...unwrap(sceneFrom(unwrap(parts))), unread: [] };
}

/** Statements that no history holds and that were refused all the same are told with the rest. */
function withRefused(report: Report, refused: readonly Refusal[]): Report {
  return {
    ...report,
    refused: [...refused.map(({ id, fault }) => ({ id, ...describeRefusal(fault) })), ...report.refused],
  };
}

/** The facts that the new alignment puts elsewhere than the one that it replaces; null where none is named. */
async function movedBy(call: Call, files: Files, now: Reconciliation): Promise<readonly string[] | null> {
  const { replaces } = call.flags;
  if (typeof replaces !== "string") return null;
  const { scene } = await sceneOf(call, { ...files, alignment: readJsonFile(replaces) });
  return movedFacts(unwrap(reconcile(scene)).timing.order, now.timing.order);
}

/** The JSON files of a folder, in the order of their names. */
export function jsonFilesIn(folder: string): readonly unknown[] {
  const names = namesIn(folder).filter((name) => name.endsWith(".json"));
  return names.map((name) => readJsonFile(join(folder, name)));
}

function reportText({ verdict, divergence, imported, conflicts, refused, order, digest, stopped }: Report): string {
  const { measured, limit, comparable } = divergence;
  const lines = [
    `${verdict.toUpperCase()}  divergence ${measured.num}/${measured.den}, limit ${limit.num}/${limit.den}, ${comparable} subjects comparable`,
    `  imported ${imported.length}   conflicts ${conflicts.length}   refused ${refused.length}   ${order.length} groups in order`,
    ...imported.map(
      ({ id, origin, as, losses }) =>
        `  + ${id}  of ${origin}  as ${as}${losses.length > 0 ? `  ${losses.length} losses` : ""}`,
    ),
    ...conflicts.map(
      ({ subject, winner, losers, rule }) =>
        `  ! ${subject}  ${winner ?? "nobody"} prevails over ${losers.join(", ")} by ${rule}`,
    ),
    ...refused.map(({ id, code, why }) => `  - ${id}  ${code}  ${why}`),
    `  digest sha256:${digest}`,
  ];
  if (stopped !== undefined)
    lines.push(`  ${stopped.code}`, `  what  ${stopped.what}`, `  why   ${stopped.why}`, `  do    ${stopped.do}`);
  return lines.join("\n");
}

export const meshTrace: Command = {
  name: "mesh trace",
  usage: "mesh trace FACT (the flags of mesh reconcile) [--record FILE]",
  about: "a fact's full story, from the recorded inputs; --record checks that they still give the recorded result",
  flags: { ...meshReconcile.flags, record: { type: "string" } },
  example: "mesh trace custody-88 --agreement agreement.json --ours ours.json --theirs theirs.json --scenario",
  run: async (call) => {
    const id = argument(call, 0, "FACT");
    const { scene, imports } = await sceneOf(call, sceneFiles(call));
    const result = unwrap(reconcile(scene));
    const story = storyOf(scene, result, imports, id);
    if (story === null) throw refused("NOT_FOUND", { thing: `fact ${id}` });
    const { record } = call.flags;
    const recorded = typeof record === "string" ? (readJsonFile(record) as { readonly digest?: unknown }).digest : null;
    if (recorded !== null && recorded !== result.digest)
      throw refused("RECORD_DIFFERS", { found: result.digest, need: String(recorded) });
    return { exit: EXIT.yes, data: { ...story, replayed: recorded !== null } };
  },
};

export const translatorCheck: Command = {
  name: "translator check",
  usage: "translator check FILE",
  about: "take every term of a translator there and back",
  flags: { scenario: { type: "boolean" } },
  example: "translator check translator.json",
  run: async (call) => {
    const unread: string[] = [];
    const translator = unwrap(translatorIn(readJsonFile(argument(call, 0, "FILE")), unread));
    const report = checkRoundTrip(translator);
    const verdict = checkLosses(translator);
    const refusal = verdict.ok ? {} : describeRefusal(verdict.fault);
    return {
      exit: verdict.ok ? EXIT.yes : EXIT.no,
      data: { ok: verdict.ok, ...refusal, ...report, unread },
      text: tripsText(report, verdict.ok),
    };
  },
};

/** The translator of a plain document, or the first in a file of signed ones; whoever signed it, its losses are its own. */
function translatorIn(document: unknown, unread: string[]): Result<Translator> {
  if (!isFramesFile(document)) return readPlainTranslator(inMicroseconds(document), unread);
  for (const frame of unwrap(readFramesFile(document, "translator")).frames) {
    const parsed = unwrap(parseObservation(frame)).observation;
    if (isKind(parsed, "declaration") && parsed.body.type === "translator")
      return readTranslatorContent(parsed.body.content);
  }
  return fault("MESH_DOCUMENT_INVALID", { document: "translator", path: "frames", need: "a translator among them" });
}

function tripsText({ translator, elements, losses, undeclared }: TranslatorReport, passed: boolean): string {
  const rows = losses.map(({ kind, element, as, back, declared, same }) => {
    const trip = `${element} → ${as ?? "nothing"} → ${back.join(" or ") || "nothing"}`;
    return `  ${same || declared !== "exact" ? "declared" : "UNDECLARED"} ${declared.padEnd(9)} ${kind} ${trip}`;
  });
  const head = `${passed ? "OK" : "REFUSED"}  ${translator}: ${elements} elements, ${losses.length} lose something, ${undeclared.length} without saying so`;
  return [head, ...rows].join("\n");
}
