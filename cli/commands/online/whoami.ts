// `whoami`: which party an agent speaks for, whether the key opens it, and whether its link is up.
import { wordsOf } from "../../../shared/words.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, askJson } from "../../agent-client.ts";
import { type Command, EXIT } from "../../registry.ts";
import { shown } from "../../terminal.ts";

type Card = { readonly name: string; readonly mesh: string; readonly root: string; readonly engine: number };
type Health = { readonly link: { readonly connected: boolean; readonly draining: boolean; readonly outbox: number } };

export const whoami: Command = {
  name: "whoami",
  usage: `whoami ${AGENT_USAGE}`,
  about: "the party that an agent speaks for, as its card says; exit 4 where the key does not open it",
  flags: AGENT_FLAGS,
  input: AGENT_INPUT,
  example: "whoami --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const { name, mesh, root, engine } = await askJson<Card>(agent, "/.well-known/quorate-party.json");
    const { link } = await askJson<Health>(agent, "/v1/health");
    const data = { name, mesh, root, words: wordsOf(root), engine, url: agent.url, link };
    const text = [
      `${shown(name)} of ${shown(mesh)}   ${agent.url}`,
      `root    ${shown(root)}`,
      `words   ${data.words}`,
      `link    ${link.connected ? "connected" : "NOT CONNECTED"}${link.draining ? ", draining" : ""}   ${link.outbox} waiting to be sent`,
    ];
    return { exit: EXIT.yes, data, text: text.join("\n") };
  },
};
