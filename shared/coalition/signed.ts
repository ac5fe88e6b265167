// The pool of a coalition from signed statements (SPEC §15.7): each authority signs its own policy, translators and revocations, and
// numbers them. Any road may bring them, in any order and number of copies; what a mirror withholds leaves a hole in the numbers.
import { type Chain, grantsRole } from "../authority/chain.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { type Reader, readAs } from "../cbor/read.ts";
import type { CborMap, CborValue, Encodable } from "../cbor/value.ts";
import { sha256Hex } from "../hash.ts";
import { NUMBERS_AHEAD_MAX } from "../limits.ts";
import { readTranslator, readTranslatorRevocation } from "../mesh/documents/translator.ts";
import { authorityOf } from "../mesh/signed/voice.ts";
import type { Translator, TranslatorRevocation } from "../mesh/translator.ts";
import {
  type DeclarationBody,
  isKind,
  type Observation,
  type VerifiedObservation,
} from "../observation/observation.ts";
import type { RefusalCode } from "../refusals.ts";
import { type Fault, fault, ok, type Result } from "../result.ts";
import { sortedTexts } from "../text.ts";
import { type AuthorityPolicy, type Pool, readPolicy } from "./pool.ts";
import { itemOfRevocation } from "./posture.ts";
import { POLICY_ROLE, readStated } from "./stated.ts";

export const COALITION_TYPES = ["coalition-policy", "coalition-translator", "coalition-revocation"] as const;
export type CoalitionType = (typeof COALITION_TYPES)[number];

/** `from` is null where the door refused it and nobody is known to have said it. */
export type PoolRefusal = { readonly id: string; readonly from: string | null; readonly fault: Fault };
/** The highest number of each authority that was said. */
export type Heads = ReadonlyMap<string, number>;
export type SignedPool = {
  readonly pool: Pool;
  readonly refused: readonly PoolRefusal[];
  readonly heads: Heads;
  /** Which statement said what: a policy as `authority@version`, a translator by its id, a revocation as `by:what:from`. */
  readonly said: readonly { readonly id: string; readonly item: string }[];
};

type Document =
  | { readonly type: "coalition-policy"; readonly document: AuthorityPolicy }
  | { readonly type: "coalition-translator"; readonly document: Translator }
  | { readonly type: "coalition-revocation"; readonly document: TranslatorRevocation };
type Said = { readonly authority: string; readonly number: number } & Document;
type Statement = { readonly id: string; readonly content: string } & Said;

/** What an authority signs: the document and its number among the authority's own. */
export function coalitionContent(number: number, document: CborMap): CborMap {
  return new Map<string, CborValue>([
    ["number", number],
    ["document", document],
  ]);
}

/**
 * The pool that admitted statements make. A later revocation of a key takes its statements from the admitted ones, and with them every
 * number that it claimed: nothing is remembered beside the statements, so an absurd version leaves no trace.
 */
export function poolFrom(admitted: readonly VerifiedObservation[], roots: ReadonlyMap<string, string>): SignedPool {
  const refused: PoolRefusal[] = [];
  const statements: Statement[] = [];
  for (const observation of [...new Map(admitted.map((one) => [one.id, one])).values()].sort(byId)) {
    if (!isKind(observation, "declaration") || !isCoalition(observation.body.type)) continue;
    const read = readStatement(observation, observation.body.type, roots);
    if (read.ok) statements.push(read.value);
    else refused.push({ id: observation.id, from: nameOf(observation.chain, roots), fault: read.fault });
  }
  const { sound, refused: unsound } = numbered(statements);
  const documents = <T extends CoalitionType>(type: T, of = (all: readonly Statement[]) => all) =>
    of(sound).flatMap((statement) =>
      statement.type === type ? [statement.document as Extract<Document, { type: T }>["document"]] : [],
    );
  const pool: Pool = {
    policies: documents("coalition-policy"),
    // Issued again under its id, a translator replaces the earlier one: two of one id would be two roads with one name.
    translators: documents("coalition-translator", newestById),
    // A revocation only ever takes away: it holds whatever else its authority has said or withheld.
    revocations: statements.flatMap((one) => (one.type === "coalition-revocation" ? [one.document] : [])),
  };
  return { pool, refused: [...refused, ...unsound], heads: headsOf(statements), said: statements.map(sayingOf) };
}

/** Of the translators that were issued under one id the one with the highest number; nobody but its signer can issue one under it. */
function newestById(statements: readonly Statement[]): readonly Statement[] {
  const newest = new Map<string, Statement>();
  for (const statement of statements) {
    if (statement.type !== "coalition-translator") continue;
    const before = newest.get(statement.document.id);
    if (before === undefined || before.number < statement.number) newest.set(statement.document.id, statement);
  }
  return [...newest.values()];
}

function sayingOf(statement: Statement): SignedPool["said"][number] {
  const { id, type, document } = statement;
  if (type === "coalition-translator") return { id, item: document.id };
  if (type === "coalition-policy") return { id, item: `${document.authority}@${document.version}` };
  return { id, item: itemOfRevocation(document) };
}

/** The number that an authority's next statement takes; jumps that nobody would make by losing letters are not counted on from. */
export function nextNumber(own: readonly number[]): number {
  const numbers = new Set(own);
  const far = firstMissing(numbers) + NUMBERS_AHEAD_MAX;
  return Math.max(0, ...[...numbers].filter((number) => number <= far)) + 1;
}

/** What an authority has numbered, of all that is at hand. */
export function numbersOf(
  all: readonly VerifiedObservation[],
  authority: string,
  roots: ReadonlyMap<string, string>,
): readonly number[] {
  return all.flatMap((observation) => {
    if (!isKind(observation, "declaration") || !isCoalition(observation.body.type)) return [];
    const number = observation.body.content.get("number");
    return typeof number === "number" && nameOf(observation.chain, roots) === authority ? [number] : [];
  });
}

function headsOf(statements: readonly Said[]): Heads {
  const heads = new Map<string, number>();
  for (const { authority, number } of statements) heads.set(authority, Math.max(number, heads.get(authority) ?? 0));
  return heads;
}

function byId(a: VerifiedObservation, b: VerifiedObservation): number {
  return a.id < b.id ? -1 : 1;
}

export function isCoalition(type: string): type is CoalitionType {
  return (COALITION_TYPES as readonly string[]).includes(type);
}

function nameOf(chain: Chain, roots: ReadonlyMap<string, string>): string {
  return authorityOf(chain, roots).split("/")[0] as string;
}

/** The authority in whose name a statement of a mesh was said. */
export function speakerOf({ chain }: Pick<VerifiedObservation, "chain">, roots: ReadonlyMap<string, string>): string {
  return nameOf(chain, roots);
}

const READERS: { readonly [T in CoalitionType]: Reader<Extract<Document, { type: T }>["document"]> } = {
  "coalition-policy": readPolicy,
  "coalition-translator": readTranslator(null),
  "coalition-revocation": readTranslatorRevocation(null),
};

function readStatement(
  observation: VerifiedObservation & Observation<DeclarationBody>,
  type: CoalitionType,
  roots: ReadonlyMap<string, string>,
): Result<Statement> {
  const { id, chain, body } = observation;
  const read = readSaid(type, body.content, chain, roots);
  if (!read.ok) return read;
  const text = sha256Hex(encodeCanonical([type, body.content.get("document") as Encodable]));
  return ok({ id, content: text, ...read.value });
}

/** What an authority says of itself, signed or about to be: readable, in its own name, by a holder of the role. */
export function readSaid(
  type: CoalitionType,
  said: CborMap,
  chain: Chain,
  roots: ReadonlyMap<string, string>,
): Result<Said> {
  if (!grantsRole(chain, POLICY_ROLE))
    return fault("ROLE_NOT_GRANTED", { role: POLICY_ROLE, granted: chain.at(-1)?.grant.roles.join(", ") });
  const content = readAs(said, readStated, type);
  if (!content.ok) return fault("POOL_INVALID", content.fault.detail);
  const read = readAs(content.value.document, READERS[type] as Reader<Document["document"]>, type);
  if (!read.ok) return fault("POOL_INVALID", read.fault.detail);
  const document = { type, document: read.value } as Document;
  const authority = nameOf(chain, roots);
  const named = inNameOf(document);
  if (named !== authority)
    return fault("POLICY_NOT_OWN", { signer: authority, document: type.slice("coalition-".length), authority: named });
  return ok({ authority, number: content.value.number, ...document });
}

/** Whose a document says it is. A translator's id begins with its signer's name, so that nobody can take another's id. */
function inNameOf({ type, document }: Document): string {
  if (type === "coalition-policy") return document.authority;
  if (type === "coalition-revocation") return document.by;
  const signer = document.signer ?? document.from;
  return document.id.startsWith(`${signer}/`) ? signer : (document.id.split("/")[0] as string);
}

/** Authorities of whose numbers one is missing say nothing but their revocations, and a number that was used twice counts for neither. */
function numbered(statements: readonly Statement[]): {
  readonly sound: readonly Statement[];
  readonly refused: readonly PoolRefusal[];
} {
  const refused: PoolRefusal[] = [];
  const sound: Statement[] = [];
  const refuse = ({ id, authority }: Statement, code: RefusalCode, detail: object) =>
    void refused.push({ id, from: authority, fault: fault(code, { authority, ...detail }).fault });
  for (const authority of sortedTexts(new Set(statements.map((one) => one.authority)))) {
    const mine = statements.filter((one) => one.authority === authority);
    const own = [...new Map(mine.map((one) => [`${one.number} ${one.content}`, one])).values()];
    const last = Math.max(...own.map(({ number }) => number));
    const missing = firstMissing(new Set(own.map(({ number }) => number)));
    for (const statement of own) {
      const { number } = statement;
      const isAhead = number > missing + NUMBERS_AHEAD_MAX;
      const rivals = own.filter((other) => other.number === number && other.content !== statement.content);
      if (isAhead) refuse(statement, "POLICY_NUMBER_AHEAD", { number, last: missing - 1 });
      else if (missing < last) refuse(statement, "POLICY_WITHHELD", { last, missing });
      else if (rivals.length > 0) refuse(statement, "POLICY_NUMBER_TWICE", { number });
      else sound.push(statement);
    }
  }
  return { sound, refused };
}

function firstMissing(numbers: ReadonlySet<number>): number {
  let at = 1;
  while (numbers.has(at)) at += 1;
  return at;
}
