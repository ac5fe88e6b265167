// Which policy of each authority is in force (SPEC §15.2): the newest version that is neither future, expired nor stale. A version
// that exists twice with different content is a fork, and neither counts.
import { toHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import type { RefusalCode } from "../refusals.ts";
import type { AuthorityPolicy } from "./pool.ts";
import type { RefusedPart } from "./view.ts";

export function inForce(
  all: readonly AuthorityPolicy[],
  at: number,
): { readonly policies: readonly AuthorityPolicy[]; readonly refused: readonly RefusedPart[] } {
  const refused: RefusedPart[] = [];
  const refuse = ({ authority, version }: AuthorityPolicy, code: RefusalCode) =>
    void refused.push({ id: `${authority}@${version}`, code, from: authority, via: [] });
  const policies: AuthorityPolicy[] = [];
  for (const authority of [...new Set(all.map((policy) => policy.authority))].sort()) {
    const own = all.filter((policy) => policy.authority === authority);
    const timely = own.filter((policy) => {
      const code = untimely(policy, at);
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

function untimely({ issued, expires, refreshBy }: AuthorityPolicy, at: number): RefusalCode | null {
  if (issued !== null && issued > at) return "POLICY_FUTURE";
  if (expires !== null && expires <= at) return "POLICY_EXPIRED";
  return refreshBy !== null && refreshBy < at ? "POLICY_STALE" : null;
}

function contentOf(policy: AuthorityPolicy): string {
  const clauses = policy.clauses.map(({ id, effect, value, label, scope }) => [id, effect, value, label, scope]);
  return toHex(encodeCanonical([clauses, policy.admits, policy.overrides]));
}
