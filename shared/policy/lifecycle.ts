// The life of a policy (SPEC §6.15): from the issues that are known of an alias, the policy in force at an instant, and the chain that led
// there. Pure, and the same for everyone who knows the same issues; whatever cannot be resolved is denied. Old policies stay as they were:
// a ceremony carries its own.
import type { Issue as IssueStatement } from "../authority/statement.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { type Json, toJson } from "../cbor/json.ts";
import { parseSign1 } from "../cose/sign1.ts";
import { sha256Hex } from "../hash.ts";
import type { Id } from "../observation/observation.ts";
import { compareText } from "../outcome/contribution.ts";
import { type Fault, fault, invariant, ok, type Result } from "../result.ts";
import { decodePolicy } from "./decode.ts";
import { differencesBetween } from "./differences.ts";
import type { IssueBody, IssuingRule } from "./issue.ts";
import type { PinnedPolicy } from "./policy.ts";

export type { IssueStatement };

/** One issue with all who signed it: the same body is the same issue. */
export type Issue = {
  readonly id: Id;
  readonly body: IssueBody;
  readonly policy: PinnedPolicy;
  readonly signers: readonly string[];
};
export type RefusedIssue = { readonly id: Id; readonly code: Fault["code"]; readonly detail: Fault["detail"] };
export type Head = {
  readonly policy: PinnedPolicy;
  /** From the first issue to the one in force. */
  readonly chain: readonly Issue[];
  readonly refused: readonly RefusedIssue[];
};

export type Question = {
  readonly alias: string;
  readonly mesh: string;
  /** Authorities by key, in hexadecimal: who counts as having signed. */
  readonly roots: ReadonlyMap<string, string>;
  /** The instant asked about, up to when the known issues are complete, and how long that may be relied on; microseconds. */
  readonly at: number;
  readonly asOf: number;
  readonly freshness: number;
};

/** The policy that an alias leads to, or why it is denied. */
export function headOf(question: Question, statements: readonly IssueStatement[]): Result<Head> {
  const { alias, at, asOf, freshness } = question;
  if (at - asOf > freshness) return fault("ALIAS_STALE", { alias, asOf, freshness });
  const { issues, refused } = collect(question, statements);
  const firsts = issues.filter(({ body }) => body.relation === "foundational");
  const sound = firsts.filter((issue) => signedEnough(issue, ruleOf(issue)) === null);
  refused.push(
    ...firsts
      .filter((issue) => !sound.includes(issue))
      .map((issue) => refusal(issue, signedEnough(issue, ruleOf(issue)))),
  );
  const [first, second] = sound;
  if (first === undefined || first.body.since > at) return fault("ALIAS_UNKNOWN", { alias });
  if (second !== undefined) return fault("ALIAS_CONTESTED", { alias, first: first.id, second: second.id });
  const chain = [first];
  const rule = ruleOf(first);
  for (;;) {
    const last = chain.at(-1) as Issue;
    const following = issues.filter(({ body }) => body.of === last.id && body.since <= at);
    const judged = following.map((issue) => ({ issue, flaw: flawOf(issue, last, rule) }));
    refused.push(...judged.filter(({ flaw }) => flaw !== null).map(({ issue, flaw }) => refusal(issue, flaw)));
    const [next, rival] = judged.filter(({ flaw }) => flaw === null).map(({ issue }) => issue);
    if (next === undefined) break;
    if (rival !== undefined) return fault("ALIAS_FORKED", { alias, first: next.id, second: rival.id, of: last.id });
    chain.push(next);
  }
  refused.push(...strays(issues, chain, refused, at));
  return ok({ policy: (chain.at(-1) as Issue).policy, chain, refused });
}

/** Issues of the alias, by the hash of their bodies; who signs without being known has signed nothing. */
function collect(
  { alias, mesh, roots }: Question,
  statements: readonly IssueStatement[],
): { readonly issues: readonly Issue[]; readonly refused: RefusedIssue[] } {
  const bodies = new Map<Id, { readonly body: IssueBody; readonly signers: Set<string> }>();
  for (const { frame, signer, body } of statements) {
    if (body.alias !== alias || body.mesh !== mesh) continue;
    const parsed = parseSign1(frame);
    if (!parsed.ok) continue;
    const id = sha256Hex(parsed.value.payload);
    const known = bodies.get(id) ?? { body, signers: new Set<string>() };
    const authority = roots.get(signer);
    if (authority !== undefined) known.signers.add(authority);
    bodies.set(id, known);
  }
  const refused: RefusedIssue[] = [];
  const issues = [...bodies]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([id, { body, signers }]): Issue[] => {
      const policy = decodePolicy(body.policy);
      if (policy.ok) return [{ id, body, policy: policy.value, signers: [...signers].sort(compareText) }];
      refused.push({ id, code: policy.fault.code, detail: policy.fault.detail });
      return [];
    });
  return { issues, refused };
}

function ruleOf({ body }: Issue): IssuingRule {
  return body.rule ?? { issuers: [], successor: null, override: null, scope: null };
}

function refusal({ id }: Issue, flaw: Fault | null): RefusedIssue {
  invariant(flaw !== null, "what is refused has a reason");
  return { id, code: flaw.code, detail: flaw.detail };
}

/** Whether those who may have signed in sufficient number; null where they have. */
function signedEnough({ body, signers }: Issue, rule: IssuingRule): Fault | null {
  const { relation } = body;
  const need = relation === "foundational" ? rule.issuers.length : rule[relation];
  if (need === null) return fault("ISSUE_RELATION", { relation }).fault;
  const found = signers.filter((authority) => rule.issuers.includes(authority)).length;
  const issuers = rule.issuers.join(", ");
  return found >= need ? null : fault("ISSUE_COSIGNERS", { found, need, relation, issuers }).fault;
}

/** Why an issue does not follow the one that it names; null where it does. */
function flawOf(issue: Issue, last: Issue, rule: IssuingRule): Fault | null {
  const { body } = issue;
  if (body.since < last.body.since)
    return fault("ISSUE_PREDECESSOR", { of: last.id, reason: "in force only after it" }).fault;
  const unsigned = signedEnough(issue, rule);
  if (unsigned !== null) return unsigned;
  const changed = differencesBetween(documentOf(last.policy), documentOf(issue.policy)).map(({ path }) => path);
  const allowed = [rule.scope, body.relation === "override" ? body.changes : null];
  for (const paths of allowed) {
    const beyond = paths === null ? undefined : changed.find((path) => !paths.some((one) => isWithin(path, one)));
    if (beyond !== undefined) return fault("ISSUE_SCOPE", { path: beyond, allowed: paths?.join(", ") }).fault;
  }
  return null;
}

function documentOf({ bytes }: PinnedPolicy): Json {
  const decoded = decodeCanonical(bytes);
  return decoded.ok ? toJson(decoded.value) : null;
}

function isWithin(path: string, clause: string): boolean {
  return path === clause || path.startsWith(`${clause}.`);
}

/** Issues in force that follow nothing in the chain. */
function strays(
  issues: readonly Issue[],
  chain: readonly Issue[],
  refused: readonly RefusedIssue[],
  at: number,
): readonly RefusedIssue[] {
  const settled = new Set([...chain.map(({ id }) => id), ...refused.map(({ id }) => id)]);
  return issues
    .filter(({ id, body }) => !settled.has(id) && body.since <= at)
    .map((issue) => {
      const known = issues.some(({ id }) => id === issue.body.of);
      const reason = known ? "not in force itself" : "not known";
      return refusal(issue, fault("ISSUE_PREDECESSOR", { of: issue.body.of, reason }).fault);
    });
}
