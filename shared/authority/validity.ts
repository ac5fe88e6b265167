// When a chain holds (SPEC §5.3, §5.4, §5.7): the time that its links and its root's key allow, and the revocations that are known. The
// stated time of the observation is judged, never a local clock, and what is back-dated past a revocation needs a witness.
import { fault, ok, type Result } from "../result.ts";
import { compareText } from "../text.ts";
import { type Chain, rootOf } from "./chain.ts";
import type { Credential } from "./credential.ts";
import { successorsOf } from "./roots.ts";
import type { Revocation } from "./statement.ts";
import type { Trust } from "./trust.ts";

type Interval = readonly [number, number];

/** Every link, and the root's key, hold over the whole stated interval; no key in use was retired by a rotation. */
export function checkValidity(chain: Chain, at: Interval, trust: Pick<Trust, "rootKeys" | "rotations">): Result<true> {
  const ended = chain.findIndex(({ grant }) => at[0] < grant.not_before || at[1] > grant.not_after);
  if (ended >= 0) {
    const { not_before: from, not_after: until } = (chain[ended] as Credential).grant;
    return fault("CREDENTIAL_EXPIRED", { link: ended, from, until, at: at[1] });
  }
  const root = trust.rootKeys.get(rootOf(chain));
  if (root !== undefined && (at[0] < root.from || at[1] > root.until))
    return fault("ROOT_KEY_RETIRED", { root: rootOf(chain), from: root.from, until: root.until, at: at[1] });
  if (trust.rotations.size === 0) return ok(true);
  for (const [index, link] of chain.entries()) {
    if (chain[index + 1]?.succeeds === link.id) continue;
    const rotation = successorsOf(trust.rotations, { id: link.id, next: link.grant.next })[0];
    if (rotation !== undefined && at[1] >= rotation.body.retires)
      return fault("KEY_RETIRED", { link: index, rotation: rotation.id, from: rotation.body.retires, at: at[1] });
  }
  return ok(true);
}

/** What is judged against revocations: an observation's id and stated time. */
export type Dated = { readonly id: string; readonly at: Interval };

/**
 * No link is revoked by whoever stands above it, at the stated time; and what is dated before a revocation is in its causal cut, or
 * was referenced in time by somebody independent. Otherwise a stolen key could go on speaking in the past.
 */
export function checkRevocations(
  chain: Chain,
  { id, at }: Dated,
  trust: Pick<Trust, "revocations" | "roots" | "vouched">,
): Result<true> {
  const hits = revocationsOf(chain, trust);
  const hit = hits.find(({ revocation }) => at[1] >= revocation.body.from);
  if (hit !== undefined) {
    const { credential, from } = hit.revocation.body;
    return fault("CREDENTIAL_REVOKED", { credential, revocation: hit.revocation.id, from, at: at[1] });
  }
  const unvouched = hits.find(
    ({ revocation }) => !revocation.body.cut.includes(id) && !trust.vouched.get(revocation.id)?.has(id),
  );
  if (unvouched === undefined) return ok(true);
  const { credential, from } = unvouched.revocation.body;
  return fault("OBSERVATION_BACKDATED", { credential, revocation: unvouched.revocation.id, from, at: at[1] });
}

type Hit = { readonly link: number; readonly revocation: Revocation };

/** Revocations that concern a chain and come from somebody with standing, link by link from the root, and then by id. */
export function revocationsOf(chain: Chain, trust: Pick<Trust, "revocations" | "roots">): readonly Hit[] {
  const hits: Hit[] = [];
  if (trust.revocations.length === 0) return hits;
  const naming = byCredential(trust.revocations);
  for (const [link, { id }] of chain.entries()) {
    for (const revocation of naming.get(id) ?? [])
      if (hasStanding(revocation, chain, link, trust.roots, hits)) hits.push({ link, revocation });
  }
  return hits;
}

const indexes = new WeakMap<readonly Revocation[], ReadonlyMap<string, readonly Revocation[]>>();

/** Revocations by the credential that each names, worked out once for a list: every chain at the door asks. */
function byCredential(revocations: readonly Revocation[]): ReadonlyMap<string, readonly Revocation[]> {
  const index = indexes.get(revocations) ?? Map.groupBy(revocations, ({ body }) => body.credential);
  indexes.set(revocations, index);
  return index;
}

/** Revocations that name a link of the chain but come from somebody who does not stand above it: ignored, and said. */
export function withoutStanding(chain: Chain, trust: Pick<Trust, "revocations" | "roots">): readonly Revocation[] {
  const counted = new Set(revocationsOf(chain, trust).map(({ revocation }) => revocation.id));
  const naming = byCredential(trust.revocations);
  const concerned = [...new Set(chain.map(({ id }) => id))].flatMap((id) => naming.get(id) ?? []);
  return concerned.filter(({ id }) => !counted.has(id)).sort((a, b) => compareText(a.id, b.id));
}

/**
 * Issuers at or above a link may revoke it, and a root's later key speaks for its earlier ones. What an issuer signs once its own
 * credential is revoked does not count: a stolen key must not take down what it issued while it was sound.
 */
function hasStanding(
  { signer, body }: Revocation,
  chain: Chain,
  link: number,
  roots: ReadonlyMap<string, string>,
  above: readonly Hit[],
): boolean {
  const authority = roots.get(signer);
  if (authority !== undefined && authority === roots.get(rootOf(chain))) return true;
  const issued = chain.slice(0, link + 1).findIndex(({ issuer, succeeds }) => succeeds === null && issuer === signer);
  if (issued < 0) return false;
  return !above.some((hit) => hit.link < issued && hit.revocation.body.from <= body.at);
}

/**
 * A revocation state of the chain's root covers the stated time, and all that it lists is at hand. Without that nobody can tell whether
 * the chain still holds.
 */
export function checkFreshness(chain: Chain, at: Interval, trust: Trust): Result<true> {
  const { revocationAge, states, roots, rootKeys } = trust;
  if (revocationAge === null) return ok(true);
  const authority = roots.get(rootOf(chain));
  const own = states.filter(({ signer, body }) => {
    const key = rootKeys.get(signer);
    return key !== undefined && key.authority === authority && body.as_of >= key.from && body.as_of <= key.until;
  });
  const asOf = Math.max(-1, ...own.map(({ body }) => Math.min(body.as_of + revocationAge, body.fresh_until)));
  if (asOf < at[1]) return fault("REVOCATION_STALE", { authority, until: Math.max(asOf, 0), at: at[1] });
  const held = new Set(trust.revocations.map(({ id }) => id));
  const missing = own.flatMap(({ body }) => body.revocations).find((id) => !held.has(id));
  return missing === undefined ? ok(true) : fault("REVOCATION_MISSING", { authority, revocation: missing });
}
