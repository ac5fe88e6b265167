// What `admit` is given: an observation in words, or a signed frame, which passes the door under the context's trust statement first. What
// the door finds is a veto: the factors are shown all the same, and none of them makes it good.
import { factsOf } from "../../shared/admission/facts.ts";
import {
  CONTEXT_SHAPE,
  type Context,
  OBSERVATION_SHAPE,
  type Presented,
  parseContext,
  parseWords,
} from "../../shared/admission/plain.ts";
import { rootOf } from "../../shared/authority/chain.ts";
import type { Trust } from "../../shared/authority/trust.ts";
import { parseBase64 } from "../../shared/bytes.ts";
import { openTrust, readTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { admit } from "../../shared/observation/admit.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { isKind } from "../../shared/observation/observation.ts";
import { fault, type Result } from "../../shared/result.ts";
import { importCase } from "../case-file.ts";
import { readBytes, readJsonFile } from "../files.ts";
import { frameIn } from "../frame-file.ts";
import { EXIT, Refused, refused } from "../registry.ts";

export type AdmissionCase = {
  /** The refusal of bytes that are no observation. */
  readonly subject: Result<Presented>;
  readonly others: readonly Presented[];
  readonly context: Context;
};

export async function readAdmissionCase(observation: string, context: string): Promise<AdmissionCase> {
  const document = readJsonFile(context);
  const { trust = null, revocations = [], ...rest } = isObject(document) ? document : { context: document };
  const others = Array.isArray(rest.others) ? rest.others : [];
  const isFrame = (item: unknown) => typeof item === "string";
  const around = parseContext(
    importCase(others.length === 0 ? rest : { ...rest, others: others.filter((item) => !isFrame(item)) }),
  );
  if (!around.ok) throw new Refused(around.fault, EXIT.usage);
  const bytes = readBytes(observation);
  const words = jsonIn(bytes);
  if (words !== undefined && others.every((item) => !isFrame(item)))
    return { subject: taken(parseWords(importCase(words))), others: [], context: around.value };
  const opened = await openContextTrust(trust, revocations);
  const frames = others.filter(isFrame).map((item) => parseBase64(String(item)));
  const signed = await Promise.all(frames.map((frame) => presentFrame(frame ?? new Uint8Array(), opened)));
  return {
    subject: words === undefined ? await presentFrame(frameIn(bytes), opened) : taken(parseWords(importCase(words))),
    others: signed.map((one, index) => takenAt(one, `others[${index}]`)),
    context: around.value,
  };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A document in words; undefined for a frame, whose spellings are no JSON objects. */
function jsonIn(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}

function taken(read: Result<Presented>): Result<Presented> {
  if (!read.ok) throw new Refused(read.fault, EXIT.usage);
  return read;
}

function takenAt(read: Result<Presented>, path: string): Presented {
  if (read.ok) return read.value;
  const need = `a frame in base64 (${read.fault.code})`;
  throw refused("FILE_SHAPE", { thing: "a context", shape: CONTEXT_SHAPE, path, need });
}

async function openContextTrust(document: unknown, revocations: unknown): Promise<Trust> {
  const wrong = (path: string, need: string) =>
    refused("FILE_SHAPE", { thing: "a context", shape: CONTEXT_SHAPE, path, need });
  if (document === null) throw wrong("trust", "there, since a signed observation is judged: a trust statement");
  const statement = readTrustStatement(document);
  if (!statement.ok) throw new Refused(statement.fault, EXIT.usage);
  const frames = Array.isArray(revocations) ? revocations.map((item) => parseBase64(String(item))) : [null];
  if (frames.includes(null)) throw wrong("revocations", "a list of signed frames in base64");
  const trust = await openTrust(statement.value, frames as readonly Uint8Array[]);
  if (!trust.ok) throw new Refused(trust.fault, EXIT.usage);
  return trust.value;
}

async function presentFrame(frame: Uint8Array, trust: Trust): Promise<Result<Presented>> {
  const parsed = parseObservation(frame, trust);
  if (!parsed.ok) return parsed;
  const { observation } = parsed.value;
  if (!isKind(observation, "contribution") && !isKind(observation, "fact"))
    return fault("FILE_SHAPE", {
      thing: "an observation that claims something",
      shape: OBSERVATION_SHAPE,
      path: "kind",
      need: `contribution or fact, not ${observation.body.kind}`,
    });
  const admitted = await admit(frame, trust);
  const root = rootOf(observation.chain);
  const evidence = {
    ...factsOf(observation),
    authority: trust.roots.get(root) ?? root,
    vetoes: admitted.ok ? [] : [admitted.fault],
  };
  return { ok: true, value: { evidence, ceremony: observation.ceremony } };
}
