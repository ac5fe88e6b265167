// What is wrong with a source's document, all of it at once: a source that cannot do its work is refused before its sender calls it.
import { fromJson, toJson } from "../cbor/json.ts";
import { readAllAs } from "../cbor/read.ts";
import { chosenPolicy } from "../policy/chosen.ts";
import type { PinnedPolicy } from "../policy/policy.ts";
import { type Fault, fault, type Result } from "../result.ts";
import { readTarget } from "../webhooks/target.ts";
import { readSource, type SourceDocument } from "./document.ts";
import { GITHUB_EVENTS } from "./github-events.ts";

/** What the party's own trust adds; without it names and aliases are not looked at. */
export type Known = {
  readonly authorities: readonly string[];
  readonly policyOf: (source: SourceDocument) => Result<PinnedPolicy>;
  readonly loopback: boolean;
};

const RULE_EVENT = "deployment_protection_rule";

/** Every finding; none where the source can work. */
export function lintSource(document: unknown, known: Known | null = null): readonly Fault[] {
  const value = fromJson(document, "source");
  if (!value.ok) return [asFinding(value.fault)];
  const read = readAllAs(value.value, readSource, "source");
  if (!read.ok) return read.fault.map(asFinding);
  const source = read.value;
  return [...flawsOfEvent(source), ...flawsOfAnswer(source, known), ...flawsOfOpening(source, known)];
}

function finding(path: string, need: string): Fault {
  return fault("SOURCE_INVALID", { path: `source.${path}`, need }).fault;
}

function asFinding({ detail }: Fault): Fault {
  return fault("SOURCE_INVALID", { path: detail.path, need: detail.need }).fault;
}

function flawsOfEvent({ scheme, event }: SourceDocument): readonly Fault[] {
  const unknown = scheme === "github" && !GITHUB_EVENTS.includes(event);
  return unknown ? [finding("event", `one of ${GITHUB_EVENTS.join(", ")}`)] : [];
}

function flawsOfAnswer({ scheme, event, respond }: SourceDocument, known: Known | null): readonly Fault[] {
  if (respond === null) return [];
  const fits = scheme === "github" && event === RULE_EVENT;
  const target = readTarget(respond.api, { loopback: known?.loopback ?? false });
  return [
    ...(fits ? [] : [finding("respond", `left out: only GitHub's ${RULE_EVENT} is answered`)]),
    ...(target.ok ? [] : [finding("respond.api", `an address that may be called: ${target.fault.detail.reason}`)]),
  ];
}

function flawsOfOpening(source: SourceDocument, known: Known | null): readonly Fault[] {
  if (source.attest !== null) return [];
  const { parties, closesIn, expiresIn, alias } = source;
  const late = closesIn !== null && expiresIn !== null && closesIn >= expiresIn;
  const flaws = late ? [finding("expiresIn", "later than closesIn")] : [];
  const policy = known === null ? unaided(source) : known.policyOf(source);
  const strangers = parties.filter(({ authority }) => known !== null && !known.authorities.includes(authority));
  const seats = parties.map(({ authority, role }) => `${authority} as ${role}`);
  const twice = seats.filter((seat, index) => seats.indexOf(seat) !== index);
  return [
    ...flaws,
    ...strangers.map(({ authority }) =>
      finding("parties", `organisations that this party recognises, not ${authority}`),
    ),
    ...twice.map((seat) => finding("parties", `each seat once; ${seat} stands twice`)),
    ...(policy.ok
      ? flawsOfRoles(source, policy.value)
      : alias !== null && known === null
        ? []
        : [ofPolicy(policy.fault)]),
  ];
}

/** An alias is known to the party alone; a pattern and a document are read without it. */
function unaided({ pattern, policy, alias, set }: SourceDocument): Result<PinnedPolicy> {
  const settings = set.map(({ path, value }) => ({ path, value: toJson(value) }));
  const nobody = { mesh: "", roots: new Map(), issues: [] };
  return chosenPolicy({ pattern, policy, alias }, settings, nobody, 0);
}

function ofPolicy({ code, detail }: Fault): Fault {
  const where = detail.path === undefined ? "" : ` at ${detail.path}`;
  return finding("pattern", `a policy that can be opened; ${code}${where}`);
}

function flawsOfRoles({ parties }: SourceDocument, { policy }: PinnedPolicy): readonly Fault[] {
  const roles = [...policy.roles.keys()];
  return parties
    .filter(({ role }) => !policy.roles.has(role))
    .map(({ role }) => finding("parties", `roles of the policy (${roles.join(", ")}), not ${role}`));
}
