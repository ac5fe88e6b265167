// The NATS subject grammar: the only place where subjects are built or read.
// A party publishes `to.<peer>.<mesh>.<ceremony>`; the server delivers it as `inbox.<ACCOUNT>.<mesh>.<ceremony>`,
// with the sender's account stamped by the server. A subject routes; it is never evidence.
import type { Result } from "../result.ts";
import { fault, ok } from "../result.ts";

/** What a delivery's subject says; `topic` is `<mesh>.<ceremony>`. */
export type InboundSubject = {
  readonly account: string;
  readonly topic: string;
  readonly mesh: string;
  readonly ceremony: string;
};

/** In place of a ceremony: what is said to the mesh itself. No ceremony's id is so short. */
export const FACTS_TOKEN = "facts";

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;
/** Hostile subjects may be long; a refusal quotes only their beginning. */
const QUOTED_LENGTH_MAX = 200;

/** One token: no dot, no wildcard and no blank, so that joining tokens can never change a subject's shape. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

export function buildTopic(mesh: string, ceremony: string): Result<string> {
  if (!isToken(mesh) || !isToken(ceremony)) return malformed(`${mesh}.${ceremony}`);
  return ok(`${mesh}.${ceremony}`);
}

export function buildOutboundSubject(peer: string, topic: string): Result<string> {
  const subject = `to.${peer}.${topic}`;
  const tokens = subject.split(".");
  if (tokens.length !== 4 || !tokens.every(isToken)) return malformed(subject);
  return ok(subject);
}

/**
 * Where a party keeps its own statements of a topic, by their number in its lineage: in its own account, which nobody else can write to.
 * Null stands for all of them.
 */
export function buildJournalSubject(topic: string, sequence: number | null): Result<string> {
  const tokens = topic.split(".");
  if (tokens.length !== 2 || !tokens.every(isToken)) return malformed(topic);
  return ok(`own.${topic}.${sequence ?? "*"}`);
}

export function parseInboundSubject(subject: string): Result<InboundSubject> {
  const [root, account, mesh, ceremony, ...rest] = subject.split(".");
  if (root !== "inbox" || account === undefined || mesh === undefined || ceremony === undefined)
    return malformed(subject);
  if (rest.length > 0 || ![account, mesh, ceremony].every(isToken)) return malformed(subject);
  return ok({ account, topic: `${mesh}.${ceremony}`, mesh, ceremony });
}

function malformed(subject: string): ReturnType<typeof fault> {
  return fault("SUBJECT_MALFORMED", { found: subject.slice(0, QUOTED_LENGTH_MAX) });
}
