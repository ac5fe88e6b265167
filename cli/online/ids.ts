// Ids as people type them: with a prefix that says what they are, and only as many digits as make them unique.
import { setTimeout as sleep } from "node:timers/promises";
import { ID_DIGITS_MIN } from "../../shared/evidence/explain.ts";
import { type Agent, askJson } from "../agent-client.ts";
import { usage } from "../files.ts";
import { Refused, refused } from "../registry.ts";
import { pagesOf } from "./pages.ts";

const POLL_MS = 250;
/** An older one is named by its whole id. */
const LOOKED_THROUGH = 2_000;

/** The digits of an id, or of its beginning. */
export function digitsOf(given: string, name: string): string {
  const id = given.toLowerCase().replace(/^(cer_|obs_|sha256:)/, "");
  if (!/^[0-9a-f]{1,64}$/.test(id)) throw usage(`${name} is written in hexadecimal digits`);
  if (id.length < ID_DIGITS_MIN) throw usage(`${name} needs ${ID_DIGITS_MIN} digits at least`);
  return id;
}

/** The digits of an id that people see. */
export function short(id: string): string {
  return id.slice(0, 12);
}

/** The ceremony that is meant, once the agent knows it: a call that has just gone out may take `graceMs` to arrive. */
export async function ceremonyOf(agent: Agent, given: string, graceMs = 0): Promise<string> {
  const digits = digitsOf(given, "CEREMONY");
  for (let leftMs = graceMs; ; leftMs -= POLL_MS) {
    const found = digits.length === 64 ? await whole(agent, digits) : await beginning(agent, digits);
    if (found !== null) return found;
    if (leftMs <= 0) throw refused("NOT_FOUND", { thing: "such ceremony" });
    await sleep(POLL_MS);
  }
}

async function whole(agent: Agent, id: string): Promise<string | null> {
  try {
    const { policy, refusal } = await askJson<{ policy: unknown; refusal: unknown }>(agent, `/v1/ceremonies/${id}`);
    return policy === null && refusal === null ? null : id;
  } catch (error) {
    if (error instanceof Refused && error.fault.code === "NOT_FOUND") return null;
    throw error;
  }
}

/** Looked through page by page, the latest first. */
async function beginning(agent: Agent, digits: string): Promise<string | null> {
  const rows = await listOf(agent, {}, LOOKED_THROUGH);
  const found = rows.map(({ ceremony }) => ceremony).filter((id) => id.startsWith(digits));
  if (found.length > 1) throw refused("ID_AMBIGUOUS", { id: digits, found: found.map(short).join(" ") });
  return found[0] ?? null;
}

export type Row = {
  readonly ceremony: string;
  readonly title: string;
  readonly phase: string;
  readonly atMs: number;
};

/** At most `most` of the ceremonies that an agent lists. */
export function listOf(agent: Agent, filter: Readonly<Record<string, string>>, most: number): Promise<readonly Row[]> {
  return pagesOf<Row>(agent, "/v1/ceremonies", "ceremonies", filter, most);
}
