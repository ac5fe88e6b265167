// `deploy`: first what would change, then, by the plan that was shown, the change.
import { join, resolve } from "node:path";
import { describeRefusal } from "../../shared/refusals.ts";
import { applySteps, shown, stepsFor } from "../deploy/apply.ts";
import { describeHere, type Inputs, lastApplied, recordPath, recordsOf } from "../deploy/describe.ts";
import { type Change, changesBetween, type Described, digestOf, refuseStale, upgradeNotes } from "../deploy/plan.ts";
import { makeFolder, readJsonFile, usage, writeNamed } from "../files.ts";
import { BusFault, type BusLogin, probeBus } from "../nats/probe.ts";
import type { PartyDocument } from "../party/document.ts";
import { pathIn } from "../party/folder.ts";
import { type Answer, type Call, type Command, EXIT, Refused } from "../registry.ts";

const PLAN_FORMAT = "quorate-deploy-plan/1";

type Plan = {
  readonly format: typeof PLAN_FORMAT;
  readonly digest: string;
  readonly inputs: Inputs;
  readonly changes: readonly Change[];
};

export const deploy: Command = {
  name: "deploy",
  usage: "deploy [PLAN] [--plan] [--dry-run] [--party DIR] [--login FILE]",
  about: "what a deployment into your account would change (exit 2), and with PLAN the deployment by that plan",
  flags: {
    plan: { type: "boolean" },
    "dry-run": { type: "boolean" },
    party: { type: "string" },
    login: { type: "string" },
  },
  input: [
    "--party    the party's folder: its document, and its secrets by name",
    "--login    the file of its NATS login: checked against the server unless offline, and among the secrets",
    "--dry-run  writes and sends nothing: with PLAN it shows what would be run",
    "PLAN       as it was saved; refused where the checkout or the inputs have changed since",
  ],
  example: "deploy --plan --party acme --login hub/acme.login.json",
  run: async (call) => (call.args[0] === undefined ? plan(call) : apply(call, call.args[0])),
};

async function plan(call: Call): Promise<Answer> {
  const inputs = { party: pathOf(call, "party"), login: pathOf(call, "login") };
  call.say("building the agent …");
  const { described, gzipBytes } = await describeHere(inputs);
  const applied = lastApplied(inputs, described.worker);
  const changes = changesBetween(applied, described);
  const notes = upgradeNotes(applied, described);
  const bus = await busState(call, inputs);
  const digest = digestOf(described);
  const saved =
    changes.length === 0 || call.flags["dry-run"] === true
      ? null
      : save({ format: PLAN_FORMAT, digest, inputs, changes });
  const text = [
    ...changes.map(
      ({ sign, kind, name, note }) => `${sign} ${kind.padEnd(15)} ${name}${note === "" ? "" : `  ${note}`}`,
    ),
    ...(changes.length === 0 ? ["nothing changes"] : []),
    `  script          ${gzipBytes} bytes gzipped`,
    `  secrets         ${described.secrets.length === 0 ? "none given" : described.secrets.join(", ")} (values are never shown)`,
    `  bus             ${bus.text}`,
    ...notes.map((note) => `  upgrade         ${note}`),
    ...(saved === null ? [] : [`saved ${saved}`, `next: npm run deploy -- ${saved}`]),
  ];
  const { text: _, ...seen } = bus;
  const data = { changes, secrets: described.secrets, gzipBytes, bus: seen, upgrade: notes, plan: saved };
  const isTried = call.flags["dry-run"] === true;
  return { exit: changes.length === 0 || isTried ? EXIT.yes : EXIT.changes, data, text: text.join("\n") };
}

function pathOf(call: Call, flag: "party" | "login"): string | null {
  const given = call.flags[flag];
  if (given === undefined) return null;
  if (given === "") throw usage(`--${flag} needs a path`);
  return resolve(String(given));
}

function save(made: Plan): string {
  const path = join(makeFolder(recordsOf(made.inputs)), `plan-${made.digest.slice(0, 7)}.json`);
  writeNamed(path, `${JSON.stringify(made, null, 1)}\n`);
  return path;
}

type BusState = { readonly checked: boolean; readonly refusal: object | null; readonly text: string };

/** Whether the agent will get onto the bus: found out before it is deployed, and not by it. */
async function busState(call: Call, { party, login }: Inputs): Promise<BusState> {
  const unchecked = (text: string) => ({ checked: false, refusal: null, text: `not checked: ${text}` });
  if (login === null || party === null) return unchecked("--party and --login are needed");
  if (call.flags.offline === true || process.env.QUORATE_OFFLINE === "1") return unchecked("offline");
  const { partners, mesh } = readJsonFile(pathIn(party, "party")) as PartyDocument;
  try {
    const names = partners.map(({ name }) => name);
    const { partners: probes } = await probeBus(readJsonFile(login) as BusLogin, names, mesh);
    const [stuck] = [...probes.values()].flatMap(({ fault: found }) => (found === null ? [] : [found]));
    const reached = [...probes].filter(([, { fault: found }]) => found === null).length;
    const refusal = stuck === undefined ? null : describeRefusal(stuck);
    const why = refusal === null ? "" : `; ${refusal.code}: ${refusal.what}`;
    return { checked: true, refusal, text: `login ok, ${reached} of ${names.length} partners take what is sent${why}` };
  } catch (error) {
    if (!(error instanceof BusFault)) throw error;
    const refusal = describeRefusal(error.fault);
    return { checked: true, refusal, text: `✗ ${refusal.code}: ${refusal.why}` };
  }
}

async function apply(call: Call, path: string): Promise<Answer> {
  const { format, digest, inputs, changes } = readJsonFile(path) as Plan;
  if (format !== PLAN_FORMAT) throw usage("PLAN is a file that deploy --plan saved");
  call.say("building the agent …");
  const { described } = await describeHere(inputs);
  const current = refuseStale(digest, described, path);
  if (!current.ok) throw new Refused(current.fault, EXIT.stopped);
  const steps = stepsFor(described, changes, inputs);
  const commands = steps.map(shown);
  if (call.flags["dry-run"] === true)
    return { exit: EXIT.yes, data: { applied: false, commands }, text: commands.join("\n") };
  await applySteps(steps, call.say);
  remember(inputs, described);
  const next = "next: GET /readyz of the agent, then quorate mesh check";
  return {
    exit: EXIT.yes,
    data: { applied: true, commands, worker: described.worker },
    text: `deployed ${described.worker}\n${next}`,
  };
}

function remember(inputs: Inputs, described: Described): void {
  makeFolder(recordsOf(inputs));
  writeNamed(recordPath(inputs, described.worker), `${JSON.stringify(described, null, 1)}\n`);
}
