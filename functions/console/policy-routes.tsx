// Pages of policies: versions and patterns, one document, two compared, and one tried. Addresses name a policy as `pattern:ID`, `issue:ID` or
// `ceremony:ID`.
import { type Context, Hono } from "hono";
import { readWhole } from "../../durable/evidence-export.ts";
import { decodeCanonical } from "../../shared/cbor/decode.ts";
import { type Json, toJson } from "../../shared/cbor/json.ts";
import { repeatedFields } from "../../shared/cbor/json-keys.ts";
import { parseBundle, parseJson } from "../../shared/evidence/bundle.ts";
import { type Recorded, scenarioOf } from "../../shared/evidence/scenario.ts";
import { type FaultCounts, pivotsOf, tryPolicy } from "../../shared/outcome/dry-run.ts";
import { readPlain } from "../../shared/outcome/plain-document.ts";
import { findPattern, PATTERNS } from "../../shared/policy/catalogue.ts";
import { examinePolicy, pinPolicy } from "../../shared/policy/decode.ts";
import { differencesBetween } from "../../shared/policy/differences.ts";
import { headOf, type Issue } from "../../shared/policy/lifecycle.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { AgentContext } from "../http/app.ts";
import { ceremonyKnown } from "../known.ts";
import { type Alias, Compare, type Finding, type Named, Policies, PolicyPage } from "./pages/policies.tsx";
import { type Found, Simulator, type Tried } from "./pages/simulator.tsx";
import { madeUp } from "./scenario.ts";
import { nowOf, show, showRefusal } from "./show.tsx";

type Agent = Context<AgentContext>;

const ID = /^[0-9a-f]{64}$/;

export function policyPages(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.get("/", async (context) => {
    const patterns = PATTERNS.map(({ id, title }): Named => [id, title]);
    return show(context, "Policies", <Policies aliases={await aliasesOf(context)} patterns={patterns} />);
  });
  app.get("/compare", comparePage);
  app.get("/simulate", simulatorPage);
  app.post("/simulate", simulate);
  app.get("/:name", async (context) => {
    const name = context.req.param("name");
    const found = await documentOf(context, name);
    if (!found.ok) return showRefusal(context, found.fault);
    const pinned = pinPolicy(found.value);
    const { title } = found.value as { readonly title?: string };
    const digest = pinned.ok ? pinned.value.hash : null;
    const page = <PolicyPage name={name} document={found.value} digest={digest} findings={findingsIn(found.value)} />;
    return show(context, title ?? "Policy", page);
  });
  return app;
}

/** The aliases in this party's trust statement, each with its versions up to the one in force. */
async function aliasesOf(context: Agent): Promise<readonly Alias[]> {
  const trust = await context.get("config").trust();
  if (!trust.ok) return [];
  const { issues, roots, mesh } = trust.value;
  const at = nowOf(context);
  return [...new Set(issues.map(({ body }) => body.alias))].sort().map((alias): Alias => {
    const head = headOf({ alias, mesh: mesh ?? "", roots, at, asOf: at, freshness: 0 }, issues);
    return {
      alias,
      versions: head.ok ? head.value.chain.map(versionOf) : [],
      refusal: head.ok ? null : describeRefusal(head.fault),
    };
  });
}

function versionOf({ id, body, policy, signers }: Issue) {
  const { relation, since, reason } = body;
  return { name: `issue:${id}`, relation, since, digest: policy.hash, signers, reason };
}

async function documentOf(context: Agent, name: string): Promise<Result<Json>> {
  const [kind, id = ""] = name.split(":");
  const absent = fault("NOT_FOUND", { thing: "such policy" });
  if (kind === "pattern") {
    const pattern = findPattern(id);
    return pattern.ok ? ok(pattern.value as unknown as Json) : absent;
  }
  if (!ID.test(id)) return absent;
  if (kind === "ceremony") {
    const known = await ceremonyKnown(context.env, id);
    const policy = known === null ? null : (await known.ceremony.picture(0)).policy;
    return policy === null ? absent : ok(policy);
  }
  const trust = await context.get("config").trust();
  const versions = (await aliasesOf(context)).flatMap(({ versions }) => versions);
  const digest = kind === "issue" ? versions.find((version) => version.name === name)?.digest : undefined;
  const bytes = trust.ok ? trust.value.issues.map(({ body }) => body.policy) : [];
  const found = bytes.map((each) => decodeCanonical(each)).find((each) => each.ok && hashOf(each.value) === digest);
  return digest !== undefined && found?.ok ? ok(toJson(found.value)) : absent;
}

function hashOf(value: Parameters<typeof toJson>[0]): string | null {
  const pinned = pinPolicy(toJson(value));
  return pinned.ok ? pinned.value.hash : null;
}

function findingsIn(document: unknown): readonly Finding[] {
  return examinePolicy(document).findings.map((flaw) => {
    const { code, what, why } = describeRefusal(flaw);
    return { code, path: String(flaw.detail.path ?? ""), message: `${what}: ${why}` };
  });
}

async function namesIn(context: Agent): Promise<readonly Named[]> {
  const aliases = await aliasesOf(context);
  return [
    ...aliases.flatMap(({ alias, versions }) =>
      versions.map(({ name }, index): Named => [name, `${alias}, version ${index + 1}`]),
    ),
    ...PATTERNS.map(({ id, title }): Named => [`pattern:${id}`, title]),
  ];
}

async function comparePage(context: Agent): Promise<Response> {
  const [a, b] = [context.req.query("a") ?? "", context.req.query("b") ?? ""];
  const both = a === "" || b === "" ? null : await Promise.all([documentOf(context, a), documentOf(context, b)]);
  const missing = both?.find((one) => !one.ok);
  if (missing !== undefined && !missing.ok) return showRefusal(context, missing.fault);
  const [before, after] = both ?? [];
  const differences = before?.ok && after?.ok ? differencesBetween(before.value, after.value) : null;
  const page = <Compare names={await namesIn(context)} a={a} b={b} differences={differences} />;
  return show(context, "Compare policies", page);
}

/** What was once said in a ceremony, where its evidence is at hand. */
async function recordedIn(context: Agent, ceremony: string): Promise<Recorded | null> {
  const exported = (await (await ceremonyKnown(context.env, ceremony))?.ceremony.evidence()) ?? null;
  const bytes = exported === null ? null : await readWhole(exported);
  const bundle = bytes === null ? null : parseBundle(bytes);
  const recorded = bundle?.ok ? scenarioOf(bundle.value) : null;
  return recorded?.ok ? recorded.value : null;
}

async function simulatorPage(context: Agent): Promise<Response> {
  const policy = context.req.query("policy") ?? `pattern:${PATTERNS[0]?.id}`;
  const from = context.req.query("from") ?? "";
  const [recorded, document] = await Promise.all([recordedIn(context, from), documentOf(context, policy)]);
  const { party } = context.get("config");
  const names = [party.name, ...party.partners.map(({ name }) => name)];
  const scenario = recorded?.document ?? (document.ok ? madeUp(document.value, names) : {});
  const tried: Tried = { policy, own: "", scenario: JSON.stringify(scenario, null, 1), silent: 1, equivocating: 0 };
  return showSimulator(context, tried, from, null);
}

async function showSimulator(
  context: Agent,
  tried: Tried,
  from: string,
  result: Result<Found> | null,
): Promise<Response> {
  const page = (
    <Simulator
      names={await namesIn(context)}
      tried={tried}
      from={from}
      found={result?.ok ? result.value : null}
      refusal={result === null || result.ok ? null : describeRefusal(result.fault)}
    />
  );
  return show(context, "Try a policy", page, { status: result === null || result.ok ? 200 : 422 });
}

const FAULTY = /^[0-4]$/;

async function simulate(context: Agent): Promise<Response> {
  const form = await context.req.parseBody();
  const text = (name: string) => (typeof form[name] === "string" ? form[name] : "");
  const count = (name: string) => (FAULTY.test(text(name)) ? Number(text(name)) : 0);
  const tried: Tried = {
    policy: text("policy"),
    own: text("own").trim(),
    scenario: text("scenario"),
    silent: count("silent"),
    equivocating: count("equivocating"),
  };
  const [named, recorded] = await Promise.all([documentOf(context, tried.policy), recordedIn(context, text("from"))]);
  const document = tried.own === "" ? named : jsonIn("own", tried.own);
  const found = document.ok ? tryOut(document.value, tried, recorded, text("from")) : document;
  return showSimulator(context, tried, text("from"), found);
}

/** JSON as somebody wrote it; a field that stands twice would hide one of its values. */
function jsonIn(path: string, text: string): Result<Json> {
  const value = parseJson(new TextEncoder().encode(text));
  if (value === undefined) return fault("BODY_INVALID", { path, need: "JSON" });
  const [twice] = repeatedFields(text);
  return twice === undefined ? ok(value as Json) : fault("POLICY_DUPLICATE", { path: twice, need: "said once" });
}

function tryOut(document: Json, tried: Tried, recorded: Recorded | null, from: string): Result<Found> {
  const pinned = pinPolicy(document);
  if (!pinned.ok) return pinned;
  const scenario = jsonIn("scenario", tried.scenario);
  if (!scenario.ok) return scenario;
  const counts: FaultCounts = { silent: tried.silent, equivocating: tried.equivocating };
  const { policy } = pinned.value;
  const trial = tryPolicy(policy, scenario.value, counts);
  if (!trial.ok) return trial;
  const plain = readPlain(policy, scenario.value);
  const pivots = plain.ok ? pivotsOf(plain.value) : plain;
  return ok({
    ...trial.value,
    pivotal: pivots.ok ? pivots.value.pivotal : [],
    swing: pivots.ok ? pivots.value.swing : [],
    recorded: recorded === null ? null : { ceremony: from, ended: recorded.ended as Found["decision"] },
    findings: findingsIn(document),
  });
}
