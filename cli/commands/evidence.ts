// `verify`, `evidence show|export` and `explain`: questions about evidence, answered offline by the one verifier.
import { writeFileSync } from "node:fs";
import { parseBase64 } from "../../shared/bytes.ts";
import { readAgain } from "../../shared/ceremony/restore.ts";
import { emptyState } from "../../shared/ceremony/state.ts";
import { parseBundle } from "../../shared/evidence/bundle.ts";
import { type Explanation, explainIn } from "../../shared/evidence/explain.ts";
import { readTrustStatement, type TrustStatement } from "../../shared/evidence/trust-statement.ts";
import { type Verification, verifyBundle } from "../../shared/evidence/verify.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { isKind, type VerifiedObservation } from "../../shared/observation/observation.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { fault } from "../../shared/result.ts";
import { argument, instant, readBytes, readJsonFile, required } from "../files.ts";
import { type Call, type Command, EXIT, Refused } from "../registry.ts";

const VERDICT_EXIT = { passed: EXIT.yes, failed: EXIT.no, indeterminate: EXIT.indeterminate } as const;

export const verify: Command = {
  name: "verify",
  usage: "verify BUNDLE --trust TRUST [--revocations FILE] [--at TIME]",
  about: "check an evidence bundle offline",
  flags: { trust: { type: "string" }, revocations: { type: "string" }, at: { type: "string" } },
  run: async (call) => {
    const bytes = readBytes(argument(call, 0, "BUNDLE"));
    const trust = readTrust(required(call, "trust"));
    const verification = await verifyBundle(bytes, {
      trust,
      revocations: readStatements(call),
      at: instant(call, "at"),
    });
    return {
      exit: VERDICT_EXIT[verification.verdict],
      data: withRefusal(verification),
      text: verdictText(verification),
    };
  },
};

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

function verdictText({ verdict, checks, outcome, faults, firstFailing }: Verification): string {
  const marks = { passed: "✓", failed: "✗", indeterminate: "?", "not reached": "–" } as const;
  const lines = [
    verdict.toUpperCase(),
    ...checks.map(({ name, result }) => `  ${marks[result]} ${name.padEnd(13)} ${result}`),
  ];
  if (outcome !== null)
    lines.push(`  outcome  ${outcome.status} ${JSON.stringify(outcome.value)}  sha256:${outcome.digest}`);
  for (const { authority, kinds, statements } of faults)
    lines.push(
      `  fault    ${authority} signed two statements for one slot (${kinds.join(", ")}): ${statements.join(" ")}`,
    );
  if (firstFailing !== undefined) {
    const refusal = describeRefusal(firstFailing);
    lines.push(
      `  ${refusal.code} at ${firstFailing.step}, ${firstFailing.entry}`,
      `  what  ${refusal.what}`,
      `  why   ${refusal.why}`,
      `  do    ${refusal.do}`,
    );
  }
  return [...lines, "  network  0 requests made"].join("\n");
}

export const evidenceShow: Command = {
  name: "evidence show",
  usage: "evidence show BUNDLE",
  about: "what a bundle holds, without judging it",
  flags: {},
  run: async (call) => {
    const bundle = parseBundle(readBytes(argument(call, 0, "BUNDLE")));
    if (!bundle.ok) throw new Refused(bundle.fault, EXIT.no);
    const frames = bundle.value.frames.map(({ id, frame }) => ({ id, bytes: frame.length, ...described(frame) }));
    const { ceremony, exportedBy, outcome, rounds, lineage, refused } = bundle.value;
    const data = {
      ceremony,
      exportedBy,
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
      text: [`ceremony ${ceremony}  ${outcome.status}  sha256:${outcome.digest}`, ...lines].join("\n"),
    };
  },
};

function described(frame: Uint8Array): { readonly kind: string; readonly by: string } {
  const parsed = parseObservation(frame);
  if (!parsed.ok) return { kind: parsed.fault.code, by: "" };
  const { body, chain } = parsed.value.observation;
  return { kind: body.kind, by: chain[chain.length - 1]?.grant.subject ?? "" };
}

export const evidenceExport: Command = {
  name: "evidence export",
  usage: "evidence export CEREMONY --url URL [--key KEY] [--file FILE]",
  about: "fetch a ceremony's bundle from an agent",
  flags: { url: { type: "string" }, key: { type: "string" }, file: { type: "string" } },
  run: async (call) => {
    const bundle = await fetchFrom(call, `/v1/ceremonies/${argument(call, 0, "CEREMONY")}/evidence`);
    if (typeof call.flags.file !== "string") return { exit: EXIT.yes, data: JSON.parse(bundle) };
    writeFileSync(call.flags.file, bundle);
    return { exit: EXIT.yes, data: { file: call.flags.file }, text: call.flags.file };
  },
};

async function fetchFrom(call: Call, path: string): Promise<string> {
  const url = required(call, "url");
  const key = typeof call.flags.key === "string" ? call.flags.key : (process.env.QUORATE_KEY ?? "");
  const response = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${key}` } }).catch(
    (error: Error) => {
      throw new Refused(fault("UNREACHABLE", { url, reason: error.message }).fault, EXIT.unreachable);
    },
  );
  const text = await response.text();
  if (response.status === 200) return text;
  const code = (JSON.parse(text) as { code?: string }).code;
  const exits: Readonly<Record<number, number>> = {
    202: EXIT.pending,
    401: EXIT.permission,
    403: EXIT.permission,
    404: EXIT.absent,
  };
  throw new Refused(
    code === "PROVISIONAL"
      ? fault("PROVISIONAL").fault
      : code === "UNAUTHORISED"
        ? fault("UNAUTHORISED").fault
        : fault("NOT_FOUND", { thing: path }).fault,
    exits[response.status] ?? EXIT.bug,
  );
}

export const explain: Command = {
  name: "explain",
  usage: "explain (BUNDLE | --url URL --ceremony CEREMONY) ID",
  about: "why an observation was, or was not, admitted",
  flags: { url: { type: "string" }, key: { type: "string" }, ceremony: { type: "string" } },
  run: async (call) => {
    const explanation = typeof call.flags.url === "string" ? await explainRemote(call) : explainFile(call);
    return {
      exit: explanation.verdict === "admitted" ? EXIT.yes : EXIT.no,
      data: explanation,
      text: explanationText(explanation),
    };
  },
};

async function explainRemote(call: Call): Promise<Explanation> {
  const path = `/v1/ceremonies/${required(call, "ceremony")}/observations/${argument(call, 0, "ID")}/explain`;
  return JSON.parse(await fetchFrom(call, path)) as Explanation;
}

function explainFile(call: Call): Explanation {
  const bundle = parseBundle(readBytes(argument(call, 0, "BUNDLE")));
  if (!bundle.ok) throw new Refused(bundle.fault, EXIT.no);
  const frames = bundle.value.frames
    .map(({ frame }) => parseObservation(frame))
    .flatMap((parsed) => (parsed.ok ? [parsed.value.observation as VerifiedObservation] : []));
  const call0 = frames.find((frame) => frame.id === bundle.value.ceremony);
  const named = call0 !== undefined && isKind(call0, "call") ? call0.body.seats : [];
  const self = {
    authority: bundle.value.exportedBy,
    root: "",
    key: "",
    roots: new Map(named.map((seat) => [seat.root, seat.authority])),
  };
  const ordered = [...frames.filter((frame) => frame === call0), ...frames.filter((frame) => frame !== call0)];
  const { state } = readAgain(emptyState(bundle.value.ceremony, self), ordered);
  const refused = bundle.value.refused.map(({ hash, code, frame }) => ({ id: idOf(frame) ?? hash, code, frame }));
  const found = explainIn(state, refused, argument(call, 1, "ID"));
  if (found === null)
    throw new Refused(fault("NOT_FOUND", { thing: "such observation in the bundle" }).fault, EXIT.absent);
  return found;
}

function idOf(frame: Uint8Array): string | null {
  const parsed = parseObservation(frame);
  return parsed.ok ? parsed.value.observation.id : null;
}

function explanationText(explanation: Explanation): string {
  const { id, verdict, by, authority, kind, factors, refusal, contradicts } = explanation;
  const marks = { met: "✓", "not met": "✗", "not reached": "–" } as const;
  const head = `${verdict.toUpperCase()} by ${by}   ${kind} of ${authority}   obs ${id.slice(0, 12)}`;
  const rows = factors.map(
    (factor) => `  ${marks[factor.verdict]} ${factor.name.padEnd(11)} need ${factor.need.padEnd(52)} got ${factor.got}`,
  );
  const end = refusal === null ? [] : [`  ${refusal.code}`, `  why  ${refusal.why}`, `  do   ${refusal.do}`];
  const rival =
    contradicts === null ? [] : [`  EQUIVOCATION  contradicts ${contradicts} of the same signer; both are kept`];
  return [head, ...rows, ...end, ...rival].join("\n");
}
