// `dev`: the local stack, staying up. What it holds outlives it, and so do the parties' keys, under which it is signed.
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { githubPayload } from "../demo/github.ts";
import { demoSource, MESH } from "../demo/run.ts";
import { makeFolder, usage } from "../files.ts";
import { type Call, type Command, EXIT } from "../registry.ts";
import { buildBundle } from "../stack/bundle.ts";
import { holdFolder, keptSecrets } from "../stack/kept-keys.ts";
import { forgetStack, noteStack } from "../stack/kept-stack.ts";
import { PARTY_NAMES, type Stack, startStack } from "../stack/stack.ts";
import { partiesOf } from "./demo.ts";

export const dev: Command = {
  name: "dev",
  usage: "dev [--parties N] [--port P]",
  about: "the local stack, staying up until Ctrl-C; keys and ceremonies are kept in .quorate/dev",
  flags: { parties: { type: "string" }, port: { type: "string" } },
  example: "dev --parties 4 --port 8787",
  run: async (call) => {
    const names = PARTY_NAMES.slice(0, partiesOf(call, 3));
    const port = portOf(call, names.length);
    const dir = makeFolder(join(".quorate", "dev"));
    holdFolder(dir);
    call.say(`building the agent and starting ${names.length} parties …`);
    const { script } = await buildBundle();
    const sources = { [names[0] as string]: [demoSource(names, null, null)] };
    const secrets = keptSecrets(dir, names);
    const stack = await startStack({ names, mesh: MESH, dir, script, sources, port, secrets });
    noteStack(dir, stack);
    for (const line of welcome(stack)) call.say(line);
    await new Promise((done) => process.once("SIGINT", done).once("SIGTERM", done).once("SIGHUP", done));
    forgetStack(dir);
    await stack.stop();
    return { exit: EXIT.yes };
  },
};

/** `count` ports in a row are used, from the one given. */
function portOf(call: Call, count: number): number {
  const port = Number(call.flags.port ?? 0);
  if (call.flags.port === "" || !Number.isInteger(port) || port < 0 || port + count > 65_536)
    throw usage(`--port takes a number; ports P to P + ${count - 1} are used, and 0 lets the system choose`);
  return port;
}

function welcome({ dir, agents, hookSecret }: Stack): readonly string[] {
  const { event, body } = githubPayload();
  const sample = join(dir, "sample-delivery.json");
  writeFileSync(sample, body);
  const signature = createHmac("sha256", hookSecret).update(body).digest("hex");
  const headers = [
    "content-type: application/json",
    `x-github-event: ${event}`,
    "x-github-delivery: $(cat /proc/sys/kernel/random/uuid)",
    `x-hub-signature-256: sha256=${signature}`,
  ];
  return [
    "party   console                    API key",
    ...agents.map(({ name, url, apiKey }) => `${name.padEnd(7)} ${`${url}/`.padEnd(26)} ${apiKey}`),
    `webhook ${agents[0]?.url}/hooks/github   secret ${hookSecret}`,
    "",
    "next: open a ceremony with a sample GitHub delivery, then log in at each console with its key, and approve:",
    `  curl -X POST ${agents[0]?.url}/hooks/github ${headers.map((header) => `-H "${header}"`).join(" ")} --data-binary @'${sample}'`,
    "Ctrl-C stops everything",
  ];
}
