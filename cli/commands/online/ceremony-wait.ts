// `wait` and `ceremony watch`: a ceremony followed to its end, or to a point before it.
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { AGENT_FLAGS, AGENT_USAGE, type Agent, FOLLOWED_INPUT, followedAgentOf } from "../../agent-client.ts";
import { argument, seconds, usage } from "../../files.ts";
import { follow } from "../../online/follow.ts";
import { ceremonyOf } from "../../online/ids.ts";
import { ENDED, endingText, exitOf, nextLine, progressText, refusalOf } from "../../online/show.ts";
import { type Answer, type Call, type Command, EXIT } from "../../registry.ts";

/** A call that has just gone out may still be on its way to this agent. */
const GRACE_MS = 5_000;
/** How long the others' word about the outcome is waited for, once it is certified here. */
const AGREED_MS = 4_000;

export const wait: Command = {
  name: "wait",
  usage: `wait CEREMONY [--until final|agreed|known|round:N] [--timeout T] ${AGENT_USAGE}`,
  about: "wait for a ceremony's end; exit 0 for a yes, 5 for a no, 8 where it is still open when the time is over",
  flags: { ...AGENT_FLAGS, until: { type: "string" } },
  input: [
    "CEREMONY      its id, or its first six digits or more",
    "--until       final: a certified ending (the default); agreed: and every party has computed the same; known: the agent has the call",
    ...FOLLOWED_INPUT,
  ],
  example: "wait CEREMONY --as acme --timeout 10m",
  run: async (call) => {
    const { agent, ceremony } = await meant(call);
    const until = untilOf(call);
    const view = await follow(call, agent, ceremony, { until, timeoutMs: timeoutOf(call) });
    return until(view) ? reached(call, agent, view) : open(agent, view);
  },
};

export const ceremonyWatch: Command = {
  name: "ceremony watch",
  usage: `ceremony watch CEREMONY [--timeout T] ${AGENT_USAGE}`,
  about: "what happens in a ceremony, as it happens; -o jsonl gives a line for each change, the last with final",
  flags: AGENT_FLAGS,
  input: [
    "on a terminal one line, written anew; elsewhere a line where something changed, and one every ten seconds",
    "a connection that is lost is tried again five times, each of which is said; then exit 9",
    ...FOLLOWED_INPUT,
  ],
  example: "ceremony watch CEREMONY --as acme",
  run: async (call) => {
    const { agent, ceremony } = await meant(call);
    const until = ({ phase }: CeremonyView) => ENDED.has(phase);
    const onChange = (view: CeremonyView) => call.emit?.({ ...view, final: false });
    const view = await follow(call, agent, ceremony, { until, timeoutMs: timeoutOf(call), onChange });
    return until(view) ? reached(call, agent, view) : open(agent, view);
  },
};

async function meant(call: Call): Promise<{ readonly agent: Agent; readonly ceremony: string }> {
  const agent = followedAgentOf(call);
  return { agent, ceremony: await ceremonyOf(agent, argument(call, 0, "CEREMONY"), GRACE_MS) };
}

function timeoutOf(call: Call): number | null {
  const given = seconds(call, "timeout");
  return given === null ? null : given * 1_000;
}

type Until = (view: CeremonyView) => boolean;
const isEnded: Until = ({ phase }) => ENDED.has(phase);

function untilOf({ flags: { until = "final" } }: Call): Until {
  const round = /^round:(\d{1,3})$/.exec(String(until))?.[1];
  if (round !== undefined) return (view) => view.round >= Number(round) || isEnded(view);
  if (until === "known") return ({ policy, refusal }) => policy !== null || refusal !== null;
  if (until === "final") return isEnded;
  if (until === "agreed") return (view) => isEnded(view) && (view.outcome === null || isAgreed(view));
  throw usage("--until takes final, agreed, known or round:N");
}

function isAgreed({ agreement }: CeremonyView): boolean {
  return agreement.same === agreement.of;
}

/** Past its certificate the others' reports take a moment: they are waited for, and never decide the exit. */
async function reached(call: Call, agent: Agent, reached: CeremonyView): Promise<Answer> {
  if (!isEnded(reached)) return { exit: EXIT.yes, data: { ...reached, final: true }, text: progressText(reached) };
  const until = (view: CeremonyView) => view.outcome === null || isAgreed(view);
  const { ceremony } = reached;
  const view = until(reached) ? reached : await follow(call, agent, ceremony, { until, timeoutMs: AGREED_MS });
  const refusal = view.phase === "final" ? await refusalOf(agent, view.ceremony) : null;
  return { exit: exitOf(view, refusal), data: { ...view, final: true }, text: endingText(view, agent) };
}

function open(agent: Agent, view: CeremonyView): Answer {
  const text = [`still open: ${progressText(view)}`, nextLine("wait", view.ceremony.slice(0, 12), agent)].join("\n");
  return { exit: EXIT.pending, data: { ...view, final: true }, text };
}
