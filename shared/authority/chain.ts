// Credential chains (SPEC §5.2): from a recognised root to the signing key, narrower at every link.
import { concatBytes, toHex } from "../bytes.ts";
import { verifyEd25519 } from "../cose/ed25519.ts";
import { admitKey } from "../cose/key.ts";
import { parseStatement } from "../cose/sign1.ts";
import { sha256Hex } from "../hash.ts";
import { CHAIN_LENGTH_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";
import { ANY, type Credential, type Grant, parseCredential } from "./credential.ts";
import type { Revocation } from "./revocation.ts";

/** Root first; at least one link. */
export type Chain = readonly [Credential, ...Credential[]];

/** What a party, or a verifier, takes as given. `verifiedChains` remembers chains whose signatures were checked. */
export type Trust = {
  /** The mesh it stands in, or null for any. */
  readonly mesh: string | null;
  /** Root keys, in hexadecimal, and the authority each stands for. */
  readonly roots: ReadonlyMap<string, string>;
  readonly revocations: readonly Revocation[];
  readonly verifiedChains: Set<string>;
};

/** Chains remembered at most; one is 64 bytes of text, so this stays far below a megabyte. */
const REMEMBERED_MAX = 4_096;

/** Reads the links and checks that each is issued by the key that the one before it names. */
export function parseChain(frames: readonly Uint8Array[]): Result<Chain> {
  if (frames.length === 0) return fault("CHAIN_EMPTY");
  if (frames.length > CHAIN_LENGTH_MAX)
    return fault("CHAIN_TOO_LONG", { found: frames.length, limit: CHAIN_LENGTH_MAX });
  const links: Credential[] = [];
  for (const frame of frames) {
    const link = parseCredential(frame);
    if (!link.ok) return link;
    links.push(link.value);
  }
  return ok(links as unknown as Chain);
}

export function rootOf(chain: Chain): string {
  return chain[0].issuer;
}

export function leafOf(chain: Chain): Credential {
  return chain[chain.length - 1] as Credential;
}

/** SPEC §5.2 in order: linkage, keys, narrowing, then signatures (once a chain), then the root. */
export async function verifyChain(chain: Chain, mesh: string, trust: Trust): Promise<Result<Chain>> {
  const shaped = checkLinks(chain, mesh);
  if (!shaped.ok) return shaped;
  const signed = await verifySignatures(chain, trust.verifiedChains);
  if (!signed.ok) return signed;
  return trust.roots.has(rootOf(chain)) ? ok(chain) : fault("ROOT_UNKNOWN", { root: rootOf(chain) });
}

function checkLinks(chain: Chain, mesh: string): Result<Chain> {
  const keys = new Set([rootOf(chain)]);
  for (const [index, link] of chain.entries()) {
    const parent = chain[index - 1];
    if (parent !== undefined && link.issuer !== toHex(parent.grant.key)) return fault("CHAIN_BROKEN", { link: index });
    if (link.grant.mesh !== mesh) return fault("CHAIN_MESH", { link: index, found: link.grant.mesh, need: mesh });
    const key = toHex(link.grant.key);
    if (keys.has(key)) return fault("CHAIN_LOOP", { link: index });
    keys.add(key);
    const wider = parent === undefined ? null : widerScope(parent.grant, link.grant);
    if (wider === "delegations") return fault("CHAIN_DELEGATION", { link: index });
    if (wider !== null) return fault("CHAIN_NOT_NARROWER", { link: index, scope: wider });
  }
  return ok(chain);
}

/** The first scope in which a grant exceeds its parent's; null where it stays within. */
function widerScope(parent: Grant, child: Grant): string | null {
  if (child.delegations >= parent.delegations) return "delegations";
  if (!isWithin(child.roles, parent.roles)) return "roles";
  if (!isWithin(child.classes, parent.classes)) return "classes";
  if (child.not_before < parent.not_before || child.not_after > parent.not_after) return "validity";
  return null;
}

function isWithin(inner: readonly string[], outer: readonly string[]): boolean {
  return outer.includes(ANY) || inner.every((item) => outer.includes(item));
}

async function verifySignatures(chain: Chain, verified: Set<string>): Promise<Result<Chain>> {
  const name = sha256Hex(concatBytes(...chain.map((link) => link.frame)));
  if (verified.has(name)) return ok(chain);
  for (const [index, link] of chain.entries()) {
    const statement = parseStatement(link.frame, "quorate/credential/1");
    if (!statement.ok) return statement;
    for (const key of [statement.value.key, link.grant.key]) {
      const admitted = admitKey(key);
      if (!admitted.ok) return fault("CHAIN_KEY", { link: index, code: admitted.fault.code });
    }
    const { key, toBeSigned, sign1 } = statement.value;
    const verdict = await verifyEd25519(key, toBeSigned, sign1.signature);
    if (!verdict.ok) return fault("CHAIN_SIGNATURE", { link: index, code: verdict.fault.code });
  }
  if (verified.size >= REMEMBERED_MAX) verified.clear();
  verified.add(name);
  return ok(chain);
}

/** Every link is valid over the whole stated interval (SPEC §5.3). */
export function checkValidity(chain: Chain, at: readonly [number, number]): Result<Chain> {
  for (const [index, { grant }] of chain.entries()) {
    if (at[0] < grant.not_before || at[1] > grant.not_after)
      return fault("CREDENTIAL_EXPIRED", { link: index, from: grant.not_before, until: grant.not_after, at: at[1] });
  }
  return ok(chain);
}

/** No link is revoked at the stated time by an issuer that stands above it in this chain (SPEC §5.4). */
export function checkRevocations(
  chain: Chain,
  at: readonly [number, number],
  revocations: readonly Revocation[],
): Result<Chain> {
  for (const [index, link] of chain.entries()) {
    const issuers = chain.slice(0, index + 1).map((above) => above.issuer);
    const hit = revocations.find((r) => r.credential === link.id && issuers.includes(r.signer) && at[1] >= r.from);
    if (hit) return fault("CREDENTIAL_REVOKED", { credential: link.id, revocation: hit.id, from: hit.from, at: at[1] });
  }
  return ok(chain);
}

export function grantsRole(chain: Chain, role: string): boolean {
  return isWithin([role], leafOf(chain).grant.roles);
}

export function grantsClass(chain: Chain, governanceClass: string): boolean {
  return isWithin([governanceClass], leafOf(chain).grant.classes);
}
