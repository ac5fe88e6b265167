// `health` and `metrics`: what an agent says of its own state.
import type { Refusal } from "../../../shared/refusals.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, askAgent, askJson } from "../../agent-client.ts";
import { type Command, EXIT } from "../../registry.ts";
import { shown } from "../../terminal.ts";

type Readiness = {
  readonly ready: boolean;
  readonly status: string;
  readonly reasons: readonly Refusal[];
  readonly link: { readonly connected: boolean; readonly draining: boolean; readonly outbox: number };
};

export const health: Command = {
  name: "health",
  usage: `health [--strict] ${AGENT_USAGE}`,
  about: "whether an agent can take part, and what will keep it from that before long",
  flags: { strict: { type: "boolean" }, ...AGENT_FLAGS },
  input: [
    "exit 0 where it is ready, degraded too; 6 where it was drained on purpose; 9 where its link is down or it does not answer",
    "--strict      a degraded agent is a no: exit 5",
    ...AGENT_INPUT,
  ],
  example: "health --as acme",
  run: async (call) => {
    const data = await askJson<Readiness>(agentOf(call), "/readyz", { answers: [503] });
    const { ready, status, reasons, link } = data;
    const stopped = link.connected ? EXIT.stopped : EXIT.unreachable;
    const degraded = call.flags.strict === true && reasons.length > 0;
    const lines = reasons.map(
      ({ code, why, do: remedy }) => `  ${shown(code)}  ${shown(why)}\n    do  ${shown(remedy)}`,
    );
    const head = `${shown(status).toUpperCase()}   link ${link.connected ? "up" : "DOWN"}${link.draining ? ", draining" : ""}   ${link.outbox} waiting to be sent`;
    return { exit: ready ? (degraded ? EXIT.no : EXIT.yes) : stopped, data, text: [head, ...lines].join("\n") };
  },
};

type Sample = { readonly name: string; readonly labels: Readonly<Record<string, string>>; readonly value: number };

export const metrics: Command = {
  name: "metrics",
  usage: `metrics ${AGENT_USAGE}`,
  about: "an agent's metrics as Prometheus reads them; -o json gives each sample with its labels, -o jsonl one a line",
  flags: AGENT_FLAGS,
  input: AGENT_INPUT,
  example: "metrics --as acme",
  run: async (call) => {
    const text = await (await askAgent(agentOf(call), "/metrics")).text();
    return { exit: EXIT.yes, data: text.split("\n").flatMap(samplesIn), text: text.trimEnd() };
  },
};

const SAMPLE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"/g;
const ESCAPED: Readonly<Record<string, string>> = { n: "\n" };

function samplesIn(line: string): readonly Sample[] {
  const [, name, labels = "", value] = SAMPLE.exec(line) ?? [];
  if (name === undefined) return [];
  const pairs = [...labels.matchAll(LABEL)].map(([, key = "", text = ""]) => [
    key,
    text.replace(/\\(.)/g, (_, escaped: string) => ESCAPED[escaped] ?? escaped),
  ]);
  return [{ name, labels: Object.fromEntries(pairs), value: Number(value) }];
}
