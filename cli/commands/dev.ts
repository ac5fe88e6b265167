// `dev`: the local stack, staying up. What it holds outlives it, and so do the parties' keys, under which it is signed, and their addresses.
import { createHmac } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fault } from "../../shared/result.ts";
import { CANARY_SLOW_MS, flyCanary } from "../demo/canary.ts";
import { githubPayload } from "../demo/github.ts";
import { demoSource, MESH } from "../demo/run.ts";
import { makeFolder, usage } from "../files.ts";
import { PROGRAM } from "../find.ts";
import { type Call, type Command, EXIT, Refused } from "../registry.ts";
import { BIDDERS, keptBidders } from "../stack/bidders.ts";
import { buildBundle } from "../stack/bundle.ts";
import { Desk, KEYS } from "../stack/desk.ts";
import { holdFolder, keptAccess, keptSecrets } from "../stack/kept-keys.ts";
import { forgetStack, KEPT_STACK, noteStack } from "../stack/kept-stack.ts";
import { freePorts } from "../stack/ports.ts";
import { PARTY_NAMES, type Stack, startStack } from "../stack/stack.ts";
import { partiesOf } from "./demo.ts";

const PORT = 8787;
const BIDDERS_MAX = 400;

export const dev: Command = {
  name: "dev",
  usage: "dev [--parties N] [--port P] [--bidders N] [--dir DIR]",
  about: "the local stack, staying up until Ctrl-C; keys and ceremonies are kept in .quorate/dev",
  flags: {
    parties: { type: "string" },
    port: { type: "string" },
    bidders: { type: "string" },
    dir: { type: "string" },
  },
  input: [
    `--port        the first of its ports, ${PORT} unless told otherwise; ports that are taken are passed over, and 0 lets the system choose`,
    `--bidders     made-up organisations that every party recognises, for sim bids; ${BIDDERS} unless told otherwise`,
    "other commands find it by --as PARTY; on a terminal it takes keys, which it names",
  ],
  example: "dev --parties 4 --port 8787",
  stays: true,
  run: async (call) => {
    const names = PARTY_NAMES.slice(0, partiesOf(call, 3));
    const dir = makeFolder(typeof call.flags.dir === "string" ? call.flags.dir : KEPT_STACK);
    holdFolder(dir);
    const ports = await portsOf(call, names.length);
    call.say(`building the agent and starting ${names.length} parties …`);
    const stack = await started(call, dir, names, ports);
    try {
      const tookMs = await flyCanary(stack.agents, MESH, join(dir, "nats", "nats.log"));
      noteStack(dir, stack);
      call.say(deliveryText(names[0] as string, tookMs));
      for (const line of welcome(stack, dir)) call.say(line);
      call.emit?.({
        ready: true,
        dir,
        parties: stack.agents.map(({ name, url, apiKey }) => ({ name, url, key: apiKey })),
      });
      await ended(call, stack, dir);
    } finally {
      forgetStack(dir);
      await stack.stop();
    }
    return { exit: EXIT.yes, data: { stopped: true, final: true }, text: `stopped; ${dir} keeps keys and ceremonies` };
  },
};

function deliveryText(first: string, tookMs: number): string {
  const told = `a message of ${first} came to every party within ${tookMs} ms`;
  return tookMs <= CANARY_SLOW_MS ? `✓ ${told}` : `! SLOW: ${told}; less than ${CANARY_SLOW_MS} ms is usual`;
}

async function started(call: Call, dir: string, names: readonly string[], ports: readonly number[]): Promise<Stack> {
  const { script } = await buildBundle();
  const sources = { [names[0] as string]: [demoSource(names, null, null)] };
  const guests = keptBidders(dir, MESH, countOf(call));
  const plan = { names, mesh: MESH, dir, script, sources, ports, guests };
  try {
    return await startStack({ ...plan, secrets: keptSecrets(dir, names), access: keptAccess(dir, names) });
  } catch (error) {
    if (error instanceof Refused) throw error;
    const reason = (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
    throw new Refused(fault("STACK_FAILED", { failure: "did not start", reason, log: dir }).fault, EXIT.bug);
  }
}

function countOf({ flags: { bidders = String(BIDDERS) } }: Call): number {
  if (!/^\d{1,3}$/.test(String(bidders)) || Number(bidders) > BIDDERS_MAX)
    throw usage(`--bidders takes 0 to ${BIDDERS_MAX}`);
  return Number(bidders);
}

/** Ports in a row from the one given; where some are taken, the next ones, and it says so. */
async function portsOf(call: Call, count: number): Promise<readonly number[]> {
  const port = Number(call.flags.port ?? PORT);
  if (call.flags.port === "" || !Number.isInteger(port) || port < 0 || port + count > 65_536)
    throw usage(`--port takes a number; ${count} ports are used from there on, and 0 lets the system choose`);
  const ports = await freePorts(count, port);
  if (port !== 0 && ports.some((found, at) => found !== port + at))
    call.say(`some ports from ${port} on are taken: using ${ports.join(", ")}`);
  return ports;
}

/** Until Ctrl-C, a signal, or the key for it. Keys are taken at a terminal only. */
function ended(call: Call, stack: Stack, dir: string): Promise<void> {
  return new Promise((done) => {
    let ending = false;
    const end = () => {
      process.stdin.off("data", onKeys);
      if (process.stdin.isTTY) process.stdin.setRawMode(false).pause();
      call.say("stopping …");
      done();
    };
    const desk = new Desk(stack, call.say, () => noteStack(dir, stack));
    const onKeys = (keys: Buffer) => {
      if ([...keys.toString()].some((key) => desk.press(key))) void desk.settled().then(end);
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      // The local runtime's own listener would end this process before its agents have stopped.
      process.removeAllListeners(signal);
      // npm hands on what a terminal has sent us too: a second one changes nothing.
      process.on(signal, () => {
        if (!ending) void desk.settled().then(end);
        ending = true;
      });
    }
    if (!process.stdin.isTTY) return;
    call.say(KEYS);
    process.stdin.setRawMode(true).resume().on("data", onKeys);
  });
}

function welcome({ agents, hookSecret, guests }: Stack, dir: string): readonly string[] {
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
  const hook = `${agents[0]?.url}/hooks/github`;
  return [
    "",
    "party   console                    API                          API key",
    ...agents.map(
      ({ name, url, apiKey }) => `${name.padEnd(7)} ${`${url}/`.padEnd(26)} ${`${url}/v1`.padEnd(28)} ${apiKey}`,
    ),
    "",
    `state    ${dir} (kept)   trust ${join(dir, "trust.json")}   ${guests.length} made-up bidders`,
    `webhook  ${hook}   secret ${hookSecret}`,
    `  curl -X POST ${hook} ${headers.map((header) => `-H "${header}"`).join(" ")} --data-binary @'${sample}'`,
    "",
    `next: ${PROGRAM} ceremony open approval --title "Release 2.4 to production" --as ${agents[0]?.name}`,
    "Ctrl-C stops everything",
  ];
}
