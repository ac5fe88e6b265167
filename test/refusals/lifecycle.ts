// Examples of issues of policies that are refused, and of aliases that lead nowhere.
import { isStatement, issueStatement, openAuthorityStatement } from "../../shared/authority/statement.ts";
import { toHex } from "../../shared/bytes.ts";
import { parseSign1 } from "../../shared/cose/sign1.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import type { IssueBody } from "../../shared/policy/issue.ts";
import { headOf, type IssueStatement } from "../../shared/policy/lifecycle.ts";
import { APPROVAL } from "../../shared/policy/patterns/approval.ts";
import type { LIFECYCLE_REFUSALS } from "../../shared/refusals/lifecycle.ts";
import { MESH, testParties } from "../support/parties.ts";
import { idOf, START } from "../support/statements.ts";
import type { Example, Examples } from "./example.ts";

const PARTIES = testParties(3);
const NAMES = PARTIES.map(({ name }) => name);
const DAY = 86_400_000_000;

function bytesOf(changes: object = {}): Uint8Array {
  const pinned = pinPolicy({ ...APPROVAL, ...changes });
  if (!pinned.ok) throw new Error(pinned.fault.code);
  return pinned.value.bytes;
}

const RULE = { issuers: NAMES, successor: 3, override: null, scope: ["title"] };
const FIRST: IssueBody = {
  kind: "policy",
  version: 1,
  mesh: MESH,
  alias: "release",
  relation: "foundational",
  of: null,
  since: START,
  policy: bytesOf(),
  changes: [],
  rule: RULE,
  reason: "",
};

/** The issue, signed by so many of the parties. */
async function signed(changes: Partial<IssueBody> = {}, count = 3): Promise<readonly IssueStatement[]> {
  const statements = PARTIES.slice(0, count).map(async ({ root }) => {
    const opened = await openAuthorityStatement(issueStatement({ ...FIRST, ...changes }, root));
    if (!opened.ok || !isStatement(opened.value, "policy")) throw new Error("the issue cannot be read");
    return opened.value;
  });
  return Promise.all(statements);
}

function nameOf([statement]: readonly IssueStatement[]): string {
  const parsed = parseSign1((statement as IssueStatement).frame);
  return parsed.ok ? sha256Hex(parsed.value.payload) : "";
}

/** What the first issue, and what follows it, make of the alias; or why the last of them is left out. */
const resolved =
  (following: (first: string) => readonly (readonly [Partial<IssueBody>, number])[], late = 0): Example =>
  async () => {
    const first = await signed();
    const more = following(nameOf(first)).map(([changes, count]) => signed({ rule: null, ...changes }, count));
    const roots = new Map(PARTIES.map(({ name, root }) => [toHex(root.key), name]));
    const at = START + 9 * DAY;
    const question = { alias: "release", mesh: MESH, roots, at, asOf: at - late, freshness: DAY };
    const head = headOf(question, [...first, ...(await Promise.all(more)).flat()]);
    return head.ok ? head.value.refused[0] : head;
  };

const successor = (of: string, changes: object, count = 3) =>
  [{ relation: "successor", of, since: START + DAY, policy: bytesOf(changes) }, count] as const;

export const LIFECYCLE: Examples<typeof LIFECYCLE_REFUSALS> = {
  ISSUE_COSIGNERS: resolved((first) => [successor(first, { title: "Approval, again" }, 2)]),
  ISSUE_RELATION: resolved((first) => [
    [{ relation: "override", of: first, since: START + DAY, changes: ["title"] }, 3],
  ]),
  ISSUE_SCOPE: resolved((first) => [successor(first, { parties: { least: 4 } })]),
  ISSUE_PREDECESSOR: resolved(() => [successor(idOf("an issue that nobody knows"), { title: "Approval, again" })]),
  ALIAS_UNKNOWN: () =>
    headOf({ alias: "release", mesh: MESH, roots: new Map(), at: START, asOf: START, freshness: DAY }, []),
  ALIAS_CONTESTED: resolved(() => [[{ rule: { ...RULE, issuers: NAMES.slice(0, 1) } }, 1]]),
  ALIAS_FORKED: resolved((first) => [successor(first, { title: "This" }), successor(first, { title: "That" })]),
  ALIAS_STALE: resolved(() => [], 2 * DAY),
};
