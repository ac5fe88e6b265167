// Frames made by hand with real keys, so that a test can break one thing and leave the rest sound: a recipe is all that goes into a
// frame and into the trust that judges it, `build` makes both.
import { generateKeyPairSync, sign } from "node:crypto";
import { type ChainMemory, emptyMemory } from "../../shared/authority/chain.ts";
import { type Grant, issueCredential } from "../../shared/authority/credential.ts";
import { issueStatement, openAuthorityStatement } from "../../shared/authority/statement.ts";
import { assembleTrust, type Trust, type TrustTerms } from "../../shared/authority/trust.ts";
import { equalBytes, parseHex, toHex } from "../../shared/bytes.ts";
import { decodeCanonical } from "../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import type { CborValue } from "../../shared/cbor/value.ts";
import { signerFrom } from "../../shared/cose/key.ts";
import { type Context, parseSign1, type Signer, sigStructure } from "../../shared/cose/sign1.ts";
import { sha256 } from "../../shared/hash.ts";
import { authorFor } from "../../shared/observation/author.ts";
import type { Kind } from "../../shared/observation/observation.ts";
import { encodable } from "./oracles.ts";
import { MESH } from "./parties.ts";
import { draftOf, HOUR, START } from "./statements.ts";

const utf8 = new TextEncoder();
type Change = (bytes: Uint8Array) => Uint8Array;
export const unchanged: Change = (bytes) => bytes;

export const signerNamed = (name: string) => signerFrom(sha256(utf8.encode(`secret of ${name}`)));

/** Node's own signatures under a new key, where there are to be very many. */
export function quickSigner(): Signer {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const key = Uint8Array.from(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
  return { key, sign: (bytes) => Uint8Array.from(sign(null, bytes, privateKey)) };
}

/** One link of a chain before it is signed. `frame` changes it after that. */
export type Link = {
  readonly grant: Grant & Readonly<Record<string, unknown>>;
  readonly issuer: Signer;
  readonly frame: Change;
};

export type Recipe = {
  readonly fields: ReadonlyMap<string, CborValue>;
  readonly links: readonly Link[];
  readonly signer: Signer;
  /** The protected header; null for the one that belongs to the signer. */
  readonly header: ReadonlyMap<number, CborValue> | null;
  readonly context: Context;
  readonly unprotected: ReadonlyMap<number, CborValue>;
  readonly payload: Change;
  readonly signature: Change;
  readonly frame: Change;
  readonly mesh: string | null;
  readonly roots: ReadonlyMap<string, string>;
  /** Each revokes the link of this index, under this key, from this instant on. */
  readonly revocations: readonly { readonly link: number; readonly signer: Signer; readonly from: number }[];
};

export const ROOT = signerNamed("the root of acme");
export const BOARD = signerNamed("the board of acme");
export const AGENT = signerNamed("the agent of acme");

export function grantTo(key: Uint8Array, changes: Partial<Grant> = {}): Grant {
  return {
    version: 1,
    mesh: MESH,
    subject: "acme/agent",
    key,
    next: null,
    roles: ["approver", "witness"],
    classes: ["coordination"],
    jurisdictions: ["*"],
    tier: null,
    delegations: 0,
    not_before: START - HOUR,
    not_after: START + 10 * HOUR,
    serial: sha256(key).slice(0, 16),
    ...changes,
  };
}

/** A root that empowers a board, which empowers an agent. */
export function soundLinks(): readonly [Link, Link] {
  const board = grantTo(BOARD.key, { subject: "acme/board", delegations: 3, not_after: START + 20 * HOUR });
  return [
    { grant: board, issuer: ROOT, frame: unchanged },
    { grant: grantTo(AGENT.key), issuer: BOARD, frame: unchanged },
  ];
}

/** Links may carry fields that no grant has: a test of unknown fields signs them as they are. */
export function linkFrame({ grant, issuer, frame }: Link): Uint8Array {
  const known = issued.get(grant);
  const signed = known?.issuer === issuer ? known.frame : issueCredential(grant, issuer);
  issued.set(grant, { issuer, frame: signed });
  return frame(Uint8Array.from(signed));
}

/** Signing costs a millisecond, and recipes share most of their links. */
const issued = new WeakMap<object, { readonly issuer: Signer; readonly frame: Uint8Array }>();

export function soundRecipe(kind: Kind = "contribution"): Recipe {
  const links = soundLinks();
  const author = authorFor({
    mesh: MESH,
    signer: AGENT,
    credentials: links.map(linkFrame),
    place: { frame: "logical", key: "acme" },
    timeFrame: "utc",
    governanceClass: "coordination",
  });
  return {
    fields: payloadOf(author(draftOf(kind)).frame) as ReadonlyMap<string, CborValue>,
    links,
    signer: AGENT,
    header: null,
    context: "quorate/observation/1",
    unprotected: new Map(),
    payload: unchanged,
    signature: unchanged,
    frame: unchanged,
    mesh: MESH,
    roots: new Map([[toHex(ROOT.key), "acme"]]),
    revocations: [],
  };
}

/** The decoded payload of a frame that is known to parse. */
export function payloadOf(frame: Uint8Array): ReadonlyMap<string | number, CborValue> {
  const parsed = parseSign1(frame);
  const decoded = parsed.ok ? decodeCanonical(parsed.value.payload) : parsed;
  if (!decoded.ok) throw new Error(`a sound frame does not parse: ${decoded.fault.code}`);
  return decoded.value as ReadonlyMap<string | number, CborValue>;
}

/** The four parts of a COSE_Sign1, signed as they are. */
export function seal(
  header: Uint8Array,
  unprotected: ReadonlyMap<number, CborValue>,
  payload: Uint8Array,
  signer: Signer,
  context: Context,
  change: Change = unchanged,
): Uint8Array {
  const signature = change(signer.sign(sigStructure(header, utf8.encode(context), payload)));
  return encodeCanonical([header, encodable(unprotected), payload, signature]);
}

export function headerOf(key: Uint8Array): ReadonlyMap<number, CborValue> {
  return new Map<number, CborValue>([
    [1, -8],
    [4, key],
  ]);
}

const isOwnDevice = (hash: CborValue | undefined) => hash instanceof Uint8Array && equalBytes(hash, sha256(AGENT.key));

/** The frame of a recipe. */
export function frameOf(recipe: Recipe): Uint8Array {
  const fields = new Map(recipe.fields);
  if (fields.has("authority_credential")) fields.set("authority_credential", recipe.links.map(linkFrame));
  // A device without links is that of the key that signs, whoever the recipe lets sign.
  if (isOwnDevice(fields.get("device_hash"))) fields.set("device_hash", sha256(recipe.signer.key));
  const header = encodeCanonical(encodable(recipe.header ?? headerOf(recipe.signer.key)));
  const payload = recipe.payload(encodeCanonical(encodable(fields)));
  return recipe.frame(seal(header, recipe.unprotected, payload, recipe.signer, recipe.context, recipe.signature));
}

/** A revocation of a credential by its frame. */
export function revocationOf(
  frame: Uint8Array,
  from: number,
  signer: Signer,
  cut: readonly string[] = [],
  mesh = MESH,
): Uint8Array {
  const credential = toHex(statementId(frame));
  const body = { kind: "revocation", version: 1, mesh, credential, from, at: from, cut, reason: "" } as const;
  return issueStatement(body, signer);
}

/** Opens statements about authority that are known to be sound. */
export async function opened(frames: readonly Uint8Array[]) {
  const statements = await Promise.all(frames.map(openAuthorityStatement));
  return statements.map((statement) => {
    if (!statement.ok) throw new Error(`the statement is refused: ${statement.fault.code}`);
    return statement.value;
  });
}

/** The trust of a recipe; the memory of proved chains is its own unless one is given. */
export async function trustOf(
  recipe: Recipe,
  memory: ChainMemory = emptyMemory(),
  terms: Partial<TrustTerms> = {},
): Promise<Trust> {
  const frames = recipe.revocations.map(({ link, signer, from }) =>
    revocationOf(linkFrame(recipe.links[link] as Link), from, signer),
  );
  const statements = [...(await opened(frames)), ...(terms.statements ?? [])];
  return { ...assembleTrust({ mesh: recipe.mesh, pins: recipe.roots, ...terms, statements }), memory };
}

/** The id of a credential's frame. */
export function statementId(frame: Uint8Array): Uint8Array {
  const parsed = parseSign1(frame);
  if (!parsed.ok) throw new Error(`no frame: ${parsed.fault.code}`);
  const { protectedHeader, payload } = parsed.value;
  return sha256(sigStructure(protectedHeader, utf8.encode("quorate/credential/1"), payload));
}

export function withField(recipe: Recipe, name: string, value: CborValue): Recipe {
  return { ...recipe, fields: new Map(recipe.fields).set(name, value) };
}

/** With one field of a map that is itself a field: `withInner(recipe, "slot", "seat", 1)`. */
export function withInner(recipe: Recipe, name: string, inner: string, value: CborValue): Recipe {
  return withField(recipe, name, new Map(recipe.fields.get(name) as ReadonlyMap<string, CborValue>).set(inner, value));
}

export function withLink(recipe: Recipe, index: number, change: (link: Link) => Link): Recipe {
  return { ...recipe, links: recipe.links.map((link, at) => (at === index ? change(link) : link)) };
}

export function withGrant(recipe: Recipe, index: number, changes: Readonly<Record<string, unknown>>): Recipe {
  return withLink(recipe, index, (link) => ({ ...link, grant: { ...link.grant, ...changes } }));
}

export const flipBit = (bytes: Uint8Array, at: number, bit = 0) =>
  bytes.map((byte, index) => (index === (at < 0 ? bytes.length + at : at) ? byte ^ (1 << bit) : byte));

export const hex = (text: string) => parseHex(text) as Uint8Array;
