// `revocation announce`: hands an agent the file in which a party's root withdraws a stolen key, so that it goes by it and tells its partners.
import type { Preview } from "../../../shared/ceremony/preview.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, askJson } from "../../agent-client.ts";
import { argument, readJsonFile, usage } from "../../files.ts";
import { type Answer, type Command, EXIT } from "../../registry.ts";
import { shown } from "../../terminal.ts";
import { timeText } from "../../times.ts";

type Announced = { readonly revocation: string; readonly ceremonies: number; readonly told: number };

type Plan = {
  readonly credential: string;
  readonly by: string;
  readonly from: number;
  readonly ceremonies: readonly Preview[];
  readonly tells: readonly string[];
  readonly undo: string;
};

function planned(data: Plan): Answer {
  const { credential, by, from, ceremonies, tells, undo } = data;
  const lines = [
    `revokes     ${shown(credential.slice(0, 12))} of ${shown(by)}, from ${timeText(from)}`,
    ...ceremonies.map(
      ({ ceremony, title, seats, contributions, effect }) =>
        `${effect.padEnd(11)} ${ceremony.slice(0, 12)} ${shown(title)}: ${contributions.length} contributions fall, ${seats.map(({ authority }) => shown(authority)).join(", ")} to speak under another credential`,
    ),
    `tells       ${tells.map(shown).join(", ") || "nobody"}`,
    `undo        ${shown(undo)}`,
  ];
  const changes = ceremonies.some(({ effect, contributions }) => effect !== "survives" || contributions.length > 0);
  return { exit: changes ? EXIT.changes : EXIT.yes, data, text: lines.join("\n") };
}

export const revocationAnnounce: Command = {
  name: "revocation announce",
  usage: `revocation announce FILE [--plan] ${AGENT_USAGE}`,
  about:
    "make a stolen key known to an agent: to its door, to the ceremonies that run there, and to every partner of it",
  flags: { ...AGENT_FLAGS, plan: { type: "boolean" } },
  input: [
    "FILE          as party revoke writes it; your own agent takes it, and so does that of any partner",
    "--plan        tells what it would do, and does nothing: exit 2 where a ceremony that runs would change, else 0",
    "health and metrics tell which partners have not been handed it",
    ...AGENT_INPUT,
  ],
  example: "revocation announce acme/revocation-12345678.json --as bolt",
  run: async (call) => {
    const agent = agentOf(call);
    const path = argument(call, 0, "FILE");
    const { revocation } = (readJsonFile(path) ?? {}) as { readonly revocation?: unknown };
    if (typeof revocation !== "string") throw usage(`${path} is not what party revoke writes`);
    if (call.flags.plan === true)
      return planned(await askJson<Plan>(agent, "/v1/revocations:plan", { body: { revocation } }));
    const data = await askJson<Announced>(agent, "/v1/revocations", { body: { revocation } });
    const text = `revocation ${shown(data.revocation.slice(0, 12))} is in force here: ${data.ceremonies} ceremonies told, on its way to ${data.told} partners`;
    return { exit: EXIT.yes, data, text };
  },
};
