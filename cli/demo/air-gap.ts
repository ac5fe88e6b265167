// A plant and an office with a broker each and no wire between them: they run apart by declaration, one signed file passes the gateway, and
// at the reunion a courier carries what both have said. Both sides come to one record and adopt it.
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseBase64, toBase64 } from "../../shared/bytes.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { declarationDraft } from "../../shared/mesh/signed/draft.ts";
import { FRAMES_FORMAT } from "../../shared/mesh/signed/frames-file.ts";
import { authorFor } from "../../shared/observation/author.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import type { Observation } from "../../shared/observation/observation.ts";
import { exchangeExport, exchangeReview } from "../commands/exchange.ts";
import { exchangeImport, exchangeVerify } from "../commands/exchange-arrival.ts";
import { readIdentity, writeJson } from "../identity.ts";
import type { Command } from "../registry.ts";
import type { LocalAgent } from "../stack/agent.ts";
import { type MeshPlan, membersOf, personOf } from "../stack/mesh-plan.ts";
import { makeParty, type Party, rootsOf } from "../stack/party.ts";
import { type Stack, startStack } from "../stack/stack.ts";
import {
  bring,
  decideOn,
  declare,
  type FramesDocument,
  holds,
  type Reconciled,
  reconcile,
  sayFacts,
  statedIn,
  statementsOf,
  viewOf,
} from "./mesh-desk.ts";
import { MESH } from "./run.ts";
import type { Scenario } from "./scenario.ts";
import { Stage } from "./stage.ts";

const PLANT: MeshPlan = {
  mesh: "plant",
  frame: "utc",
  clockOffsetMs: 0,
  class: "process",
  members: ["acme", "bolt", "crux", "echo"],
};
const OFFICE: MeshPlan = {
  mesh: "office",
  frame: "utc",
  clockOffsetMs: 0,
  class: "orders",
  members: ["dune", "echo", "flux", "crux"],
};
const TELEMETRY = 6;
const RECIPES = 4;

/** Both sides, and the names of those that stand in both: one on each side of the gap. */
type Gap = {
  readonly plant: Stage;
  readonly office: Stage;
  readonly crux: LocalAgent;
  readonly echo: LocalAgent;
  readonly people: readonly Party[];
  /** A folder that a courier can carry. */
  readonly bag: string;
};

const guests = () =>
  ["dune", "echo", "flux"].map((name) => makeParty(name, MESH, { root: randomBytes(32), agent: randomBytes(32) }));

async function openOffice({ stack, say }: Stage): Promise<Stack> {
  const office = await startStack({
    names: stack.guests.map(({ name }) => name),
    parties: stack.guests,
    guests: stack.parties,
    meshes: [PLANT, OFFICE],
    mesh: MESH,
    dir: join(stack.dir, "office"),
    script: stack.script,
    sources: {},
  });
  say("office  has a broker of its own; nothing joins it to the plant's");
  return office;
}

async function airGap(plant: Stage): Promise<readonly CeremonyView[]> {
  const stack = await openOffice(plant);
  try {
    const office = new Stage(stack, plant.say, 120);
    await office.connected();
    const bag = join(plant.stack.dir, "bag");
    mkdirSync(bag);
    const people = [...plant.stack.parties, ...stack.parties];
    const gap: Gap = { plant, office, crux: plant.stack.agent("crux"), echo: stack.agent("echo"), people, bag };
    await goApart(gap);
    await runApart(gap);
    await throughGateway(gap);
    const digest = await reunite(gap);
    const [views] = await Promise.all([
      decideOn(plant, { reconciliation: digest }, "Adopt the record of the reunion"),
      decideOn(office, { reconciliation: digest }, "Adopt the record of the reunion"),
    ]);
    plant.check(
      "the office adopted the same record by a ceremony of its own",
      (await office.views()).every(isApproved),
    );
    return views;
  } finally {
    await stack.stop();
  }
}

const isApproved = ({ phase, outcome }: CeremonyView) => phase === "final" && outcome?.status === "decided";

async function goApart({ plant, office, crux, echo, people }: Gap): Promise<void> {
  const agreement = {
    ...statedIn([PLANT, OFFICE], people),
    classes: { telemetry: "sharable", orders: "sharable", process: "excluded" },
    divergenceLimit: { num: 1, den: 5 },
    arbitration: { rule: "authority" },
    tiers: { plant: { "acme/agent": 3 }, office: { "dune/agent": 1 } },
  };
  await declare(plant.stack.agent("acme"), "plant", "agreement", agreement);
  await declare(office.stack.agent("dune"), "office", "agreement", agreement);
  for (const agent of [crux, echo]) for (const mesh of ["plant", "office"]) await declare(agent, mesh, "boundary");
  const apart = { with: "office", until: (Date.now() + 30 * 86_400_000) * 1_000, reason: "scheduled", forbidden: [] };
  await crux.post("/v1/meshes/plant/disconnection", apart);
  plant.say("crux  declares the plant apart from the office for 30 days (scheduled)");
}

/** Each side says what it knows and decides what it must, alone. */
async function runApart({ plant, office, crux, echo }: Gap): Promise<void> {
  const valves = (value: (index: number) => string) =>
    Array.from({ length: TELEMETRY }, (_, index) => ({
      subject: `valve-${index}`,
      value: value(index),
      class: "telemetry",
    }));
  const recipes = Array.from({ length: RECIPES }, (_, index) => ({ subject: `recipe-${index}`, value: "secret" }));
  await sayFacts(plant.stack.agent("acme"), "plant", [...valves(() => "open"), ...recipes]);
  const orders = [{ subject: "order-7", value: "4 valves", class: "orders" }];
  await sayFacts(office.stack.agent("dune"), "office", [
    ...valves((index) => (index === 5 ? "shut" : "open")),
    ...orders,
  ]);
  await holds(plant, crux, "plant", "fact", TELEMETRY + RECIPES);
  await holds(office, echo, "office", "fact", TELEMETRY + 1);
  await Promise.all([
    decideOn(plant, { maintenance: "line 2" }, "Maintenance of line 2"),
    decideOn(office, { order: 7 }, "Order 7"),
  ]);
  const decided = [...(await plant.views()), ...(await office.views())];
  plant.check("each side completes a ceremony while they are apart", decided.every(isApproved));
}

/** One file, signed by the plant's gateway and a second person, imported in the office by its own agent. */
async function throughGateway({ plant, office, crux, echo, people, bag }: Gap): Promise<void> {
  const path = (name: string) => join(bag, name);
  const party = (name: string) => people.find((each) => each.name === name) as Party;
  const [gateway, reviewer, importer] = [randomBytes(32), randomBytes(32), randomBytes(32)];
  writeJson(path("gateway"), personOf(party("crux"), "gateway", gateway, PLANT, "gateway"));
  writeJson(path("reviewer"), personOf(party("bolt"), "reviewer", reviewer, PLANT, "gateway-reviewer"));
  for (const plan of [PLANT, OFFICE])
    writeJson(path(`importer-${plan.mesh}`), personOf(party("echo"), "courier", importer, plan, "boundary-agent"));
  writeJson(path("policy"), { classes: ["telemetry"], reviewers: 1 });
  const plantFile = await statementsOf(crux, "plant");
  writeJson(path("plant"), plantFile);
  const made = {
    history: path("plant"),
    for: "office",
    policy: path("policy"),
    identity: path("gateway"),
    sequence: "1",
  };
  const exported = await run<{ released: number; denied: readonly { code: string }[] }>(exchangeExport, [], {
    ...made,
    file: path("drop.cerx"),
  });
  await run(exchangeReview, [path("drop.cerx")], { identity: path("reviewer") });
  plant.say(`gateway  ${exported.released} released, ${exported.denied.length} withheld, reviewed by a second person`);
  plant.check(
    "only the classes on the list are in the file, and what is not is listed with its reason",
    exported.released === TELEMETRY &&
      exported.denied.filter(({ code }) => code === "RELEASE_DENIED").length >= RECIPES,
  );
  const presence = ["plant", "office"].map((mesh) => boundaryOf(path(`importer-${mesh}`)));
  const history = await statementsOf(echo, "office");
  writeJson(path("office"), { ...history, frames: [...history.frames, ...presence] });
  const isAgreement = ({ body }: Observation) => body.kind === "declaration" && body.type === "agreement";
  writeJson(path("agreement"), {
    format: FRAMES_FORMAT,
    frames: [...framesWhere(plantFile, isAgreement), ...framesWhere(history, isAgreement)],
  });
  writeJson(path("trust"), writeTrustStatement("office", rootsOf(membersOf(people, OFFICE.members))));
  const arrival = { agreement: path("agreement"), trust: path("trust"), history: path("office"), state: path("state") };
  const told = await run<{ admit: readonly string[] }>(exchangeVerify, [path("drop.cerx")], arrival);
  const taken = await run<{ admit: readonly string[] }>(exchangeImport, [path("drop.cerx")], {
    ...arrival,
    identity: path("importer-office"),
    receipt: path("receipt"),
  });
  plant.check("the import is what its dry run said", JSON.stringify(told.admit) === JSON.stringify(taken.admit));
  const imported = JSON.parse(readFileSync(path("office"), "utf8")) as FramesDocument;
  for (const agent of office.running()) await bring(agent, "office", imported);
  const { subjects } = await viewOf(office.stack.agent("dune"), "office");
  const foreign = subjects
    .flatMap(({ values }) => values.flatMap(({ by }) => by))
    .filter(({ origin }) => origin === "plant");
  plant.check(`the office sees ${TELEMETRY} facts of the plant, and no recipe`, foreign.length === TELEMETRY);
}

/** What a courier carries both ways, the signed return, and the merge on either side. */
async function reunite({ plant, crux, echo }: Gap): Promise<string> {
  const early = await bring(crux, "plant", await statementsOf(echo, "office"));
  const deferred = early.answers.filter(({ verdict }) => verdict === "held").length;
  const [link] = (await viewOf(crux, "plant")).links;
  plant.say(`plant  ${link?.state}`);
  plant.check(
    "what comes while apart is deferred and what would go out is queued",
    deferred > 0 && link?.deferred === deferred && link.queued > 0,
  );
  for (const mesh of ["plant", "office"]) {
    const [here, there] = [await statementsOf(crux, mesh), await statementsOf(echo, mesh)];
    await bring(echo, mesh, here);
    await bring(crux, mesh, there);
  }
  const returned = await crux.json<{ merge: Reconciled }>("/v1/meshes/plant/disconnection", {
    method: "DELETE",
    body: JSON.stringify({ with: "office" }),
    headers: { "content-type": "application/json" },
  });
  const { merge } = returned;
  await bring(echo, "plant", await statementsOf(crux, "plant"));
  const there = await reconcile(echo, "office", "plant");
  plant.say(`reunion  ${merge.written.imports} facts into the plant, ${there.written.imports} into the office`);
  plant.check(
    "the reunion merges the rest, and both sides computed one record",
    merge.digest === there.digest && merge.written.imports > 0,
  );
  plant.check("no recipe has left the plant", there.imported.length === TELEMETRY);
  const quiet = [crux, echo].every(({ log }) => !/error|fail|alert/i.test(log));
  plant.check(
    "being apart was no error in any log, and every agent is ready",
    quiet && (await crux.request("/readyz")).ok,
  );
  return merge.digest;
}

async function run<T>(command: Command, args: readonly string[], flags: Readonly<Record<string, string>>): Promise<T> {
  const { data, exit } = await command.run({ args, flags, output: "json", say: () => undefined });
  if (exit !== 0) throw new Error(`${command.name} answered ${exit}: ${JSON.stringify(data)}`);
  return data as T;
}

/** A person's own word, in a mesh, that they carry between meshes. */
function boundaryOf(identity: string): string {
  const author = authorFor(readIdentity(identity));
  const now = Date.now() * 1_000;
  const saying = { at: [now, now] as const, head: { sequence: 0, prev: null } };
  return toBase64(author(declarationDraft("boundary", new Map(), saying)).frame);
}

function framesWhere({ frames }: FramesDocument, holdsFor: (statement: Observation) => boolean): readonly string[] {
  return frames.filter((frame) => {
    const parsed = parseObservation(parseBase64(frame) ?? new Uint8Array());
    return parsed.ok && holdsFor(parsed.value.observation);
  });
}

export const AIR_GAP: Scenario = {
  name: "air-gap",
  title:
    "a plant and an office without a wire between them run apart, pass one signed file, and merge at their reunion",
  parties: 3,
  least: 3,
  closesIn: 60,
  expiresIn: 120,
  endsAs: ["final"],
  setting: () => ({ meshes: [PLANT, OFFICE], guests: guests() }),
  run: airGap,
};
