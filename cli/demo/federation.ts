// Scenarios in which two meshes that share no controller come to one record of what they know.
import { parseBase64, toBase64 } from "../../shared/bytes.ts";
import type { Json } from "../../shared/cbor/json.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import type { LocalAgent } from "../stack/agent.ts";
import type { MeshPlan } from "../stack/mesh-plan.ts";
import { AIR_GAP } from "./air-gap.ts";
import { bring, decideOn, declare, holds, reconcile, sayFacts, statedIn, statementsOf, viewOf } from "./mesh-desk.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";

const MINUTE = 60_000_000;
const FAST_MS = 47 * 60_000;

/** Two estates, each with its own words and its own clock; the second runs 47 minutes fast. Two agents stand in both. */
const EAST: MeshPlan = {
  mesh: "east-cloud",
  frame: "east-clock",
  clockOffsetMs: 0,
  class: "inventory",
  members: ["acme", "crux", "dune"],
};
const WEST: MeshPlan = {
  mesh: "west-cloud",
  frame: "west-clock",
  clockOffsetMs: FAST_MS,
  class: "inventory",
  members: ["bolt", "crux", "dune"],
};

const CLOUD_TERMS = {
  classes: { inventory: "translation-only" },
  divergenceLimit: { num: 1, den: 5 },
  arbitration: { rule: "authority" },
  tiers: { "east-cloud": { "acme/agent": 3 }, "west-cloud": { "bolt/agent": 2 } },
} as const;

const WORDS = [
  ["instance", "vm"],
  ["running", "on"],
  ["stopped", "off"],
] as const;

/** Each estate recognises a translator of its own, into its own words. */
function translators(): readonly { readonly into: string; readonly content: Json }[] {
  const terms = (from: 0 | 1) =>
    Object.fromEntries(WORDS.map((pair) => [pair[from], { as: pair[1 - from] as string }]));
  const gibibytes = { as: "GiB", factor: { num: 1, den: 1_024 } };
  return [
    {
      into: EAST.mesh,
      content: {
        id: "west-to-east",
        from: WEST.mesh,
        to: EAST.mesh,
        authorities: { "bolt/agent": { as: "acme/agent", tierCap: 2 } },
        terms: { ...terms(1), suspended: { as: "stopped", loss: "widened" } },
        units: { MiB: gibibytes },
      },
    },
    {
      into: WEST.mesh,
      content: {
        id: "east-to-west",
        from: EAST.mesh,
        to: WEST.mesh,
        authorities: { "acme/agent": { as: "bolt/agent", tierCap: 3 } },
        terms: terms(0),
        units: { GiB: { as: "MiB", factor: 1_024 } },
      },
    },
  ];
}

const HOSTS = 20;

/** One estate's inventory over the last hours, in its words, its units and its clock; on one host the two contradict each other. */
function inventory(start: number, which: 0 | 1): readonly object[] {
  const offset = which === 0 ? 0 : FAST_MS * 1_000;
  const [kind, on, off] = WORDS.map((pair) => pair[which]) as [string, string, string];
  const memory = which === 0 ? { amount: 8, unit: "GiB" } : { amount: 8_192, unit: "MiB" };
  return Array.from({ length: HOSTS }, (_, host) => {
    const at = start + host * 15 * MINUTE + (which === 0 ? 0 : 2 * MINUTE) + offset;
    const state = which === 1 && host === 3 ? off : on;
    return { subject: `${kind}/host-${host}`, value: { state, memory }, at: [at, at + 1_000] };
  });
}

/** Events that witnesses of both saw, as each clock read them. */
function alignment(start: number): Json {
  const shared = [0, 3, 6].map((hour) => {
    const seen = start + hour * 60 * MINUTE;
    const there = seen + FAST_MS * 1_000;
    return { from: [seen, seen + 500], to: [there, there + 500] };
  });
  return { id: "maintenance-windows", from: EAST.frame, to: WEST.frame, shared };
}

async function agreeClouds(stage: Stage, start: number): Promise<void> {
  const [acme, bolt] = named(stage, "acme", "bolt");
  const { parties } = stage.stack;
  const agreement = { ...CLOUD_TERMS, ...statedIn([EAST, WEST], parties) };
  for (const [agent, { mesh }] of [[acme, EAST] as const, [bolt, WEST] as const]) {
    await declare(agent, mesh, "agreement", agreement);
    await declare(agent, mesh, "alignment", alignment(start));
    for (const { into, content } of translators()) if (into === mesh) await declare(agent, mesh, "translator", content);
  }
  stage.say("acme, bolt  each signs the same agreement, the same alignment, and a translator into its own words");
}

function named<Names extends readonly string[]>(stage: Stage, ...names: Names): { [K in keyof Names]: LocalAgent } {
  return names.map((name) => stage.stack.agent(name)) as { [K in keyof Names]: LocalAgent };
}

async function twoClouds(stage: Stage): Promise<readonly CeremonyView[]> {
  const [acme, bolt, crux, dune] = named(stage, "acme", "bolt", "crux", "dune");
  const start = Date.now() * 1_000 - 7 * 60 * MINUTE;
  await agreeClouds(stage, start);
  await sayFacts(acme, EAST.mesh, inventory(start, 0));
  await sayFacts(bolt, WEST.mesh, inventory(start, 1));
  stage.say(`acme, bolt  each says what it knows of ${HOSTS} hosts, in its own words, units and clock`);
  for (const agent of [crux, dune])
    for (const { mesh } of [EAST, WEST]) {
      await declare(agent, mesh, "boundary");
      for (const [type, count] of [
        ["fact", HOSTS],
        ["alignment", 1],
        ["translator", 1],
      ] as const)
        await holds(stage, agent, mesh, type, count);
    }
  for (const agent of [crux, dune]) for (const { mesh } of [EAST, WEST]) await holds(stage, agent, mesh, "boundary", 2);
  const eastward = await reconcile(crux, EAST.mesh, WEST.mesh);
  const westward = await reconcile(dune, WEST.mesh, EAST.mesh);
  stage.say(
    `crux, dune  reconcile: ${eastward.written.imports} facts into the east, ${westward.written.imports} into the west`,
  );
  stage.check("both sides computed one record", eastward.digest === westward.digest);
  stage.check(
    `${HOSTS} facts crossed each way`,
    [eastward, westward].every(({ written }) => written.imports === HOSTS),
  );
  stage.check(
    "every pair of events is ordered, though one clock is 47 minutes fast",
    eastward.order.every((group) => group.length === 1),
  );
  const [conflict] = eastward.conflicts;
  stage.check(
    "one conflict of twenty was resolved alike on both sides",
    conflict !== undefined && eastward.conflicts.length === 1 && conflict.winner === westward.conflicts[0]?.winner,
  );
  await reconcile(dune, EAST.mesh, WEST.mesh);
  await holds(stage, acme, EAST.mesh, "import", 2 * HOSTS);
  const { subjects } = await viewOf(acme, EAST.mesh);
  const foreign = subjects
    .flatMap(({ values }) => values.flatMap(({ by }) => by))
    .filter(({ origin }) => origin === WEST.mesh);
  stage.check(
    "acme sees every fact of the west once, as said there by bolt, with two acts of import",
    foreign.length === HOSTS &&
      foreign.every(({ authority, imports }) => authority === "bolt/agent" && imports.length === 2),
  );
  await editedByte(stage, crux, acme);
  return decideOn(stage, { reconciliation: eastward.digest }, "Adopt the reconciled inventory");
}

/** A boundary agent cannot alter what it carries. */
async function editedByte(stage: Stage, carrier: LocalAgent, receiver: LocalAgent): Promise<void> {
  const file = await statementsOf(carrier, WEST.mesh);
  const frame = parseBase64(file.frames.at(-1) ?? "") ?? new Uint8Array();
  const edited = toBase64(frame.map((byte, at) => (at === frame.length - 80 ? byte ^ 1 : byte)));
  const { answers } = await bring(receiver, EAST.mesh, { ...file, frames: [edited] });
  stage.check(`a byte edited by a boundary agent is caught (${answers[0]?.code})`, answers[0]?.verdict === "refused");
}

/** Two companies that merge: 30 part numbers, of which two become one and one has no counterpart. */
const FORGE: MeshPlan = {
  mesh: "forge",
  frame: "utc",
  clockOffsetMs: 0,
  class: "parts",
  members: ["acme", "crux"],
};
const MILL: MeshPlan = { mesh: "mill", frame: "utc", clockOffsetMs: 0, class: "parts", members: ["bolt", "crux"] };
const PARTS = 30;
const CONFLICTING = 12;

function partTerms(): Json {
  const terms = Array.from({ length: PARTS }, (_, part): readonly [string, Json] => {
    if (part === 0) return ["M-000", { as: null, loss: "dropped" }];
    if (part === 1 || part === 2) return [`M-00${part}`, { as: "F-1", loss: "widened" }];
    return [`M-${String(part).padStart(3, "0")}`, { as: `F-${part}` }];
  });
  return Object.fromEntries(terms);
}

/** The terms, the words, and what each company has counted. */
async function agreeCompanies(stage: Stage): Promise<void> {
  const [acme, bolt, crux] = named(stage, "acme", "bolt", "crux");
  const agreement = {
    ...statedIn([FORGE, MILL], stage.stack.parties),
    classes: { parts: { disposition: "sharable", losses: ["exact", "widened", "dropped"] } },
    divergenceLimit: { num: 1, den: 5 },
    arbitration: { rule: "priority", order: ["bolt/agent", "acme/agent"] },
  };
  await declare(acme, FORGE.mesh, "agreement", agreement);
  await declare(bolt, MILL.mesh, "agreement", agreement);
  const translator = { id: "mill-to-forge", from: MILL.mesh, to: FORGE.mesh, terms: partTerms() };
  await declare(acme, FORGE.mesh, "translator", {
    ...translator,
    authorities: { "bolt/agent": { as: "bolt/agent", tierCap: 1 } },
  });
  const defects = (name: (part: number) => string, count: (part: number) => number) =>
    Array.from({ length: PARTS }, (_, part) => ({ subject: `${name(part)}/defects`, value: count(part) }));
  await sayFacts(
    acme,
    FORGE.mesh,
    defects(
      (part) => `F-${part}`,
      () => 0,
    ),
  );
  await sayFacts(
    bolt,
    MILL.mesh,
    defects(
      (part) => `M-${String(part).padStart(3, "0")}`,
      (part) => (part > 2 && part < 3 + CONFLICTING ? 1 : 0),
    ),
  );
  for (const { mesh } of [FORGE, MILL]) {
    await declare(crux, mesh, "boundary");
    await holds(stage, crux, mesh, "fact", PARTS);
    await holds(stage, crux, mesh, "agreement", 1);
  }
  await holds(stage, crux, FORGE.mesh, "translator", 1);
}

async function merger(stage: Stage): Promise<readonly CeremonyView[]> {
  const [acme, crux] = named(stage, "acme", "crux");
  await agreeCompanies(stage);
  const stopped = await reconcile(crux, FORGE.mesh, MILL.mesh);
  const { num, den } = stopped.divergence.measured;
  stage.say(`crux  measures ${num} of ${den} comparable subjects in conflict: ${stopped.verdict}`);
  stage.check("above the limit nothing is written, and one merge waits with its conflicts named", isPending(stopped));
  stage.check(
    "the part without a counterpart is refused by name",
    stopped.refused.some(({ code }) => code === "TRANSLATION_DROPPED"),
  );
  stage.check("nothing is in acme's history", (await viewOf(acme, FORGE.mesh)).held.import === undefined);
  const views = await decideOn(stage, { reconciliation: stopped.digest }, `Merge despite ${num} conflicts of ${den}`);
  const merged = await crux.post<{ written?: { imports: number }; code?: string }>(`/v1/meshes/${FORGE.mesh}/merge`, {
    with: MILL.mesh,
    ceremony: stage.ceremony,
  });
  stage.check(
    `the decision completes the merge: ${merged.written?.imports} facts`,
    merged.written?.imports === PARTS - 1,
  );
  await holds(stage, acme, FORGE.mesh, "reconciliation", 1);
  const { subjects } = await viewOf(acme, FORGE.mesh);
  const resolved = subjects.filter(({ resolution }) => resolution?.ceremony === stage.ceremony);
  stage.check(`acme sees ${CONFLICTING} resolutions, with the ceremony that decided`, resolved.length >= CONFLICTING);
  const lossy = subjects
    .flatMap(({ values }) => values.flatMap(({ by }) => by))
    .filter(({ losses }) => losses.length > 0);
  stage.check("both parts that became one are shown with their loss", lossy.length === 2);
  return views;
}

function isPending({ written, pending, imported }: Awaited<ReturnType<typeof reconcile>>): boolean {
  return written.imports === 0 && imported.length === 0 && (pending?.subjects.length ?? 0) >= CONFLICTING;
}

const USUAL = { closesIn: 60, expiresIn: 120, endsAs: ["final"] } as const;

export const FEDERATION: readonly Scenario[] = [
  {
    name: "two-clouds",
    title:
      "two estates with their own words and clocks reconcile an inventory; both sides compute one record and adopt it",
    parties: 4,
    least: 4,
    ...USUAL,
    setting: () => ({ meshes: [EAST, WEST] }),
    run: twoClouds,
  },
  {
    name: "merger",
    title: "two merging companies differ too much to merge by themselves: a ceremony decides, and losses stay in sight",
    parties: 3,
    least: 3,
    ...USUAL,
    setting: () => ({ meshes: [FORGE, MILL] }),
    run: merger,
  },
  AIR_GAP,
];
