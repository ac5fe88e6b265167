// Which policy of each authority is in force (SPEC §15.2): the newest version that is neither future, staged, expired, stale nor out of
// scope. A version that exists twice with different content is a fork, and neither counts.
import { toHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import type { RefusalCode } from "../refusals.ts";
import type { AuthorityPolicy } from "./pool.ts";
import { type Circumstance, holdsIn } from "./route.ts";
import type { RefusedPart } from "./view.ts";

export function inForce(
  all: readonly AuthorityPolicy[],
  circumstance: Circumstance,
): { readonly policies: readonly AuthorityPolicy[]; readonly refused: readonly RefusedPart[] } {
  const refused: RefusedPart[] = [];
  const refuse = ({ authority, version }: AuthorityPolicy, code: RefusalCode) =>
    void refused.push({ id: `${authority}@${version}`, code, from: authority, via: [] });
  const policies: AuthorityPolicy[] = [];
  const posture = newestOf(all.filter(({ authority }) => authority === circumstance.home))?.staging ?? 0;
  for (const authority of [...new Set(all.map((policy) => policy.authority))].sort()) {
    const own = all.filter((policy) => policy.authority === authority);
    const timely = own.filter((policy) => {
      const code = objection(policy, circumstance, posture);
      if (code !== null) refuse(policy, code);
      return code === null;
    });
    const newest = Math.max(...timely.map(({ version }) => version));
    const heads = timely.filter(({ version }) => version === newest);
    for (const old of timely) if (old.version < newest) refuse(old, "POLICY_SUPERSEDED");
    if (new Set(heads.map(contentOf)).size > 1) for (const head of heads) refuse(head, "POLICY_FORKED");
    else if (heads[0] !== undefined) policies.push(heads[0]);
  }
  return { policies, refused };
}

function newestOf(policies: readonly AuthorityPolicy[]): AuthorityPolicy | undefined {
  return [...policies].sort((a, b) => b.version - a.version)[0];
}

function objection(policy: AuthorityPolicy, circumstance: Circumstance, posture: number): RefusalCode | null {
  const { authority, issued, expires, refreshBy, scope } = policy;
  const { at, home } = circumstance;
  if (issued !== null && issued > at) return "POLICY_FUTURE";
  if (expires !== null && expires <= at) return "POLICY_EXPIRED";
  if (refreshBy !== null && refreshBy < at) return "POLICY_STALE";
  if (authority !== home && issued !== null && issued + posture > at) return "POLICY_STAGED";
  return holdsIn(scope, circumstance) ? null : "POLICY_OUT_OF_SCOPE";
}

function contentOf(policy: AuthorityPolicy): string {
  const clauses = policy.clauses.map(({ id, effect, value, label, scope }) => [id, effect, value, label, scope]);
  return toHex(encodeCanonical([clauses, policy.admits, policy.overrides, policy.scope, policy.staging]));
}
