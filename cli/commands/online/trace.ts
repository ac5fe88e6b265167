// `trace` and `observation show`: where an observation has come to, asked of every agent that can be asked, and what one is.
import type { Explanation } from "../../../shared/evidence/explain.ts";
import {
  AGENT_FLAGS,
  AGENT_INPUT,
  AGENT_USAGE,
  type Agent,
  agentOf,
  askJson,
  witnessesOf,
} from "../../agent-client.ts";
import { argument } from "../../files.ts";
import { digitsOf, short } from "../../online/ids.ts";
import { type Call, type Command, EXIT, Refused } from "../../registry.ts";
import { shown } from "../../terminal.ts";
import { timeText } from "../../times.ts";

type Hop = {
  readonly party: string;
  readonly verdict: Explanation["verdict"] | "never arrived" | "not reached";
  readonly code: string | null;
  readonly why: string | null;
  /** Whether its link to the others is up; null where that could not be asked. */
  readonly link: boolean | null;
};

export const trace: Command = {
  name: "trace",
  usage: `trace OBSERVATION ${AGENT_USAGE}`,
  about: "which parties an observation has come to, and what each made of it",
  flags: AGENT_FLAGS,
  input: [
    "OBSERVATION   its id, or its first six digits or more",
    "every party of the stack that npm run dev keeps up is asked; with --url or --as the one agent",
    "answer        exit 0 where some party has it, 7 where none has, 9 where none could be asked",
    ...AGENT_INPUT,
  ],
  example: "trace OBSERVATION",
  run: async (call) => {
    const id = digitsOf(argument(call, 0, "OBSERVATION"), "OBSERVATION");
    const hops = await Promise.all(witnessesOf(call).map(({ name, agent }) => hopAt(name, agent, id)));
    const arrived = hops.some(({ verdict }) => verdict !== "never arrived" && verdict !== "not reached");
    const asked = hops.some(({ verdict }) => verdict !== "not reached");
    const exit = arrived ? EXIT.yes : asked ? EXIT.absent : EXIT.unreachable;
    return { exit, data: { id, hops }, text: hops.map(hopText).join("\n") };
  },
};

async function hopAt(name: string, agent: Agent | null, id: string): Promise<Hop> {
  const nobody = { party: name, code: null, link: null };
  if (agent === null) return { ...nobody, verdict: "not reached", why: "its agent does not run" };
  const link = await linkOf(agent);
  try {
    const { by, verdict, refusal } = await explanationAt(agent, id);
    return { party: by, verdict, code: refusal?.code ?? null, why: refusal?.why ?? null, link };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { code } = error.fault;
    if (code === "NEVER_ARRIVED") return { ...nobody, verdict: "never arrived", why: null, link };
    if (error.exit !== EXIT.unreachable) throw error;
    return { ...nobody, verdict: "not reached", why: String(error.fault.detail.reason), link };
  }
}

async function linkOf(agent: Agent): Promise<boolean | null> {
  try {
    return (await askJson<{ link: { connected: boolean } }>(agent, "/v1/health")).link.connected;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

function explanationAt(agent: Agent, id: string): Promise<Explanation> {
  return askJson<Explanation>(agent, `/v1/observations/${id}/explain`);
}

function hopText({ party, verdict, code, why, link }: Hop): string {
  const up = link === null ? "" : link ? "   link up" : "   LINK DOWN";
  const reason = why === null ? "" : `   ${code === null ? "" : `${code}: `}${shown(why)}`;
  return `${shown(party).padEnd(12)} ${verdict.padEnd(18)}${up}${reason}`;
}

export const observationShow: Command = {
  name: "observation show",
  usage: `observation show OBSERVATION ${AGENT_USAGE}`,
  about: "what an observation is, and by whom; explain says why it was or was not admitted",
  flags: AGENT_FLAGS,
  input: ["OBSERVATION   its id, or its first six digits or more", ...AGENT_INPUT],
  example: "observation show OBSERVATION --as acme",
  run: async (call: Call) => {
    const agent = agentOf(call);
    const told = await explanationAt(agent, digitsOf(argument(call, 0, "OBSERVATION"), "OBSERVATION"));
    const { id, kind, authority, role, round, at, verdict, provisional, by, contradicts } = told;
    const data = { id, kind, authority, role, round, at, verdict, provisional, by, contradicts };
    const text = [
      `obs ${id}`,
      `  ${shown(kind)} of ${shown(authority)}${role === null ? "" : ` as ${shown(role)}`}${round === null ? "" : `, round ${round}`}`,
      `  dated    ${timeText(at[0])}${at[1] === at[0] ? "" : ` to ${timeText(at[1])}`}`,
      `  at ${shown(by)}  ${verdict}${provisional ? " so far" : ""}`,
      ...(contradicts === null ? [] : [`  EQUIVOCATION  contradicts ${contradicts} of the same signer`]),
      `next: npm run -s quorate -- explain ${short(id)}${agent.flags === "" ? "" : ` ${agent.flags}`}`,
    ];
    return { exit: EXIT.yes, data, text: text.join("\n") };
  },
};
