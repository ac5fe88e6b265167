// `source rotate|pause|resume|remove`: changing a source of a running agent.
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, askJson } from "../../agent-client.ts";
import { argument, seconds } from "../../files.ts";
import { nextLine } from "../../online/show.ts";
import { type Command, EXIT } from "../../registry.ts";
import { confirmed, shown } from "../../terminal.ts";
import { timeText } from "../../times.ts";
import { pathOf } from "./listed.ts";

export const sourceRotate: Command = {
  name: "source rotate",
  usage: `source rotate SOURCE [--overlap T] [--secret SECRET] ${AGENT_USAGE}`,
  about: "put a new secret in force; the old one is taken beside it until the overlap ends (a day)",
  flags: { overlap: { type: "string" }, secret: { type: "string" }, ...AGENT_FLAGS },
  input: [
    "--overlap     such as 90s, 15m or 24h; 0s withdraws the old one at once",
    "--secret      where the sender makes it; else one is made, and shown this once",
    ...AGENT_INPUT,
  ],
  example: "source rotate github --overlap 2h --as acme",
  run: async (call) => {
    const source = argument(call, 0, "SOURCE");
    const overlap = seconds(call, "overlap");
    const query = overlap === null ? "" : `?overlap=${overlap}`;
    const given = typeof call.flags.secret === "string" ? call.flags.secret : null;
    type Rotated = { readonly secret: string | null; readonly overlapSeconds: number };
    const data = await askJson<Rotated>(agentOf(call), `${pathOf(source)}/rotate${query}`, { body: { secret: given } });
    const secret = data.secret === null ? [] : [`secret ${shown(data.secret)} (shown once)`];
    const text = [...secret, `the old one is taken for ${data.overlapSeconds} s more: change it at the sender by then`];
    return { exit: EXIT.yes, data, text: text.join("\n") };
  },
};

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
  flags: { yes: { type: "boolean" }, ...AGENT_FLAGS },
  input: ["--yes         without being asked; needed where there is no terminal", ...AGENT_INPUT],
  example: "source remove github --yes --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const source = argument(call, 0, "SOURCE");
    if (call.flags.yes !== true && !(await confirmed(`Remove ${shown(source)} and its secrets?`, "--yes")))
      return { exit: EXIT.stopped, data: { removed: false, id: source }, text: "nothing was removed" };
    await askJson(agent, pathOf(source), { method: "DELETE" });
    return { exit: EXIT.yes, data: { removed: true, id: source }, text: `${shown(source)} is taken out` };
  },
};
