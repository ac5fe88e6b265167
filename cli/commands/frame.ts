// `frame inspect|verify`, `signature check` and `cbor check`: the same functions that the door calls.
import { decodeCanonical } from "../../shared/cbor/decode.ts";
import { verifyEd25519 } from "../../shared/cose/ed25519.ts";
import { openTrust } from "../../shared/evidence/trust-statement.ts";
import { admit } from "../../shared/observation/admit.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { authorityReport, type DoorCheck, doorChecks } from "../../shared/observation/door-report.ts";
import type { Observation } from "../../shared/observation/observation.ts";
import { suspectFields } from "../../shared/observation/suspects.ts";
import { viewOfObservation } from "../../shared/observation/view.ts";
import { describeRefusal, refusalClass } from "../../shared/refusals.ts";
import { type Fault, fault, type Result } from "../../shared/result.ts";
import { argument, linesIn, readBytes, required, usage } from "../files.ts";
import { frameIn, hexGiven } from "../frame-file.ts";
import { type Answer, type Call, type Command, EXIT, Refused } from "../registry.ts";
import { readStatements, readTrust } from "./evidence.ts";

function refused(why: Fault): Answer {
  const refusal = describeRefusal(why);
  const { field } = why.detail;
  const place = typeof field === "string" ? `\n  field ${field}` : "";
  return {
    exit: EXIT.no,
    data: { ok: false, ...refusal, field: field ?? null, detail: why.detail },
    text: `${refusal.code}${place}\n  what  ${refusal.what}\n  why   ${refusal.why}\n  do    ${refusal.do}`,
  };
}

const FRAME_FORMS = [
  "FILE      a frame as it was signed: its bytes, or their hexadecimal or base64 text; - reads stdin",
  "--hex     the same bytes in hexadecimal; blanks and a leading 0x are passed over",
];

function frameBytes(call: Call): Uint8Array {
  const hex = call.flags.hex;
  if (typeof hex !== "string") return frameIn(readBytes(argument(call, 0, "FILE")));
  const bytes = hexGiven(hex);
  if (bytes === null) throw usage("--hex takes hexadecimal digits");
  return bytes;
}

function shown(observation: Observation): Answer {
  const data = { ok: true, ...viewOfObservation(observation) };
  return { exit: EXIT.yes, data, text: JSON.stringify(data, null, 2) };
}

export const frameInspect: Command = {
  name: "frame inspect",
  usage: "frame inspect (FILE | --hex HEX)",
  about: "what a frame says, without judging its signature",
  flags: { hex: { type: "string" } },
  input: FRAME_FORMS,
  example: "frame inspect cli/examples/frame.hex",
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
  input: [
    ...FRAME_FORMS,
    'TRUST     {"format":"quorate-trust/1","mesh":"test-mesh","roots":[{"authority":"acme","key":"64 hexadecimal digits"}]}',
    "          may also hold statements (base64), taxonomyGrace, revocationAge, device and classes",
    '--revocations  a JSON list of signed frames in base64: ["hFgo…"]',
    "answer    exit 0 if every check passes, 5 at the first that fails, 3 if fresher evidence is needed to tell",
  ],
  example: "frame verify cli/examples/frame.hex --trust cli/examples/trust.json",
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
type Judge = (line: Line) => Promise<Result<unknown>>;

/** Answers one line for each line of stdin: `{"ok":true}`, or why not. A line that cannot be read is answered like any other. */
async function eachLine({ args }: Call, judge: Judge, shape: string): Promise<Answer> {
  const answers: string[] = [];
  let unread = 0;
  for (const source of linesIn(args[0])) {
    const line = parseLine(source);
    const fields = line === null ? null : await reading(() => judge(line));
    const verdict =
      fields ?? fault("FILE_SHAPE", { thing: "JSON lines", path: `line ${answers.length + 1}`, ...JSON_LINE, shape });
    if (!verdict.ok && UNREAD.includes(verdict.fault.code)) unread += 1;
    answers.push(JSON.stringify(verdict.ok ? { ok: true } : { ok: false, ...describeRefusal(verdict.fault) }));
  }
  return { exit: unread === 0 ? EXIT.yes : EXIT.usage, ...(answers.length === 0 ? {} : { text: answers.join("\n") }) };
}

const JSON_LINE = { need: "a JSON object" };
/** What only the reading of a line answers, never a rule about what it holds. */
const UNREAD: readonly string[] = ["FILE_SHAPE", "FIELD_INVALID"];

async function reading(judge: () => Promise<Result<unknown>>): Promise<Result<unknown>> {
  try {
    return await judge();
  } catch (error) {
    if (error instanceof Refused) return { ok: false, fault: error.fault };
    throw error;
  }
}

function parseLine(source: string): Line | null {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Line) : null;
  } catch {
    return null;
  }
}

function hexField(line: Line, name: string): Uint8Array {
  const value = line[name];
  const bytes = typeof value === "string" ? hexGiven(value) : null;
  if (bytes === null)
    throw new Refused(fault("FIELD_INVALID", { path: name, need: "there, as hexadecimal text" }).fault, EXIT.usage);
  return bytes;
}

const LINES_FORM = [
  'answer   one line for each: {"ok":true} or {"ok":false,"code",…}; exit 0 once all are answered, whatever they say,',
  "         and 64 if a line could not be read, which is answered in its place",
];
const SIGNATURE_LINE = '{"key":"32 bytes","message":"any bytes","signature":"64 bytes"}';
const CBOR_LINE = '{"cbor":"any bytes"}';

export const signatureCheck: Command = {
  name: "signature check",
  usage: "signature check [FILE]",
  about: "the one signature rule, line by line",
  flags: {},
  input: [`FILE     or stdin: JSON lines, bytes in hexadecimal: ${SIGNATURE_LINE}`, ...LINES_FORM],
  example: "signature check cli/examples/signatures.jsonl",
  run: (call) =>
    eachLine(
      call,
      (line) => verifyEd25519(hexField(line, "key"), hexField(line, "message"), hexField(line, "signature")),
      SIGNATURE_LINE,
    ),
};

export const cborCheck: Command = {
  name: "cbor check",
  usage: "cbor check [FILE]",
  about: "the canonical profile, line by line",
  flags: {},
  input: [`FILE     or stdin: JSON lines, bytes in hexadecimal: ${CBOR_LINE}`, ...LINES_FORM],
  example: "cbor check cli/examples/cbor.jsonl",
  run: (call) => eachLine(call, async (line) => decodeCanonical(hexField(line, "cbor")), CBOR_LINE),
};
