// `frame inspect|verify`, `signature check` and `cbor check`: the same functions that the door calls.
import { parseHex, toHex } from "../../shared/bytes.ts";
import { toJson } from "../../shared/cbor/json.ts";
import { scanCanonical } from "../../shared/cbor/scan.ts";
import { verifyEd25519 } from "../../shared/cose/ed25519.ts";
import { trustFrom } from "../../shared/evidence/trust-statement.ts";
import { admit } from "../../shared/observation/admit.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import type { Observation } from "../../shared/observation/observation.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import type { Fault, Result } from "../../shared/result.ts";
import { argument, readBytes, required, stdinLines, usage } from "../files.ts";
import { type Answer, type Call, type Command, EXIT } from "../registry.ts";
import { readTrust } from "./evidence.ts";

function refused(fault: Fault): Answer {
  const refusal = describeRefusal(fault);
  return {
    exit: EXIT.no,
    data: { ok: false, ...refusal, detail: fault.detail },
    text: `${refusal.code}\n  what  ${refusal.what}\n  why   ${refusal.why}\n  do    ${refusal.do}`,
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
  usage: "frame verify FILE --trust TRUST",
  about: "take a frame through the door",
  flags: { hex: { type: "string" }, trust: { type: "string" } },
  run: async (call) => {
    const admitted = await admit(frameBytes(call), trustFrom(readTrust(required(call, "trust")), []));
    return admitted.ok ? shown(admitted.value) : refused(admitted.fault);
  },
};

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
