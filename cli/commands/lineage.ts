// `lineage verify`: what observations in files were derived from, checked to the leaves with nothing but the files and the roots to trust.
import { parseBundle } from "../../shared/evidence/bundle.ts";
import { type LineageReport, type Listed, traceFrames } from "../../shared/evidence/trace.ts";
import { openTrust } from "../../shared/evidence/trust-statement.ts";
import { isFramesFile, readFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { readBytes, readJsonFile, required, usage } from "../files.ts";
import { type Command, refused, VERDICT_EXIT } from "../registry.ts";
import { readStatements, readTrust } from "./evidence.ts";
import { unwrap } from "./unwrap.ts";

export const lineageVerify: Command = {
  name: "lineage verify",
  usage: "lineage verify FILE… --trust TRUST [--of ID] [--revocations FILE]",
  about: "walk what observations rest on to its leaves, offline",
  input: ["FILE: an evidence bundle, or a file of signed statements (quorate-frames/1); several are read as one"],
  flags: { trust: { type: "string" }, of: { type: "string" }, revocations: { type: "string" } },
  example: "lineage verify .quorate/demo/approval.evidence.json --trust .quorate/demo/approval.trust.json",
  run: async (call) => {
    if (call.args.length === 0) throw usage("FILE is needed");
    const of = typeof call.flags.of === "string" ? call.flags.of : null;
    const files = call.args.map(framesIn);
    const statements = [...files.flatMap((file) => file.statements), ...readStatements(call)];
    const trust = unwrap(await openTrust(readTrust(required(call, "trust")), statements));
    const report = await traceFrames(
      files.flatMap(({ frames }) => frames),
      trust,
      of,
    );
    if (report === null) throw refused("NOT_FOUND", { thing: `observation ${of}` });
    const observations = report.observations.map(({ fault, ...each }) => ({
      ...each,
      ...(fault === null ? {} : describeRefusal(fault)),
    }));
    return {
      exit: VERDICT_EXIT[report.verdict],
      data: { ...report, observations, network: 0 },
      text: reportText(report),
    };
  },
};

function framesIn(path: string): { readonly frames: readonly Listed[]; readonly statements: readonly Uint8Array[] } {
  const document = readJsonFile(path);
  if (!isFramesFile(document)) return unwrap(parseBundle(readBytes(path)));
  const { frames, statements } = unwrap(readFramesFile(document, "lineage"));
  return { frames: frames.map((frame) => ({ id: null, frame })), statements };
}

const MARKS = { verified: "✓", unresolved: "?", refused: "✗" } as const;

function reportText({ verdict, observations, unresolved, depth }: LineageReport): string {
  const lines = observations.map(({ id, verdict, fault, kind, authority, sources }) => {
    const why = fault === null ? "" : `  ${fault.code}`;
    return `  ${MARKS[verdict]} ${id.slice(0, 12)}  ${kind ?? "?"} by ${authority ?? "nobody known"}, ${sources.length} sources${why}`;
  });
  const missing = unresolved.map(({ id, citedBy }) => `  ? ${id.slice(0, 12)}  not held, cited by ${citedBy.length}`);
  return [`${verdict.toUpperCase()}  ${observations.length} observations, ${depth} deep`, ...lines, ...missing].join(
    "\n",
  );
}
