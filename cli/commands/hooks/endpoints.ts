// `endpoint add|list|remove|enable|rotate`: who is told of this agent's ceremonies by webhooks.
import { fault } from "../../../shared/result.ts";
import { EVENT_TYPES } from "../../../shared/webhooks/event.ts";
import { readTarget } from "../../../shared/webhooks/target.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, type Agent, agentOf, askJson } from "../../agent-client.ts";
import { argument, usage } from "../../files.ts";
import { nextLine } from "../../online/show.ts";
import { type Answer, type Call, type Command, EXIT, Refused, YES, YES_INPUT } from "../../registry.ts";
import { nameTyped, shown } from "../../terminal.ts";
import { timeText } from "../../times.ts";
import { endsText, OVERLAP, OVERLAP_INPUT, overlapOf } from "./overlap.ts";

type Endpoint = {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly isConfigured: boolean;
  readonly disabledAtMs: number | null;
  readonly why: string | null;
};
type Listed = { readonly endpoints: readonly Endpoint[]; readonly publicKey: string };
type Added = Pick<Endpoint, "id" | "url" | "events"> & { readonly secret: string; readonly publicKey: string };

const PATH = "/v1/endpoints";
const pathOf = (id: string) => `${PATH}/${encodeURIComponent(id)}`;
const named = (call: Call) => argument(call, 0, "ENDPOINT");

export const endpointAdd: Command = {
  name: "endpoint add",
  usage: `endpoint add ENDPOINT ADDRESS [--event TYPE]… [--dry-run] ${AGENT_USAGE}`,
  about: "have somebody told of this agent's ceremonies by webhooks; the secret that signs them is shown this once",
  flags: { event: { type: "string", multiple: true }, "dry-run": { type: "boolean" }, ...AGENT_FLAGS },
  input: [
    "ENDPOINT      a name of your own for it",
    "ADDRESS       where it is told: https, port 443, no private address",
    `--event       what it is told, all unless told otherwise: ${EVENT_TYPES.join(", ")}`,
    "--dry-run     tells what would be added, and adds nothing",
    ...AGENT_INPUT,
  ],
  example: "endpoint add erp https://erp.example.com/hooks --event ceremony.decided --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const [id, url, events] = [named(call), argument(call, 1, "ADDRESS"), eventsOf(call)];
    if (call.flags["dry-run"] === true) return addition(agent, id, url, events);
    const body = { id, url, ...(events.length === 0 ? {} : { events }) };
    const data = await askJson<Added>(agent, PATH, { body });
    const text = [
      `endpoint ${shown(data.id)}   ${shown(data.url)}   ${shown(data.events.join(", "))}`,
      secretText(data.secret),
      `         or by the public key ${shown(data.publicKey)} (v1a)`,
      nextLine("delivery list", `--endpoint ${shown(data.id)}`, agent),
    ];
    return { exit: EXIT.yes, data, text: text.join("\n") };
  },
};

/** The agent judges the address once more, where a name is looked up too. */
async function addition(agent: Agent, id: string, url: string, given: readonly string[]): Promise<Answer> {
  const { endpoints } = await askJson<Listed>(agent, PATH);
  if (endpoints.some((one) => one.id === id)) throw new Refused(fault("HOOK_EXISTS", { thing: "endpoint", id }).fault);
  const target = readTarget(url, { loopback: new URL(agent.url).protocol === "http:" });
  if (!target.ok) throw new Refused(target.fault);
  const events = given.length === 0 ? EVENT_TYPES : given;
  const text = `endpoint ${shown(id)} would be told at ${shown(url)} of: ${events.join(", ")}; a secret would be made, and shown once`;
  return { exit: EXIT.yes, data: { dryRun: true, id, url, events }, text };
}

function eventsOf({ flags: { event } }: Call): readonly string[] {
  const given = Array.isArray(event) ? (event as readonly string[]) : [];
  const odd = given.find((type) => !(EVENT_TYPES as readonly string[]).includes(type));
  if (odd !== undefined) throw usage(`--event takes ${EVENT_TYPES.join(", ")}; not ${odd}`);
  return [...new Set(given)];
}

function secretText(secret: string): string {
  return `         secret ${shown(secret)} (shown once; endpoint rotate makes another)`;
}

export const endpointList: Command = {
  name: "endpoint list",
  usage: `endpoint list ${AGENT_USAGE}`,
  about: "who is told by webhooks, of what, and which ones their own answer 410 has disabled",
  flags: AGENT_FLAGS,
  input: AGENT_INPUT,
  example: "endpoint list --as acme",
  run: async (call) => {
    const data = await askJson<Listed>(agentOf(call), PATH);
    const lines = data.endpoints.map(({ id, url, events, isConfigured, disabledAtMs, why }) => {
      const off = disabledAtMs === null ? "" : `   DISABLED ${timeText(disabledAtMs * 1_000)}: ${shown(why ?? "")}`;
      const told = events.length === EVENT_TYPES.length ? "all" : events.join(", ");
      return `${shown(id).padEnd(16)} ${shown(url)}   ${shown(told)}${isConfigured ? "   (of the deployment)" : ""}${off}`;
    });
    const text = [...(lines.length === 0 ? ["nobody is told"] : lines), `public key (v1a) ${shown(data.publicKey)}`];
    return { exit: EXIT.yes, data, text: text.join("\n") };
  },
};

export const endpointRemove: Command = {
  name: "endpoint remove",
  usage: `endpoint remove ENDPOINT [--yes] ${AGENT_USAGE}`,
  about: "tell an endpoint nothing more; what still waits for it is dead, and its secret is forgotten",
  flags: { ...YES, ...AGENT_FLAGS },
  input: [YES_INPUT, ...AGENT_INPUT],
  example: "endpoint remove erp --yes --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const id = named(call);
    const kept: Answer = { exit: EXIT.stopped, data: { removed: false, id }, text: "nothing was removed" };
    const effect = `${shown(id)} will be told nothing more: what still waits for it is dead, and its secret is forgotten.`;
    if (!(await nameTyped(call, effect, id))) return kept;
    await askJson(agent, pathOf(id), { method: "DELETE" });
    return { exit: EXIT.yes, data: { removed: true, id }, text: `${shown(id)} is told nothing more` };
  },
};

export const endpointEnable: Command = {
  name: "endpoint enable",
  usage: `endpoint enable ENDPOINT ${AGENT_USAGE}`,
  about: "tell an endpoint again that was disabled by its answer 410; what it missed is replayed by delivery replay",
  flags: AGENT_FLAGS,
  input: AGENT_INPUT,
  example: "endpoint enable erp --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const id = named(call);
    await askJson(agent, `${pathOf(id)}/enable`, { method: "POST" });
    const text = [`${shown(id)} is told again`, nextLine("delivery replay", `--dead --endpoint ${shown(id)}`, agent)];
    return { exit: EXIT.yes, data: { enabled: true, id }, text: text.join("\n") };
  },
};

export const endpointRotate: Command = {
  name: "endpoint rotate",
  usage: `endpoint rotate ENDPOINT [--overlap T] [--dry-run] [--yes] ${AGENT_USAGE}`,
  about: "a new secret for an endpoint, shown this once; both sign until the overlap ends (a day)",
  flags: { ...OVERLAP, "dry-run": { type: "boolean" }, ...AGENT_FLAGS },
  input: [...OVERLAP_INPUT, "--dry-run     tells what it would change, and changes nothing", ...AGENT_INPUT],
  example: "endpoint rotate erp --overlap 2h --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const id = named(call);
    const { query, ends } = overlapOf(call);
    if (call.flags["dry-run"] === true) return rotation(agent, id, ends);
    if (ends && !(await nameTyped(call, endsText(id), id)))
      return { exit: EXIT.stopped, data: { rotated: false, id }, text: "nothing was changed" };
    type Rotated = { readonly secret: string; readonly overlapSeconds: number };
    const data = await askJson<Rotated>(agent, `${pathOf(id)}/rotate${query}`, { method: "POST" });
    const until = `         both sign for ${data.overlapSeconds} s more: change it at the receiver by then`;
    return {
      exit: EXIT.yes,
      data: { id, ...data },
      text: [`endpoint ${shown(id)}`, secretText(data.secret), until].join("\n"),
    };
  },
};

async function rotation(agent: Agent, id: string, ends: boolean): Promise<Answer> {
  const { endpoints } = await askJson<Listed>(agent, PATH);
  if (!endpoints.some((one) => one.id === id)) throw new Refused(fault("NOT_FOUND", { thing: "such endpoint" }).fault);
  const old = ends ? "the old one would end at once" : "both would sign until the overlap ends";
  const text = `endpoint ${shown(id)}: a new secret would be made, and shown once; ${old}`;
  return { exit: EXIT.yes, data: { dryRun: true, id, endsOld: ends }, text };
}
