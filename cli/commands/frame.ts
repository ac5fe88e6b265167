// `frame inspect|verify`, `signature check` and `cbor check`: the same functions that the door calls.
import { parseHex, toHex } from "../../shared/bytes.ts";
import { toJson } from "../../shared/cbor/json.ts";
import { scanCanonical } from "../../shared/cbor/scan.ts";
import { verifyEd25519 } from "../../shared/cose/ed25519.ts";
import { openTrust } from "../../shared/evidence/trust-statement.ts";
import { admit } from "../../shared/observation/admit.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { authorityReport, type DoorCheck, doorChecks } from "../../shared/observation/door-report.ts";
import type { Observation } from "../../shared/observation/observation.ts";
import { suspectFields } from "../../shared/observation/suspects.ts";
import { describeRefusal, refusalClass } from "../../shared/refusals.ts";
import type { Fault, Result } from "../../shared/result.ts";
import { argument, readBytes, required, stdinLines, usage } from "../files.ts";
import { type Answer, type Call, type Command, EXIT, Refused } from "../registry.ts";
import { readStatements, readTrust } from "./evidence.ts";

function refused(fault: Fault): Answer {
  const refusal = describeRefusal(fault);
  const { field } = fault.detail;
  const place = typeof field === "string" ? `\n  field ${field}` : "";
  return {
    exit: EXIT.no,
    data: { ok: false, ...refusal, field: field ?? null, detail: fault.detail },
    text: `${refusal.code}${place}\n  what  ${refusal.what}\n  why   ${refusal.why}\n  do    ${refusal.do}`,
  };
}

function frameBytes(call: Call): Uint8Array {
  const hex = call.flags.hex;
  if (typeof hex !== "string") return readBytes(argument(call, 0, "FILE"));
  const bytes = parseHex(hex.toLowerCase());
  if (bytes === null) throw usage("--hex takes hexadecimal digits");
  return bytes;
}

function shown(observation: Observation): Answer {
  const { id, key, mesh, ceremony, round, slot, at, timeToLive, governanceClass, lineage, body, chain, frame } =
    observation;
  const subject = chain.map(({ grant }) => grant.subject);
  const view = {
    kind: body.kind,
    mesh,
    ceremony,
    round,
    slot,
    at,
    timeToLive,
    governanceClass,
    lineage: { ...lineage, derivation: null },
  };
  const data = { ok: true, id, key, bytes: frame.length, chain: subject, ...view, body: bodyView(body) };
  return { exit: EXIT.yes, data, text: JSON.stringify(data, null, 2) };
}

/** A view of a body for people: bytes in hexadecimal, maps as objects. */
function bodyView(body: object): unknown {
  const plain = (value: unknown): unknown => {
    if (value instanceof Uint8Array) return toHex(value);
    if (value instanceof Map) return toJson(value);
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
    return typeof value === "bigint" ? value.toString() : value;
  };
  return plain(body);
}

export const frameInspect: Command = {
  name: "frame inspect",
  usage: "frame inspect (FILE | --hex HEX)",
  about: "what a frame says, without judging its signature",
  flags: { hex: { type: "string" } },
  run: async (call) => {
    const parsed = parseObservation(frameBytes(call));
    return parsed.ok ? shown(parsed.value.observation) : refused(parsed.fault);
  },
};

export const frameVerify: Command = {
  name: "frame verify",
  usage: "frame verify (FILE | --hex HEX) --trust TRUST [--revocations FILE]",
  about: "take a frame through the door, check by check",
  flags: { hex: { type: "string" }, trust: { type: "string" }, revocations: { type: "string" } },
  run: async (call) => {
    const frame = frameBytes(call);
    const trust = await openTrust(readTrust(required(call, "trust")), readStatements(call));
    if (!trust.ok) throw new Refused(trust.fault, EXIT.usage);
    const admitted = await admit(frame, trust.value);
    const parsed = parseObservation(frame);
    const answer = admitted.ok ? shown(admitted.value) : refused(admitted.fault);
    const checks = doorChecks(admitted.ok ? null : admitted.fault);
    const report = parsed.ok ? authorityReport(parsed.value.observation, trust.value) : {};
    const tampered = !admitted.ok && admitted.fault.code === "SIGNATURE_INVALID" && parsed.ok;
    const suspects = tampered ? { suspects: await suspectFields(parsed.value.observation) } : {};
    const unclear = !admitted.ok && refusalClass(admitted.fault.code) === "held";
    return {
      exit: unclear ? EXIT.indeterminate : answer.exit,
      data: { ...(answer.data as object), checks, ...suspects, ...report },
      text: [...checks.map(checkLine), answer.text].join("\n"),
    };
  },
};

const MARKS = { passed: "✓", failed: "✗", "not reached": "–" } as const;
const checkLine = ({ name, need, result }: DoorCheck) =>
  `  ${MARKS[result]} ${name.padEnd(11)} ${result.padEnd(12)} ${need}`;

type Line = Readonly<Record<string, unknown>>;

/** Answers one line for each line of stdin: `{"ok":true}` or a code. */
async function eachLine(judge: (line: Line) => Promise<Result<unknown>>): Promise<Answer> {
  const answers: string[] = [];
  for (const source of stdinLines()) {
    const verdict = await judge(parseLine(source));
    answers.push(JSON.stringify(verdict.ok ? { ok: true } : { ok: false, code: verdict.fault.code }));
  }
  return { exit: EXIT.yes, text: answers.join("\n") };
}

function parseLine(source: string): Line {
  try {
    const value: unknown = JSON.parse(source);
    if (typeof value === "object" && value !== null) return value as Line;
  } catch {
    // answered below
  }
  throw usage("stdin must hold one JSON object a line");
}

function hexField(line: Line, name: string): Uint8Array {
  const value = line[name];
  const bytes = typeof value === "string" ? parseHex(value.toLowerCase()) : null;
  if (bytes === null) throw usage(`each line needs "${name}" in hexadecimal`);
  return bytes;
}

export const signatureCheck: Command = {
  name: "signature check",
  usage: "signature check   (JSON lines on stdin: key, message, signature in hexadecimal)",
  about: "the one signature rule, line by line",
  flags: {},
  run: () =>
    eachLine((line) => verifyEd25519(hexField(line, "key"), hexField(line, "message"), hexField(line, "signature"))),
};

export const cborCheck: Command = {
  name: "cbor check",
  usage: "cbor check   (JSON lines on stdin: cbor in hexadecimal)",
  about: "the canonical profile, line by line",
  flags: {},
  run: () => eachLine(async (line) => scanCanonical(hexField(line, "cbor"))),
};
