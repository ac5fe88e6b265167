// `revocation announce`: hands an agent the file in which a party's root withdraws a stolen key, so that it goes by it and tells its partners.
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, askJson } from "../../agent-client.ts";
import { argument, readJsonFile, usage } from "../../files.ts";
import { type Command, EXIT } from "../../registry.ts";
import { shown } from "../../terminal.ts";

type Announced = { readonly revocation: string; readonly ceremonies: number; readonly told: number };

export const revocationAnnounce: Command = {
  name: "revocation announce",
  usage: `revocation announce FILE ${AGENT_USAGE}`,
  about:
    "make a stolen key known to an agent: to its door, to the ceremonies that run there, and to every partner of it",
  flags: AGENT_FLAGS,
  input: [
    "FILE          as party revoke writes it; your own agent takes it, and so does that of any partner",
    "health and metrics tell which partners have not been handed it",
    ...AGENT_INPUT,
  ],
  example: "revocation announce acme/revocation-12345678.json --as bolt",
  run: async (call) => {
    const agent = agentOf(call);
    const path = argument(call, 0, "FILE");
    const { revocation } = (readJsonFile(path) ?? {}) as { readonly revocation?: unknown };
    if (typeof revocation !== "string") throw usage(`${path} is not what party revoke writes`);
    const data = await askJson<Announced>(agent, "/v1/revocations", { body: { revocation } });
    const text = `revocation ${shown(data.revocation.slice(0, 12))} is in force here: ${data.ceremonies} ceremonies told, on its way to ${data.told} partners`;
    return { exit: EXIT.yes, data, text };
  },
};
