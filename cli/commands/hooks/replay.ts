// `source replay|replay-missing` and `trigger`: bringing deliveries again, and trying a source without its sender.
import { randomBytes } from "node:crypto";
import { toBase64 } from "../../../shared/bytes.ts";
import { fault } from "../../../shared/result.ts";
import { type Body, sampleBody, withValue } from "../../../shared/source/sample.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, type Agent, agentOf, askJson } from "../../agent-client.ts";
import { argument, linesIn, readJsonFile, required, usage } from "../../files.ts";
import { type Answer, type Call, type Command, EXIT, Refused } from "../../registry.ts";
import { shown } from "../../terminal.ts";
import { pathOf, queryOf, requestsOf, type Source } from "./listed.ts";

type Brought = {
  readonly request: string;
  readonly status: string;
  readonly ceremony: string | null;
  readonly code?: string;
  readonly why?: string;
};
const DONE = ["opened", "attested", "duplicate", "ignored", "answered"];
const REPLAYED_MAX = 2_000;

function broughtText({ request, status, ceremony, code, why }: Brought): string {
  const refused = code === undefined ? "" : `  ${shown(code)}: ${shown(why ?? "")}`;
  return `${shown(request)}  ${shown(status)} ${shown(ceremony?.slice(0, 12) ?? "")}${refused}`;
}

function outcomeOf(brought: readonly Brought[], more: object = {}, lines: readonly string[] = []): Answer {
  const failed = brought.filter(({ status }) => !DONE.includes(status)).length;
  const text = [...lines, ...brought.map(broughtText), `${brought.length - failed} done, ${failed} failed`];
  return { exit: failed === 0 ? EXIT.yes : EXIT.no, data: { ...more, brought, failed }, text: text.join("\n") };
}

export const sourceReplay: Command = {
  name: "source replay",
  usage: `source replay SOURCE (REQUEST… | --failed [--since TIME]) ${AGENT_USAGE}`,
  about: "act again on requests that were verified when they came, such as those that failed in an outage",
  flags: { failed: { type: "boolean" }, since: { type: "string" }, ...AGENT_FLAGS },
  input: [
    "REQUEST       such as req_18; bodies are kept for a day",
    "--failed      every request that failed and can be replayed, oldest first; a delivery opens at most one ceremony all the same",
    ...AGENT_INPUT,
  ],
  example: "source replay github --failed --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const source = argument(call, 0, "SOURCE");
    const named = call.args.slice(1);
    if ((named.length === 0) !== (call.flags.failed === true)) throw usage("either REQUEST… or --failed is needed");
    const ids = named.length > 0 ? named : await failedOf(call, agent, source);
    const brought: Brought[] = [];
    for (const id of ids)
      brought.push(
        await askJson<Brought>(agent, `${pathOf(source)}/requests/${encodeURIComponent(id)}/replay`, { body: {} }),
      );
    return outcomeOf(brought);
  },
};

async function failedOf(call: Call, agent: Agent, source: string): Promise<readonly string[]> {
  const requests = await requestsOf(agent, source, { ...queryOf(call), status: "failed" }, REPLAYED_MAX);
  const [replayable, replayed] = [
    requests.filter(({ isReplayable }) => isReplayable),
    requests.map((each) => each.replayOf),
  ];
  return replayable
    .map(({ id }) => id)
    .filter((id) => !replayed.includes(id))
    .reverse();
}

type Listed = {
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
};

export const sourceReplayMissing: Command = {
  name: "source replay-missing",
  usage: `source replay-missing SOURCE --file FILE [--dry-run] [--vouch] ${AGENT_USAGE}`,
  about: "bring the deliveries that the sender lists and that never did their work here",
  flags: { file: { type: "string" }, "dry-run": { type: "boolean" }, vouch: { type: "boolean" }, ...AGENT_FLAGS },
  input: [
    '--file        a line for each delivery, as its sender lists it: {"id":…,"headers":{…},"body":"the raw text"}; - for stdin',
    "              without headers and body a delivery is told as missing, for its sender to send again",
    "--vouch       take those whose signature does not fit too: your key stands for it, and the record says so",
    ...AGENT_INPUT,
  ],
  example: "source replay-missing github --file deliveries.jsonl --dry-run --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const source = argument(call, 0, "SOURCE");
    const listed = [...linesIn(required(call, "file"))].map(deliveryIn);
    const missing = await missingOf(agent, source, listed);
    const [bodies, without] = [
      missing.filter(({ body }) => body !== null),
      missing.filter(({ body }) => body === null),
    ];
    const lines = [
      `${listed.length} listed, ${missing.length} missing`,
      ...without.map(({ id }) => `${shown(id)}  has no body in the file: have its sender send it again`),
    ];
    const more = { listed: listed.length, missing: missing.map(({ id }) => id) };
    if (call.flags["dry-run"] === true)
      return { exit: missing.length === 0 ? EXIT.yes : EXIT.changes, data: more, text: lines.join("\n") };
    const brought: Brought[] = [];
    for (const delivery of bodies) brought.push(await bring(agent, source, delivery, call.flags.vouch === true));
    const answer = outcomeOf(brought, more, lines);
    return without.length === 0 ? answer : { ...answer, exit: EXIT.no };
  },
};

function deliveryIn(line: string): Listed {
  const parsed = readJsonFile("the file of deliveries", line);
  const { id, headers = {}, body = null } = (parsed ?? {}) as Partial<Record<keyof Listed, unknown>>;
  const isSound =
    typeof id === "string" &&
    typeof headers === "object" &&
    headers !== null &&
    (body === null || typeof body === "string");
  if (!isSound) throw usage('each line is {"id":…,"headers":{…},"body":"the raw text"}');
  const texts = Object.entries(headers as object).map(([name, value]) => [name, String(value)]);
  return { id, headers: Object.fromEntries(texts) as Listed["headers"], body: body as string | null };
}

async function missingOf(agent: Agent, source: string, listed: readonly Listed[]): Promise<readonly Listed[]> {
  const missing: string[] = [];
  for (let at = 0; at < listed.length; at += 1_000) {
    const deliveries = listed.slice(at, at + 1_000).map(({ id }) => id);
    const answer = await askJson<{ missing: readonly string[] }>(agent, `${pathOf(source)}/missing`, {
      body: { deliveries },
    });
    missing.push(...answer.missing);
  }
  return listed.filter(({ id }) => missing.includes(id));
}

/** A refusal of one is told with it, and stops none of the others. */
async function bring(agent: Agent, source: string, { id, headers, body }: Listed, vouch: boolean): Promise<Brought> {
  const bytes = new TextEncoder().encode(body ?? "");
  const asked = { headers, body: toBase64(bytes), vouch, delivery: vouch ? id : null };
  try {
    return await askJson<Brought>(agent, `${pathOf(source)}/deliveries`, { body: asked });
  } catch (error) {
    if (!(error instanceof Refused) || error.told === null) throw error;
    return { request: id, status: "rejected", ceremony: null, code: error.told.code, why: error.told.why };
  }
}

export const trigger: Command = {
  name: "trigger",
  usage: `trigger SOURCE [--file FILE] [--override PATH=VALUE]… ${AGENT_USAGE}`,
  about: "a sample delivery, signed as its sender would sign it and taken as any delivery is",
  flags: { file: { type: "string" }, override: { type: "string", multiple: true }, ...AGENT_FLAGS },
  input: [
    "--file        the body, as JSON; without it a sample of the source's own event",
    "--override    such as deployment.environment=staging; a value that is JSON is taken as that",
    ...AGENT_INPUT,
  ],
  example: "trigger github --override environment=staging --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const source = argument(call, 0, "SOURCE");
    const body = overridden(call, await sampleOf(call, agent, source));
    const data = await askJson<Brought>(agent, `${pathOf(source)}/trigger`, { body });
    return { exit: DONE.includes(data.status) ? EXIT.yes : EXIT.no, data, text: broughtText(data) };
  },
};

async function sampleOf(call: Call, agent: Agent, id: string): Promise<Body> {
  if (typeof call.flags.file === "string") return readJsonFile(call.flags.file) as Body;
  const { sources } = await askJson<{ readonly sources: readonly Source[] }>(agent, "/v1/sources");
  const source = sources.find((each) => each.id === id);
  if (source === undefined) throw new Refused(fault("SOURCE_UNKNOWN", { source: id }).fault, EXIT.absent);
  const body = sampleBody(source as never, randomBytes(6).toString("hex"));
  if (body === null) throw usage("--file is needed: only this source's own document says how its bodies look");
  return body;
}

function overridden({ flags: { override } }: Call, body: Body): Body {
  const given = Array.isArray(override) ? (override as readonly string[]) : [];
  return given.reduce((changed, each) => {
    const [, path, value] = /^([^=]+)=(.*)$/s.exec(each) ?? [];
    if (path === undefined) throw usage(`--override takes PATH=VALUE, not ${each}`);
    return withValue(changed, path.split("."), valueIn(value ?? ""));
  }, body);
}

function valueIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
