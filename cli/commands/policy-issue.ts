// `policy issue|head`: policies as signed, immutable objects, and the one that an alias leads to.
import { join } from "node:path";
import { isStatement, issueStatement, openAuthorityStatement } from "../../shared/authority/statement.ts";
import { toBase64 } from "../../shared/bytes.ts";
import { fromJson } from "../../shared/cbor/json.ts";
import { readAs } from "../../shared/cbor/read.ts";
import { parseSign1, signStatement } from "../../shared/cose/sign1.ts";
import { openTrust } from "../../shared/evidence/trust-statement.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { type IssueBody, type IssuingRule, RELATIONS, readIssuingRule } from "../../shared/policy/issue.ts";
import { headOf, type IssueStatement } from "../../shared/policy/lifecycle.ts";
import { argument, instant, namesIn, readBytes, readJsonFile, required, usage, writeNamed } from "../files.ts";
import { frameIn } from "../frame-file.ts";
import { readIdentity } from "../identity.ts";
import { type Answer, type Call, type Command, EXIT, WITHHOLDS } from "../registry.ts";
import { readTrust } from "./evidence.ts";
import { unwrap } from "./unwrap.ts";

const DAY = 86_400_000_000;

export const policyIssue: Command = {
  name: "policy issue",
  usage:
    "policy issue FILE --identity (FILE | DIR) --alias NAME --since TIME (--rule FILE | --of ISSUE [--changes PATHS]) [--reason TEXT] -f OUT [--dry-run] | policy issue --cosign ISSUE --identity (FILE | DIR) -f OUT",
  about:
    "sign a policy as the first of an alias, as a successor, or (with --changes) as an override of some clauses; or sign another's issue too",
  flags: {
    identity: { type: "string" },
    alias: { type: "string" },
    since: { type: "string" },
    rule: { type: "string" },
    of: { type: "string" },
    changes: { type: "string" },
    reason: { type: "string" },
    cosign: { type: "string" },
    file: { type: "string", short: "f" },
    "dry-run": WITHHOLDS,
  },
  example:
    "policy issue policy.json --identity acme --alias release --since 2027-01-01T00:00:00Z --rule rule.json -f issue1.json",
  run: async (call) => {
    const identity = readIdentity(required(call, "identity"));
    const { cosign } = call.flags;
    const frame =
      typeof cosign === "string"
        ? signStatement(payloadOf(frameIn(readBytes(cosign))), "quorate/policy/1", identity.signer).frame
        : issueStatement(composed(call, identity.mesh), identity.signer);
    const out = required(call, "file");
    writeNamed(out, `${toBase64(frame)}\n`);
    const issue = sha256Hex(payloadOf(frame));
    return { exit: EXIT.yes, data: { issue, file: out }, text: `issue ${issue}\nwritten to ${out}` };
  },
};

function payloadOf(frame: Uint8Array): Uint8Array {
  return unwrap(parseSign1(frame)).payload;
}

function composed(call: Call, mesh: string): IssueBody {
  const policy = unwrap(pinPolicy(readJsonFile(argument(call, 0, "FILE"))));
  const since = instant(call, "since");
  if (since === null) throw usage("--since is needed");
  const { of, changes, rule, reason } = call.flags;
  if ((typeof of === "string") === (typeof rule === "string"))
    throw usage("either --rule, for a first issue, or --of is needed");
  const override = typeof changes === "string";
  const relation = typeof rule === "string" ? RELATIONS[0] : override ? "override" : "successor";
  return {
    kind: "policy",
    version: 1,
    mesh,
    alias: required(call, "alias"),
    relation,
    of: typeof of === "string" ? of : null,
    since,
    policy: policy.bytes,
    changes: override ? changes.split(",") : [],
    rule: typeof rule === "string" ? ruleIn(rule) : null,
    reason: typeof reason === "string" ? reason : "",
  };
}

function ruleIn(path: string): IssuingRule {
  return unwrap(readAs(unwrap(fromJson(readJsonFile(path))), readIssuingRule, "rule"));
}

export const policyHead: Command = {
  name: "policy head",
  usage: "policy head ALIAS --issues DIR --trust TRUST [--at TIME] [--as-of TIME] [--freshness MICROSECONDS]",
  about: "the policy that an alias leads to, and the chain that led there (5 where it is denied)",
  flags: {
    issues: { type: "string" },
    trust: { type: "string" },
    at: { type: "string" },
    "as-of": { type: "string" },
    freshness: { type: "string" },
  },
  example: "policy head release --issues issues --trust trust.json",
  run: async (call) => head(call),
};

async function head(call: Call): Promise<Answer> {
  const statement = readTrust(required(call, "trust"));
  const trust = unwrap(await openTrust(statement, []));
  const statements = await opened(required(call, "issues"));
  const at = instant(call, "at") ?? Date.now() * 1_000;
  const asOf = instant(call, "as-of") ?? at;
  const freshness = Number(call.flags.freshness ?? DAY);
  const question = { alias: argument(call, 0, "ALIAS"), mesh: statement.mesh, roots: trust.roots, at, asOf, freshness };
  const { policy, chain, refused } = unwrap(headOf(question, statements));
  const links = chain.map(({ id, body, policy: { hash }, signers }) => {
    const { relation, since, reason } = body;
    return { issue: id, policy: hash, relation, since, signers, reason };
  });
  const lines = links.map(({ issue, relation, signers }) => `${issue}  ${relation}  ${signers.join(", ")}`);
  const data = { policy: policy.hash, id: policy.policy.id, chain: links, refused };
  return { exit: EXIT.yes, data, text: [`policy ${policy.hash}`, ...lines].join("\n") };
}

/** Every file of a folder is a signed issue; one that is not is refused rather than passed over. */
async function opened(directory: string): Promise<readonly IssueStatement[]> {
  const statements: IssueStatement[] = [];
  for (const name of namesIn(directory)) {
    const statement = unwrap(await openAuthorityStatement(frameIn(readBytes(join(directory, name)))));
    if (isStatement(statement, "policy")) statements.push(statement);
  }
  return statements;
}
