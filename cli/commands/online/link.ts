// `link drain|resume`: an agent that takes nothing more in from the bus, so that its outbox runs empty before it is stopped.
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, askJson } from "../../agent-client.ts";
import { nextLine } from "../../online/show.ts";
import { type Call, type Command, EXIT } from "../../registry.ts";

type Drained = { readonly link: { readonly draining: boolean; readonly outbox: number } };

export const linkDrain: Command = {
  name: "link drain",
  usage: `link drain ${AGENT_USAGE}`,
  about:
    "take nothing more in from the bus, for a quarter of an hour at most, so that the agent can be stopped; nothing is lost",
  flags: AGENT_FLAGS,
  input: ["health exits with 6 meanwhile, and tells how much waits to be sent", ...AGENT_INPUT],
  example: "link drain --as acme",
  run: (call) => drain(call, "POST"),
};

export const linkResume: Command = {
  name: "link resume",
  usage: `link resume ${AGENT_USAGE}`,
  about: "end a drain: the agent takes in again, what came meanwhile first",
  flags: AGENT_FLAGS,
  input: AGENT_INPUT,
  example: "link resume --as acme",
  run: (call) => drain(call, "DELETE"),
};

async function drain(call: Call, method: "POST" | "DELETE") {
  const agent = agentOf(call);
  const data = await askJson<Drained>(agent, "/v1/link/drain", { method });
  const { draining, outbox } = data.link;
  const state = draining ? "takes nothing in" : "takes in";
  const next = draining ? [nextLine("link resume", "", agent)] : [];
  return { exit: EXIT.yes, data, text: [`${state}   ${outbox} waiting to be sent`, ...next].join("\n") };
}
