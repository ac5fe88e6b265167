// Credential chains (SPEC §5.2): from a root to the signing key, narrower at every link. What is judged here follows from the chain's
// own bytes, so that everyone judges alike; what a party recognises and knows besides is in `validity.ts` and `competence.ts`.
import { equalBytes, toHex } from "../bytes.ts";
import { verifyEd25519 } from "../cose/ed25519.ts";
import { admitKey } from "../cose/key.ts";
import { parseStatement } from "../cose/sign1.ts";
import { idBytes } from "../hash.ts";
import { CHAIN_LENGTH_MAX, CHAINS_REMEMBERED_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";
import { ANY, type Credential, type Grant, parseCredential } from "./credential.ts";
import { type RotationBody, successionFlaw } from "./rotation.ts";
import { isStatement, parseAuthorityStatement } from "./statement.ts";

/** Root's grant first; at least one link. A rotation follows the link whose key it replaces. */
export type Chain = readonly [Credential, ...Credential[]];

/** What this door has proved, of chains and of what comes again: it need not do so again. It changes no answer, only what the answer costs. */
export type ChainMemory = {
  readonly byName: Map<number, Chain>;
  readonly proved: WeakSet<Chain>;
  /** Keys of proved chains, in hexadecimal: they are sound. The test for that costs as much as six signatures. */
  readonly keys: Set<string>;
  /** Hashes of device links whose countersignatures were verified. */
  readonly links: Set<string>;
  /** Batches whose signature and whose members' signatures were verified, by their ids, each with its signature. */
  readonly batches: Map<string, Uint8Array>;
};

export function emptyMemory(): ChainMemory {
  return { byName: new Map(), proved: new WeakSet(), keys: new Set(), links: new Set(), batches: new Map() };
}

/** Reads the links, in their order; signatures and linkage are proved later. A chain that was proved before is not read again. */
export function parseChain(frames: readonly Uint8Array[], memory: ChainMemory | null = null): Result<Chain> {
  const known = memory?.byName.get(nameOf(frames));
  if (known !== undefined && isOf(known, frames)) return ok(known);
  if (frames.length === 0) return fault("CHAIN_EMPTY");
  const links: Credential[] = [];
  for (const frame of frames) {
    const link = parseLink(frame.slice(), links.at(-1)); // a copy: it is remembered for longer than what carried it
    if (!link.ok) return link;
    links.push(link.value);
  }
  const grants = links.filter(({ succeeds }) => succeeds === null).length;
  if (grants > CHAIN_LENGTH_MAX) return fault("CHAIN_TOO_LONG", { found: grants, limit: CHAIN_LENGTH_MAX });
  return ok(links as unknown as Chain);
}

/** A grant, or behind a grant the rotation of its key. */
function parseLink(frame: Uint8Array, before: Credential | undefined): Result<Credential> {
  const credential = parseCredential(frame);
  if (credential.ok || before === undefined) return credential;
  const parsed = parseAuthorityStatement(frame);
  if (!parsed.ok || !isStatement(parsed.value.signed, "rotation")) return credential;
  const { id, signer, body } = parsed.value.signed;
  const grant = rotatedGrant(before.grant, body);
  return ok({ id, frame, issuer: signer, holder: toHex(grant.key), grant, succeeds: toHex(body.succeeds) });
}

/** The same grant under the next key, for the time that both allow. */
function rotatedGrant(grant: Grant, { mesh, key, next, not_before, not_after }: RotationBody): Grant {
  return {
    ...grant,
    mesh,
    key,
    next,
    not_before: Math.max(grant.not_before, not_before),
    not_after: Math.min(grant.not_after, not_after),
  };
}

export function rootOf(chain: Chain): string {
  return chain[0].issuer;
}

export function leafOf(chain: Chain): Credential {
  return chain[chain.length - 1] as Credential;
}

/** Under which a chain is looked up: the end of its last signature. Whether it is the same is for its bytes to say. */
function nameOf(frames: readonly Uint8Array[]): number {
  const last = frames[frames.length - 1] ?? NOTHING;
  let name = 0;
  for (let at = Math.max(0, last.length - 6); at < last.length; at++) name = name * 256 + (last[at] as number);
  return name;
}

const NOTHING = new Uint8Array();

function isOf(chain: Chain, frames: readonly Uint8Array[]): boolean {
  return chain.length === frames.length && chain.every(({ frame }, at) => equalBytes(frame, frames[at] as Uint8Array));
}

/** Remembers a chain that was proved under a recognised root; forgets all when full, which costs time and nothing else. */
export function remember(memory: ChainMemory, chain: Chain): void {
  if (memory.proved.has(chain)) return;
  if (memory.byName.size >= CHAINS_REMEMBERED_MAX) {
    memory.byName.clear();
    memory.keys.clear();
  }
  memory.byName.set(nameOf(chain.map(({ frame }) => frame)), chain);
  memory.proved.add(chain);
  for (const key of keysIn(chain)) memory.keys.add(key);
}

/** A check over all links of a chain that is to serve in `mesh`. */
export type LinkCheck = (chain: Chain, mesh: string) => Result<true>;

/** What costs nothing comes first, each check over all links, in this order. */
export const checkLinkage: LinkCheck = (chain) => {
  for (const [index, link] of chain.entries()) {
    const before = chain[index - 1];
    if (before === undefined) continue;
    if (link.succeeds === null && link.issuer !== before.holder) return fault("CHAIN_BROKEN", { link: index });
    if (link.succeeds === null) continue;
    const rotation = { succeeds: link.succeeds, key: link.grant.key, signer: link.issuer };
    const reason = successionFlaw(rotation, { id: before.id, next: before.grant.next });
    if (reason !== null) return fault("CHAIN_ROTATION", { link: index, reason });
  }
  return ok(true);
};

export const checkMesh: LinkCheck = (chain, mesh) => {
  const link = chain.findIndex(({ grant }) => grant.mesh !== mesh);
  return link < 0 ? ok(true) : fault("CHAIN_MESH", { link, found: (chain[link] as Credential).grant.mesh, need: mesh });
};

export const checkLoops: LinkCheck = (chain) => {
  const keys = keysIn(chain);
  const again = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  return again < 0 ? ok(true) : fault("CHAIN_LOOP", { link: again - 1 });
};

export const checkNarrowing: LinkCheck = (chain) => {
  for (const [index, { grant, succeeds }] of chain.entries()) {
    const parent = chain[index - 1]?.grant;
    if (parent === undefined || succeeds !== null) continue;
    if (grant.delegations >= parent.delegations) return fault("CHAIN_DELEGATION", { link: index });
    const scope = widerScope(parent, grant);
    if (scope !== null) return fault("CHAIN_NOT_NARROWER", { link: index, scope });
  }
  return ok(true);
};

/** The first scope in which a grant exceeds its parent's; null where it stays within. */
function widerScope(parent: Grant, child: Grant): string | null {
  if (!isWithin(child.roles, parent.roles)) return "roles";
  if (!isWithin(child.classes, parent.classes)) return "classes";
  if (!child.jurisdictions.every((inner) => coversJurisdiction(parent.jurisdictions, inner))) return "jurisdictions";
  return child.not_before < parent.not_before || child.not_after > parent.not_after ? "validity" : null;
}

function isWithin(inner: readonly string[], outer: readonly string[]): boolean {
  return outer.includes(ANY) || inner.every((item) => outer.includes(item));
}

/** A jurisdiction covers itself and all below it: "eu" covers "eu/de", and not "europe". */
export function coversJurisdiction(outer: readonly string[], inner: string): boolean {
  return outer.some((name) => name === ANY || name === inner || inner.startsWith(`${name}/`));
}

/** The root's key and those that the links grant, in their order. */
function keysIn(chain: Chain): readonly string[] {
  return [rootOf(chain), ...chain.map(({ holder }) => holder)];
}

/** Every key sound, then every link signed by its issuer: as many signatures as there are links, once for a chain. */
export async function proveSignatures(chain: Chain, memory: ChainMemory | null = null): Promise<Result<true>> {
  for (const [place, key] of keysIn(chain).entries()) {
    const admitted = memory?.keys.has(key) ? ok(true) : admitKey(idBytes(key));
    if (!admitted.ok) return fault("CHAIN_KEY", { link: Math.max(0, place - 1), code: admitted.fault.code });
  }
  for (const [index, link] of chain.entries()) {
    const context = link.succeeds === null ? "quorate/credential/1" : "quorate/rotation/1";
    const statement = parseStatement(link.frame, context);
    if (!statement.ok) return statement;
    const { key, toBeSigned, sign1 } = statement.value;
    const verdict = await verifyEd25519(key, toBeSigned, sign1.signature);
    if (!verdict.ok) return fault("CHAIN_SIGNATURE", { link: index, code: verdict.fault.code });
  }
  return ok(true);
}

export function grantsRole(chain: Chain, role: string): boolean {
  return isWithin([role], leafOf(chain).grant.roles);
}

export function grantsClass(chain: Chain, governanceClass: string): boolean {
  return isWithin([governanceClass], leafOf(chain).grant.classes);
}
