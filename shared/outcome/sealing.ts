// Commit and reveal (SPEC §6.7): round 0 closes over hashes, so that nobody can answer what another says; round 1 over what they hide.
// The hash is over the whole `reveal` map, nonce included: of its canonical CBOR, or of its canonical JSON (RFC 8785) for those who have
// no CBOR at hand. No byte string is both, so either binds alike.
import { encodeCanonical } from "../cbor/encode.ts";
import { type CborMap, type CborValue, type Encodable, isCborMap } from "../cbor/value.ts";
import { sha256Hex } from "../hash.ts";
import type { Id } from "../observation/observation.ts";
import type { Role } from "../policy/policy.ts";
import { type Fault, fault, ok, type Result } from "../result.ts";
import { type Contribution, compareText } from "./contribution.ts";

const COMMITMENT = /^sha256:[0-9a-f]{64}$/;
const NONCE_LENGTH_MAX = 128;
const utf8 = new TextEncoder();

export function judgeCommit(content: CborMap): Fault | null {
  const unread = [...content.keys()].find((name) => name !== "commit" && name !== "reason");
  if (unread !== undefined)
    return fault("CONTENT_INVALID", { path: String(unread), need: "left out: this round takes commitments only" })
      .fault;
  const commit = content.get("commit");
  return typeof commit === "string" && COMMITMENT.test(commit)
    ? null
    : fault("CONTENT_INVALID", { path: "commit", need: "sha256: and 64 lower-case hexadecimal digits" }).fault;
}

/** What a seat's commitment is kept under. */
function commitmentKey(seat: number, commit: string): string {
  return `${seat}/${commit}`;
}

/** The commitments of a closed round 0: by whom and what, and the statement that made each. */
export function commitmentsOf(admitted: readonly Contribution[]): ReadonlyMap<string, Id> {
  return new Map(admitted.map(({ id, seat, content }) => [commitmentKey(seat, String(content.get("commit"))), id]));
}

export type Revealed = { readonly content: CborMap; readonly commitment: Id };

/** Opens a seat's commitment: what it hid, and which commitment that was. */
export function openReveal(
  commitments: ReadonlyMap<string, Id>,
  author: { readonly seat: number; readonly name: string; readonly role: Role },
  content: CborMap,
): Result<Revealed> {
  const reveal = content.get("reveal");
  const unread = [...content.keys()].find((name) => name !== "reveal" && name !== "reason");
  if (unread !== undefined || !isCborMap(reveal))
    return fault("CONTENT_INVALID", { path: String(unread ?? "reveal"), need: "a reveal, and nothing else" });
  const nonce = reveal.get("nonce");
  if (typeof nonce !== "string" || nonce.length === 0 || nonce.length > NONCE_LENGTH_MAX)
    return fault("CONTENT_INVALID", { path: "reveal.nonce", need: `text of 1 to ${NONCE_LENGTH_MAX} characters` });
  const commitment = hashesOf(reveal)
    .map((hash) => commitments.get(commitmentKey(author.seat, `sha256:${hash}`)))
    .find((id) => id !== undefined);
  if (commitment === undefined) return fault("REVEAL_MISMATCH");
  const party = reveal.get("party");
  if (party !== undefined && party !== author.name) return fault("REVEAL_MISMATCH");
  const hidden = new Map([...reveal].filter(([name]) => name !== "nonce" && name !== "party"));
  return ok({ content: unwrap(author.role, hidden), commitment });
}

/** A bid may be revealed with its fields side by side with the nonce. */
function unwrap(role: Role, hidden: CborMap): CborMap {
  const bare = role.gives.includes("bid") && hidden.has("amount") && !hidden.has("bid");
  return bare ? new Map<string, CborValue>([["bid", hidden]]) : hidden;
}

function hashesOf(reveal: CborMap): readonly string[] {
  return [sha256Hex(encodeCanonical(reveal as Encodable)), sha256Hex(utf8.encode(canonicalJson(reveal)))];
}

/** RFC 8785 for values of our profile: no floats, so that only the order of names is left to settle. */
function canonicalJson(value: CborValue): string {
  if (Array.isArray(value)) return `[${(value as readonly CborValue[]).map(canonicalJson).join(",")}]`;
  if (isCborMap(value)) {
    const entries = [...value].map(([name, item]) => [String(name), item] as const);
    const sorted = entries.sort(([a], [b]) => compareText(a, b));
    return `{${sorted.map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`).join(",")}}`;
  }
  return typeof value === "bigint" ? String(value) : JSON.stringify(value);
}

/** The commitment to a reveal, as a bidder's agent writes it. */
export function commitTo(reveal: CborMap): string {
  return `sha256:${sha256Hex(encodeCanonical(reveal as Encodable))}`;
}
