// `mesh reconcile` and `translator check`: files in, a report out, by the functions that the agents use.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type PlainScene, readPlainTranslator, readScene } from "../../shared/mesh/documents/scene.ts";
import { type Reconciliation, reconcile } from "../../shared/mesh/reconcile.ts";
import { type Report, reportOf } from "../../shared/mesh/report.ts";
import { checkLosses } from "../../shared/mesh/routes.ts";
import { movedFacts } from "../../shared/mesh/time.ts";
import { checkRoundTrip, type TranslatorReport } from "../../shared/mesh/translator.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { fault, type Result } from "../../shared/result.ts";
import { argument, instant, microseconds, readJsonFile, required } from "../files.ts";
import { type Call, type Command, EXIT, Refused } from "../registry.ts";

/** A document that cannot be read is a mistake of the asker; any other refusal is a definite no. */
function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Refused(result.fault, result.fault.code === "MESH_DOCUMENT_INVALID" ? EXIT.usage : EXIT.no);
}

export const meshReconcile: Command = {
  name: "mesh reconcile",
  usage:
    "mesh reconcile --agreement FILE --ours FILE --theirs FILE [--translators DIR] [--alignment FILE] [--replaces FILE] [--at TIME] [--scenario]",
  about: "merge two histories by the agreement between their meshes",
  flags: {
    agreement: { type: "string" },
    ours: { type: "string" },
    theirs: { type: "string" },
    translators: { type: "string" },
    alignment: { type: "string" },
    replaces: { type: "string" },
    at: { type: "string" },
    scenario: { type: "boolean" },
  },
  run: async (call) => {
    const plain = plainScene(call);
    if (call.flags.scenario !== true)
      throw new Refused(fault("MESH_DOCUMENT_UNSIGNED", { document: "history" }).fault, EXIT.no);
    const { scene, unread } = unwrap(readScene(plain));
    for (const path of unread) call.say(`not read: ${path}`);
    const result = unwrap(reconcile(scene));
    const report = reportOf(scene, result, scene.histories[0].mesh);
    const moved = movedBy(call, plain, result);
    return {
      exit: report.verdict === "unsafe" ? EXIT.stopped : EXIT.yes,
      data: { ...report, unread, ...(moved === null ? {} : { moved }) },
      text: [reportText(report), ...(moved ?? []).map((id) => `  ~ ${id}  stands elsewhere than before`)].join("\n"),
    };
  },
};

function plainScene(call: Call): PlainScene {
  const file = (flag: string) => withInstants(readJsonFile(required(call, flag)));
  const { alignment, translators } = call.flags;
  return {
    agreement: file("agreement"),
    ours: file("ours"),
    theirs: file("theirs"),
    translators: typeof translators === "string" ? jsonFilesIn(translators).map(withInstants) : [],
    alignment: typeof alignment === "string" ? withInstants(readJsonFile(alignment)) : null,
    at: instant(call, "at"),
  };
}

/** The facts that the new alignment puts elsewhere than the one that it replaces; null where none is named. */
function movedBy(call: Call, plain: PlainScene, now: Reconciliation): readonly string[] | null {
  const { replaces } = call.flags;
  if (typeof replaces !== "string") return null;
  const { scene } = unwrap(readScene({ ...plain, alignment: withInstants(readJsonFile(replaces)) }));
  return movedFacts(unwrap(reconcile(scene)).timing.order, now.timing.order);
}

/** The JSON files of a folder, in the order of their names. */
function jsonFilesIn(folder: string): readonly unknown[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.sort().map((name) => readJsonFile(join(folder, name)));
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw new Refused(fault("FILE_UNREADABLE", { path: folder, reason: (error as Error).message }).fault, EXIT.absent);
  }
}

const INSTANTS = ["expires", "notBefore", "notAfter", "after"];

/** People write instants as ISO 8601; the documents hold microseconds. */
function withInstants(document: unknown): unknown {
  if (typeof document !== "object" || document === null || Array.isArray(document)) return document;
  const entries = Object.entries(document).map(([name, value]) => {
    return [name, INSTANTS.includes(name) && typeof value === "string" ? (microseconds(value) ?? value) : value];
  });
  return Object.fromEntries(entries);
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

export const translatorCheck: Command = {
  name: "translator check",
  usage: "translator check FILE",
  about: "take every term of a translator there and back",
  flags: { scenario: { type: "boolean" } },
  run: async (call) => {
    const unread: string[] = [];
    const translator = unwrap(readPlainTranslator(withInstants(readJsonFile(argument(call, 0, "FILE"))), unread));
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

function tripsText({ translator, elements, losses, undeclared }: TranslatorReport, passed: boolean): string {
  const rows = losses.map(({ kind, element, as, back, declared, same }) => {
    const trip = `${element} → ${as ?? "nothing"} → ${back.join(" or ") || "nothing"}`;
    return `  ${same || declared !== "exact" ? "declared" : "UNDECLARED"} ${declared.padEnd(9)} ${kind} ${trip}`;
  });
  const head = `${passed ? "OK" : "REFUSED"}  ${translator}: ${elements} elements, ${losses.length} lose something, ${undeclared.length} without saying so`;
  return [head, ...rows].join("\n");
}
