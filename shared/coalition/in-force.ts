// Which policy of each authority is in force (SPEC §15.2): the newest version that has been issued, is past its staging and is for this
// scope. Where that one has expired, or is stale, none is: an older version never comes back. A version that exists twice with different
// content is a fork, and neither counts; the same content issued again with later dates is a refresh.
import { toHex } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import type { RefusalCode } from "../refusals.ts";
import type { AuthorityPolicy } from "./pool.ts";
import { type Circumstance, holdsIn } from "./route.ts";
import type { RefusedPart } from "./view.ts";

export type InForce = {
  readonly policies: readonly AuthorityPolicy[];
  readonly refused: readonly RefusedPart[];
  /** Policies that hold although something newer may be withheld, because home would rather go by them than by none. */
  readonly flagged: readonly RefusedPart[];
};

export function inForce(all: readonly AuthorityPolicy[], circumstance: Circumstance): InForce {
  const refused: RefusedPart[] = [];
  const flagged: RefusedPart[] = [];
  const policies: AuthorityPolicy[] = [];
  const part = ({ authority, version }: AuthorityPolicy, code: RefusalCode): RefusedPart => {
    return { id: `${authority}@${version}`, code, from: authority, via: [] };
  };
  const posture = newestFirst(all.filter(({ authority }) => authority === circumstance.home))[0];
  for (const authority of [...new Set(all.map((policy) => policy.authority))].sort()) {
    const own = newestFirst(all.filter((policy) => policy.authority === authority));
    const begun = own.filter((policy) => {
      const code = waits(policy, circumstance, posture?.staging ?? 0);
      if (code !== null) refused.push(part(policy, code));
      return code === null;
    });
    const heads = begun.filter(({ version }) => version === begun[0]?.version);
    for (const old of begun.slice(heads.length)) refused.push(part(old, "POLICY_SUPERSEDED"));
    const judged = heads.map((policy) => ({ policy, code: ended(policy, circumstance.at) }));
    const forked = new Set(heads.map(contentOf)).size > 1;
    const timely = judged.find(({ code }) => code === null);
    const stale = posture?.stale === "flag" ? judged.find(({ code }) => code === "POLICY_STALE") : undefined;
    const head = forked ? undefined : (timely ?? stale);
    if (head === undefined)
      refused.push(...judged.map(({ policy, code }) => part(policy, forked ? "POLICY_FORKED" : (code as RefusalCode))));
    else {
      policies.push(head.policy);
      if (head.code !== null) flagged.push(part(head.policy, head.code));
    }
  }
  return { policies, refused, flagged };
}

/** By version; of one version the one that is to be refreshed last. */
function newestFirst(policies: readonly AuthorityPolicy[]): readonly AuthorityPolicy[] {
  const until = ({ refreshBy, expires }: AuthorityPolicy) =>
    Math.min(refreshBy ?? Number.MAX_SAFE_INTEGER, expires ?? Number.MAX_SAFE_INTEGER);
  return [...policies].sort((a, b) => b.version - a.version || until(b) - until(a));
}

/** Why it does not hold here, or not yet. */
function waits(policy: AuthorityPolicy, circumstance: Circumstance, staging: number): RefusalCode | null {
  const { authority, issued, scope } = policy;
  const { at, home } = circumstance;
  if (issued !== null && issued > at) return "POLICY_FUTURE";
  if (authority !== home && issued !== null && issued + staging > at) return "POLICY_STAGED";
  return holdsIn(scope, circumstance) ? null : "POLICY_OUT_OF_SCOPE";
}

/** Why it no longer holds. */
function ended({ expires, refreshBy }: AuthorityPolicy, at: number): RefusalCode | null {
  if (expires !== null && expires <= at) return "POLICY_EXPIRED";
  return refreshBy !== null && refreshBy < at ? "POLICY_STALE" : null;
}

/** All but its dates. */
function contentOf(policy: AuthorityPolicy): string {
  const { issued, expires, refreshBy, ...content } = policy;
  return toHex(encodeCanonical(content));
}
