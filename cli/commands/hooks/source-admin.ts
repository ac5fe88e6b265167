// `source rotate|pause|resume|remove`: changing a source of a running agent.
import { fault } from "../../../shared/result.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, askJson } from "../../agent-client.ts";
import { argument } from "../../files.ts";
import { nextLine } from "../../online/show.ts";
import { type Answer, type Command, EXIT, Refused, YES, YES_INPUT } from "../../registry.ts";
import { nameTyped, shown } from "../../terminal.ts";
import { timeText } from "../../times.ts";
import { pathOf, type Source, sourceAt } from "./listed.ts";
import { endsText, OVERLAP, OVERLAP_INPUT, overlapOf } from "./overlap.ts";

export const sourceRotate: Command = {
  name: "source rotate",
  usage: `source rotate SOURCE [--overlap T] [--secret SECRET] [--dry-run] [--yes] ${AGENT_USAGE}`,
  about: "put a new secret in force; the old one is taken beside it until the overlap ends (a day)",
  flags: { ...OVERLAP, secret: { type: "string" }, "dry-run": { type: "boolean" }, ...AGENT_FLAGS },
  input: [
    ...OVERLAP_INPUT,
    "--dry-run     tells what it would change, and changes nothing",
    "--secret      where the sender makes it; else one is made, and shown this once",
    ...AGENT_INPUT,
  ],
  example: "source rotate github --overlap 2h --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const source = argument(call, 0, "SOURCE");
    const { query, ends } = overlapOf(call);
    const given = typeof call.flags.secret === "string" ? call.flags.secret : null;
    if (call.flags["dry-run"] === true) return rotation(source, await sourceAt(agent, source), given === null, ends);
    if (ends && !(await nameTyped(call, endsText(source), source)))
      return { exit: EXIT.stopped, data: { rotated: false, id: source }, text: "nothing was changed" };
    type Rotated = { readonly secret: string | null; readonly overlapSeconds: number };
    const data = await askJson<Rotated>(agent, `${pathOf(source)}/rotate${query}`, { body: { secret: given } });
    const secret = data.secret === null ? [] : [`secret ${shown(data.secret)} (shown once)`];
    const text = [...secret, `the old one is taken for ${data.overlapSeconds} s more: change it at the sender by then`];
    return { exit: EXIT.yes, data, text: text.join("\n") };
  },
};

function rotation(id: string, source: Source | null, makes: boolean, ends: boolean): Answer {
  if (source === null) throw new Refused(fault("SOURCE_UNKNOWN", { source: id }).fault);
  const fresh = makes ? "a new secret would be made, and shown once" : "the secret given would be put in force";
  const old = ends ? "the old one would end at once" : "the old one would be taken beside it until the overlap ends";
  const data = { dryRun: true, id, scheme: source.scheme, makesSecret: makes, endsOld: ends };
  return { exit: EXIT.yes, data, text: `source ${shown(id)} (${shown(source.scheme)}): ${fresh}; ${old}` };
}

export const sourcePause: Command = {
  name: "source pause",
  usage: `source pause SOURCE ${AGENT_USAGE}`,
  about:
    "act on nothing that a source sends until it is resumed; its sender is told so, and each request stays on record",
  flags: AGENT_FLAGS,
  input: [
    "the sender is answered 503, SOURCE_PAUSED, and may send again; a signature that does not fit is refused as before",
    "replay, replay-missing and trigger work all the same: they are your own word",
    ...AGENT_INPUT,
  ],
  example: "source pause github --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const source = argument(call, 0, "SOURCE");
    const data = await askJson<{ readonly pausedAtMs: number }>(agent, `${pathOf(source)}/pause`, { method: "POST" });
    const since = `${shown(source)} is paused since ${timeText(data.pausedAtMs * 1_000)}`;
    return { exit: EXIT.yes, data, text: [since, nextLine("source resume", shown(source), agent)].join("\n") };
  },
};

export const sourceResume: Command = {
  name: "source resume",
  usage: `source resume SOURCE ${AGENT_USAGE}`,
  about: "act on a source again; what came meanwhile waits for source replay --failed, for a day",
  flags: AGENT_FLAGS,
  input: AGENT_INPUT,
  example: "source resume github --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const source = argument(call, 0, "SOURCE");
    const data = await askJson<{ readonly pausedAtMs: null }>(agent, `${pathOf(source)}/pause`, { method: "DELETE" });
    const text = [`${shown(source)} is acted on again`, nextLine("source replay", `${shown(source)} --failed`, agent)];
    return { exit: EXIT.yes, data, text: text.join("\n") };
  },
};

export const sourceRemove: Command = {
  name: "source remove",
  usage: `source remove SOURCE [--yes] ${AGENT_USAGE}`,
  about: "take out a source that was added here: its deliveries are refused from now on, and its secrets forgotten",
  flags: { ...YES, ...AGENT_FLAGS },
  input: [YES_INPUT, ...AGENT_INPUT],
  example: "source remove github --yes --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const source = argument(call, 0, "SOURCE");
    const effect = `${shown(source)} will be taken out: its deliveries are refused, and its secrets forgotten.`;
    if (!(await nameTyped(call, effect, source)))
      return { exit: EXIT.stopped, data: { removed: false, id: source }, text: "nothing was removed" };
    await askJson(agent, pathOf(source), { method: "DELETE" });
    return { exit: EXIT.yes, data: { removed: true, id: source }, text: `${shown(source)} is taken out` };
  },
};
