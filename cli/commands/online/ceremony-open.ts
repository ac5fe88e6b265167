// `ceremony open`: a call, signed by the party's own agent, from a pattern that ships, a document, or an alias.
import type { Json } from "../../../shared/cbor/json.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { SHARDS_MAX } from "../../../shared/limits.ts";
import { lintPolicy } from "../../../shared/policy/lint.ts";
import type { PinnedPolicy } from "../../../shared/policy/policy.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, type Agent, agentOf, askJson, folderOf } from "../../agent-client.ts";
import { numberIn, readJsonFile, required, seconds, usage } from "../../files.ts";
import { short } from "../../online/ids.ts";
import { nextLine } from "../../online/show.ts";
import { type Answer, type Call, type Command, EXIT } from "../../registry.ts";
import { findStack } from "../../stack/kept-stack.ts";
import { shown } from "../../terminal.ts";
import { when } from "../../times.ts";
import { policyFrom, settingsIn } from "../decide.ts";

type Party = { readonly authority: string; readonly role: string; readonly power: number };
type Request = { readonly title: string; readonly parties: readonly Party[]; readonly [field: string]: unknown };

export const ceremonyOpen: Command = {
  name: "ceremony open",
  usage: `ceremony open [PATTERN] --title TITLE [--policy FILE | --alias A] [--with NAMES | --party NAME:ROLE:POWER]… [--set PATH=JSON]… [--shards N] [--subject JSON] [--closes-in T] [--expires-in T] [--dry-run] [--id] ${AGENT_USAGE}`,
  about: "open a ceremony; its id is what the others are told",
  flags: {
    ...AGENT_FLAGS,
    title: { type: "string" },
    policy: { type: "string" },
    alias: { type: "string" },
    with: { type: "string" },
    party: { type: "string", multiple: true },
    set: { type: "string", multiple: true },
    shards: { type: "string" },
    subject: { type: "string" },
    "closes-in": { type: "string" },
    "expires-in": { type: "string" },
    "dry-run": { type: "boolean" },
    id: { type: "boolean" },
  },
  input: [
    "PATTERN       policy list names those that ship; --policy brings a document, --alias an adopted one",
    "--with        bolt,crux: they and the opener, in the one role that speaks; without it all parties of the stack",
    "--party       NAME:ROLE, or NAME:ROLE:POWER where its voice weighs more than 1; may be repeated, in place of --with",
    "--shards      asks electors to take in over so many objects what roles say that run no agent (agent: false); no outcome hangs on it",
    "--closes-in   such as 90s, 15m, 24h or 2d; without it the policy's own times",
    "--dry-run     shows the request and what the policy's rules find, and opens nothing; exit 5 where it could not work",
    "--id          prints the id and nothing else, for $(…)",
    ...AGENT_INPUT,
  ],
  example: "ceremony open approval --title 'Release 2.4 to production' --as acme",
  run: openOne,
};

async function openOne(given: Call): Promise<Answer> {
  const call = withShards(given);
  const agent = agentOf(call);
  const policy = policyOf(call);
  const asked = {
    title: required(call, "title"),
    ...choiceOf(call),
    set: settingsIn(call),
    subject: subjectOf(call),
    closesIn: seconds(call, "closes-in"),
    expiresIn: seconds(call, "expires-in"),
  };
  const request: Request = { ...asked, parties: await partiesOf(call, agent, policy) };
  if (call.flags["dry-run"]) return tried(request, policy);
  const { ceremony } = await askJson<{ ceremony: string }>(agent, "/v1/ceremonies", { body: request });
  const view = await askJson<CeremonyView>(agent, `/v1/ceremonies/${ceremony}`);
  return { exit: EXIT.yes, data: view, text: call.flags.id ? ceremony : openedText(view, agent, call) };
}

/** With `--shards` said as settings of the policy: of each role whose holders run no agent. */
function withShards(call: Call): Call {
  if (call.flags.shards === undefined) return call;
  const value = numberIn(call, "shards", null, 1, SHARDS_MAX);
  const roles = [...(policyOf(call)?.policy.roles ?? [])].filter(([, { agent }]) => !agent);
  if (roles.length === 0)
    throw usage("--shards needs a policy with a role that runs no agent, such as --set roles.bidder.agent=false");
  const set = [...((call.flags.set as readonly string[] | undefined) ?? [])];
  return {
    ...call,
    flags: { ...call.flags, set: [...set, ...roles.map(([name]) => `roles.${name}.shards=${value}`)] },
  };
}

export function openedText(view: CeremonyView, agent: Agent, call: Call): string {
  const now = Date.now() * 1_000;
  const others = view.parties.filter(({ authority }) => authority !== view.asSeenBy);
  const named =
    typeof call.flags.url === "string" || others.length === 0 ? agent.flags : `--as ${others[0]?.authority}`;
  const asked = view.parties.map(({ authority, role }) => `${shown(authority)} (${shown(role)})`).join(", ");
  return [
    `ceremony ${view.ceremony}  open  ${shown(view.title)}`,
    `  parties ${asked}`,
    `  closes  ${when(view.closesAt, now)}   policy ${shown(view.pattern)} sha256:${view.policy?.slice(0, 12)}…`,
    nextLine("attest", short(view.ceremony), { ...agent, flags: named }, " --approve"),
  ].join("\n");
}

/** Null for an alias: only the agent knows what it leads to. */
function policyOf(call: Call): PinnedPolicy | null {
  const [pattern] = call.args;
  const { policy, alias } = call.flags;
  if ([pattern, policy, alias].filter((one) => one !== undefined).length !== 1)
    throw usage("one of PATTERN, --policy FILE and --alias A is needed");
  return alias === undefined ? policyFrom({ ...call, flags: { ...call.flags, pattern } }) : null;
}

function choiceOf({ args, flags }: Call): object {
  if (typeof flags.policy === "string") return { policy: readJsonFile(flags.policy) };
  return typeof flags.alias === "string" ? { alias: flags.alias } : { pattern: args[0] };
}

function subjectOf({ flags: { subject } }: Call): Json {
  if (typeof subject !== "string") return null;
  try {
    return JSON.parse(subject) as Json;
  } catch {
    throw usage("--subject takes JSON; text stands in quotation marks of its own");
  }
}

async function partiesOf(call: Call, agent: Agent, policy: PinnedPolicy | null): Promise<readonly Party[]> {
  const given = (call.flags.party as readonly string[] | undefined) ?? [];
  if (given.length > 0) return given.map(partyFrom);
  const role = speakingRole(policy);
  const { name } = await askJson<{ name: string }>(agent, "/.well-known/quorate-party.json");
  const stack = typeof call.flags.url === "string" ? null : findStack(folderOf(call.flags));
  const named =
    typeof call.flags.with === "string" ? call.flags.with.split(",") : stack?.parties.map((one) => one.name);
  if (named === undefined) throw usage("--with NAMES or --party NAME:ROLE is needed");
  const names = [...new Set([name, ...named.map((one) => one.trim())])];
  return names.map((authority) => ({ authority, role, power: 1 }));
}

function partyFrom(given: string): Party {
  const [authority = "", role = "", power = "1", ...rest] = given.split(":");
  if (authority === "" || role === "" || rest.length > 0 || !/^[1-9]\d{0,6}$/.test(power))
    throw usage(`--party takes NAME:ROLE or NAME:ROLE:POWER, not ${given}`);
  return { authority, role, power: Number(power) };
}

/** The one role of a policy whose holders speak. */
function speakingRole(policy: PinnedPolicy | null): string {
  const roles = policy === null ? [] : [...policy.policy.roles].filter(([, { contributes }]) => contributes);
  const [first] = roles;
  if (first !== undefined && roles.length === 1) return first[0];
  const all = policy === null ? "those of its policy" : [...policy.policy.roles.keys()].join(", ");
  throw usage(`--party NAME:ROLE is needed for each party: its roles are ${all}`);
}

/** What opening would ask, judged as far as that can be done here. */
function tried(request: Request, policy: PinnedPolicy | null): Answer {
  const seats = request.parties.map((party, index) => ({ ...party, index }));
  const findings = policy === null ? [] : lintPolicy(policy.policy, seats).map(describeRefusal);
  const data = { dryRun: true, request, policy: policy?.hash ?? null, findings };
  const lines = findings.map(({ code, what, why }) => `${code}  ${what}: ${why}`);
  const text = [JSON.stringify(request, null, 1), `policy sha256:${policy?.hash ?? "of the alias"}`, ...lines].join(
    "\n",
  );
  return { exit: findings.length === 0 ? EXIT.yes : EXIT.no, data, text: `${text}\nnothing was opened` };
}
