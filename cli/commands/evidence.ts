// `verify` and `evidence show|export`: questions about evidence, answered offline by the one verifier.
import { join } from "node:path";
import { parseBase64 } from "../../shared/bytes.ts";
import { parseBundle } from "../../shared/evidence/bundle.ts";
import { completionOf } from "../../shared/evidence/completion.ts";
import { readTrustStatement, type TrustStatement } from "../../shared/evidence/trust-statement.ts";
import { examineBundle, type Verification } from "../../shared/evidence/verify.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import type { Under } from "../../shared/observation/under.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { fault } from "../../shared/result.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, askJson, folderOf } from "../agent-client.ts";
import { argument, instant, readBytes, readJsonFile, required, usage, writeNamed } from "../files.ts";
import { PROGRAM } from "../find.ts";
import { ceremonyOf } from "../online/ids.ts";
import { type Call, type Command, EXIT, Refused, VERDICT_EXIT } from "../registry.ts";
import { REPORTS, type ReportForm, reportAs } from "../report.ts";

const NAMED_MAX = 8;
export const verify: Command = {
  name: "verify",
  usage: "verify BUNDLE --trust TRUST [--revocations FILE] [--at TIME] [--report FORM]",
  about: "check an evidence bundle offline",
  flags: {
    trust: { type: "string" },
    revocations: { type: "string" },
    at: { type: "string" },
    report: { type: "string" },
  },
  input: [
    `--report  ${REPORTS.join(", ")}: a certificate of completion to print or keep; or a file whose name ends so`,
  ],
  example: "verify .quorate/demo/approval.evidence.json --trust .quorate/demo/approval.trust.json",
  run: async (call) => {
    const report = reportIn(call);
    const bytes = readBytes(argument(call, 0, "BUNDLE"));
    const trust = readTrust(required(call, "trust"));
    const options = { trust, revocations: readStatements(call), at: instant(call, "at") };
    const examined = await examineBundle(bytes, options);
    const { verification } = examined;
    const exit = VERDICT_EXIT[verification.verdict];
    const data = withRefusal(verification);
    const verdict = verdictText(verification, framesIn(bytes), trust);
    if (report === null) return { exit, data, text: verdict };
    const text = reportAs(report.form, completionOf(examined, trust));
    if (report.file === null) return { exit, data: { ...data, report: text }, text: text.trimEnd() };
    writeNamed(report.file, text);
    return { exit, data: { ...data, report: report.file }, text: `${verdict}\n  report   ${report.file}` };
  },
};

/** A form, for stdout, or a file that is named by one. */
function reportIn({ flags }: Call): { readonly form: ReportForm; readonly file: string | null } | null {
  if (flags.report === undefined) return null;
  const given = String(flags.report);
  const form = REPORTS.find((each) => given === each || given.endsWith(`.${each}`));
  if (form === undefined) throw usage(`--report takes ${REPORTS.join(", ")}, or a file whose name ends so`);
  return { form, file: given === form ? null : given };
}

export function readTrust(path: string): TrustStatement {
  const statement = readTrustStatement(readJsonFile(path));
  if (!statement.ok) throw new Refused(statement.fault, EXIT.usage);
  return statement.value;
}

/** A JSON list of frames in base64: revocations, and other statements about authority. */
export function readStatements(call: Call): readonly Uint8Array[] {
  const path = call.flags.revocations;
  if (typeof path !== "string") return [];
  const document = readJsonFile(path);
  const frames = Array.isArray(document)
    ? document.map((item) => (typeof item === "string" ? parseBase64(item) : null))
    : [null];
  if (frames.includes(null))
    throw new Refused(
      fault("REVOCATION_INVALID", { reason: "the file must hold a JSON list of base64 frames" }).fault,
      EXIT.usage,
    );
  return frames as readonly Uint8Array[];
}

function withRefusal(verification: Verification): object {
  const { firstFailing, ...rest } = verification;
  return firstFailing === undefined
    ? rest
    : { ...rest, firstFailing: { ...firstFailing, ...describeRefusal(firstFailing) } };
}

function framesIn(bytes: Uint8Array): number {
  const bundle = parseBundle(bytes);
  return bundle.ok ? bundle.value.frames.length : 0;
}

function verdictText(verification: Verification, frames: number, { mesh, roots }: TrustStatement): string {
  const { verdict, checks, outcome, faults, firstFailing, ceremony, revocations } = verification;
  const marks = { passed: "✓", failed: "✗", indeterminate: "?", "not reached": "–" } as const;
  const lines = [verdict.toUpperCase()];
  if (firstFailing !== undefined) {
    const refusal = describeRefusal(firstFailing);
    lines.push(
      `  ${refusal.code} at ${firstFailing.step}, ${firstFailing.entry}`,
      `  what  ${refusal.what}`,
      `  why   ${refusal.why}`,
      `  do    ${refusal.do}`,
    );
  }
  if (outcome !== null)
    lines.push(`  outcome  ${outcome.status} ${JSON.stringify(outcome.value)}  sha256:${outcome.digest}`);
  lines.push(
    `  ceremony ${ceremony ?? "unknown"}`,
    `  rests on ${frames} signed frames; trust: ${mesh}, ${named(roots.map(({ authority }) => authority))}; revocations ${revocations.known === 0 ? "none known" : `${revocations.known} known`}`,
    ...checks.map(({ name, result }) => `  ${marks[result]} ${name.padEnd(13)} ${result}`),
  );
  for (const { authority, kinds, statements } of faults)
    lines.push(
      `  fault    ${authority} signed two statements for one slot (${kinds.join(", ")}): ${statements.join(" ")}`,
    );
  for (const { by, act, reason, ruling } of verification.disputes)
    lines.push(`  ${act.padEnd(8)} ${by}: ${reason}${ruling === null ? "" : ` (${ruling})`}`);
  return [...lines, "  network  0 requests made"].join("\n");
}

/** Some names, and how many more there are. */
function named(names: readonly string[]): string {
  const more = names.length - NAMED_MAX;
  return more > 0 ? `${names.slice(0, NAMED_MAX).join(", ")} and ${more} more` : names.join(", ");
}

export const evidenceShow: Command = {
  name: "evidence show",
  usage: "evidence show BUNDLE",
  about: "what a bundle holds, without judging it",
  example: "evidence show .quorate/demo/approval.evidence.json",
  flags: {},
  run: async (call) => {
    const bundle = parseBundle(readBytes(argument(call, 0, "BUNDLE")));
    if (!bundle.ok) throw new Refused(bundle.fault, EXIT.no);
    const frames = bundle.value.frames.map(({ id, frame }) => ({ id, bytes: frame.length, ...described(frame) }));
    const { ceremony, exportedBy, outcome, rounds, lineage, refused } = bundle.value;
    const under = underIn(bundle.value.frames.find(({ id }) => id === ceremony)?.frame);
    const data = {
      ceremony,
      exportedBy,
      ...(under === null ? {} : { under }),
      outcome: { status: outcome.status, digest: outcome.digest },
      rounds,
      frames,
      refused: refused.map(({ hash, code }) => ({ hash, code })),
      lineage,
    };
    const lines = frames.map((frame) => `${frame.id.slice(0, 12)}  ${String(frame.kind).padEnd(13)} ${frame.by}`);
    return {
      exit: EXIT.yes,
      data,
      text: [
        `ceremony ${ceremony}  ${outcome.status}  sha256:${outcome.digest}`,
        ...(under === null ? [] : [`under the coalition ${under.mesh}, operation ${under.operation} of ${under.home}`]),
        ...lines,
      ].join("\n"),
    };
  },
};

/** The coalition that a call says it is under; null where it is under none. */
function underIn(
  call: Uint8Array | undefined,
): Pick<Under, "mesh" | "operation" | "home" | "policy" | "matters" | "roads"> | null {
  const parsed = call === undefined ? null : parseObservation(call);
  const body = parsed?.ok ? parsed.value.observation.body : null;
  if (body?.kind !== "call" || body.under === undefined) return null;
  const { mesh, operation, home, policy, matters, roads } = body.under;
  return { mesh, operation, home, policy, matters, roads };
}

function described(frame: Uint8Array): { readonly kind: string; readonly by: string } {
  const parsed = parseObservation(frame);
  if (!parsed.ok) return { kind: parsed.fault.code, by: "" };
  const { body, chain } = parsed.value.observation;
  return { kind: body.kind, by: chain[chain.length - 1]?.grant.subject ?? "" };
}

export const evidenceExport: Command = {
  name: "evidence export",
  usage: `evidence export CEREMONY [--file FILE] ${AGENT_USAGE}`,
  about: "fetch a ceremony's bundle from an agent",
  input: ["CEREMONY      its id, or its first six digits or more", ...AGENT_INPUT],
  example: "evidence export CEREMONY --as acme --file ceremony.evidence.json",
  flags: { ...AGENT_FLAGS, file: { type: "string" } },
  run: async (call) => {
    const { file } = call.flags;
    if (file === "") throw usage("--file needs a path");
    const agent = agentOf(call);
    const ceremony = await ceremonyOf(agent, argument(call, 0, "CEREMONY"));
    const bundle = await askJson<object>(agent, `/v1/ceremonies/${ceremony}/evidence`);
    if (typeof file !== "string") return { exit: EXIT.yes, data: bundle };
    writeNamed(file, JSON.stringify(bundle));
    const trust = agent.flags.startsWith("--as") ? join(folderOf(call.flags), "trust.json") : "TRUST";
    return { exit: EXIT.yes, data: { file }, text: `${file}\nnext: ${PROGRAM} verify ${file} --trust ${trust}` };
  },
};
