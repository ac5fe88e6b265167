// Scenarios in which a party lies, the network splits, or a party is restored from an old copy.
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { parseBundle } from "../../shared/evidence/bundle.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { verifyBundle } from "../../shared/evidence/verify.ts";
import type { LinkedEntry } from "../../shared/lineage/entry.ts";
import type { Id } from "../../shared/observation/observation.ts";
import type { LocalAgent } from "../stack/agent.ts";
import { rootsOf } from "../stack/party.ts";
import { Rogue } from "./rogue.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";

/** The agent of the last party is stopped, and somebody with its keys and its NATS account speaks in its place. */
async function withRogue<T>(
  stage: Stage,
  act: (rogue: Rogue, honest: readonly LocalAgent[]) => Promise<T>,
): Promise<T> {
  const taken = stage.stack.agents[stage.stack.agents.length - 1] as LocalAgent;
  await taken.kill();
  const rogue = await Rogue.join(stage.stack, taken.name);
  stage.say(`${taken.name}  is dishonest from now on: its own keys, none of our software`);
  try {
    return await act(rogue, stage.running());
  } finally {
    await rogue.leave();
  }
}

/** Waits until the dishonest party has been sent the call. */
async function callOf(stage: Stage, rogue: Rogue) {
  await stage.until("the call reaches the dishonest party", 20, async () => rogue.heard("call").length > 0);
  return rogue.heard("call")[0] as ReturnType<typeof rogue.heard<"call">>[number];
}

/** The round closes at its time, however soon its verdict is settled. */
const AT_ITS_TIME: Scenario["set"] = [{ path: "timing.early", value: false }];
/** Enough for a delivery, too little for a repair. */
const JUST_BEFORE_MS = 300;

export const UNDER_FIRE: readonly Scenario[] = [
  {
    name: "byzantine-witness",
    title: "one of four electors signs two different witnesses for different parties; the others agree and keep both",
    parties: 4,
    least: 4,
    closesIn: 7,
    expiresIn: 60,
    endsAs: ["final"],
    run: (stage) =>
      withRogue(stage, async (rogue, honest) => {
        await stage.openByWebhook();
        const call = await callOf(stage, rogue);
        const everyone = honest.map(({ name }) => name);
        await rogue.show(rogue.contribution(call, "approve"), everyone);
        await stage.attestAll(honest);
        await stage.until("the others witness", 30, async () => rogue.heard("witness").length > 0);
        const held = rogue.heard("contribution").map(({ id }) => id);
        const halves = [rogue.witness(call, held.slice(0, 1)), rogue.witness(call, held.slice(1))] as const;
        const [first, ...rest] = everyone as [string, ...string[]];
        await rogue.show(halves[0], [first]);
        await rogue.show(halves[1], rest);
        stage.say(`${rogue.name}  shows one witness to ${first}, another to ${rest.join(", ")}`);
        const views = await stage.agreed(40);
        await bothHalvesKept(stage, rogue.name, honest, [halves[0].id, halves[1].id]);
        return views;
      }),
  },
  {
    name: "partition-heal",
    title:
      "the parties are cut into two halves before the round closes, and joined again after it: one outcome, nothing lost",
    parties: 4,
    least: 4,
    closesIn: 8,
    expiresIn: 90,
    set: AT_ITS_TIME,
    endsAs: ["final"],
    run: async (stage) => {
      await stage.openByWebhook();
      const agents = stage.running();
      const cut = Math.ceil(agents.length / 2);
      const halves = [agents.slice(0, cut), agents.slice(cut)] as const;
      // All but one of each half are heard by everyone; what the other two say stays in their halves.
      const [last, lone] = halves.map((half) => half[half.length - 1]) as [LocalAgent, LocalAgent];
      await stage.attestAll(agents.filter((agent) => agent !== last && agent !== lone));
      const heard = (view: CeremonyView) => view.parties.filter(({ contribution }) => contribution !== null).length;
      await stage.until("they are heard by all", 20, async () =>
        (await stage.views()).every((view) => heard(view) >= agents.length - 2),
      );
      const names = halves.map((half) => half.map(({ name }) => name));
      await stage.stack.split(...names);
      stage.say(`cut  ${names.map((half) => half.join(" ")).join("  |  ")}`);
      await stage.attestAll([last, lone]);
      await stage.until("the round is closing in both halves", 30, async () =>
        (await stage.views()).every(({ phase }) => phase === "closing"),
      );
      await sleep(3_000);
      const apart = await stage.views();
      stage.check(
        "no half shows an outcome while it is alone",
        apart.every(({ outcome }) => outcome === null),
      );
      stage.check(
        "each half lacks what the other said",
        apart.every((view) => heard(view) === agents.length - 1),
      );
      await stage.stack.heal();
      stage.say("joined again");
      const views = await stage.agreed(60);
      await nothingLost(stage, apart);
      return views;
    },
  },
  {
    name: "late-bid",
    title:
      "a dishonest party shows its contribution to some of the others only, just before the close: in for all or out for all",
    parties: 4,
    least: 4,
    closesIn: 6,
    expiresIn: 60,
    set: AT_ITS_TIME,
    endsAs: ["final"],
    run: (stage) =>
      withRogue(stage, async (rogue, honest) => {
        await stage.openByWebhook();
        const call = await callOf(stage, rogue);
        await stage.attestAll(honest);
        const some = honest.slice(0, -1).map(({ name }) => name);
        await sleep(Math.max(call.body.closesAt / 1_000 - JUST_BEFORE_MS - Date.now(), 0));
        const late = rogue.contribution(call, "approve");
        await rogue.show(late, some);
        stage.say(`${rogue.name}  shows obs ${late.id.slice(0, 12)} to ${some.join(", ")}, just before the close`);
        const views = await stage.agreed(40);
        await oneSet(stage, honest);
        await oneVerdict(stage, rogue.name, late.id);
        return views;
      }),
  },
  {
    name: "stale-backup",
    title:
      "a party is restored from a copy older than its own witness: it signs nothing twice and goes mute; the others finish",
    parties: 4,
    least: 4,
    closesIn: 8,
    expiresIn: 90,
    set: AT_ITS_TIME,
    endsAs: ["final"],
    run: async (stage) => {
      await stage.openByWebhook();
      const [first, restored, ...rest] = stage.running() as [LocalAgent, LocalAgent, ...LocalAgent[]];
      await stage.until("the call is out", 20, async () =>
        (await stage.views()).every(({ policy }) => policy !== null),
      );
      const copy = join(stage.stack.dir, "copy");
      await restored.kill();
      await restored.backup(copy);
      await restored.start();
      stage.say(`${restored.name}  copied before it said anything`);
      await stage.attestAll(stage.running());
      // Cut off so that the round cannot end before the copy is back: the restored party's witness is known to the first one only.
      await stage.stack.split(
        [first.name, restored.name],
        rest.map(({ name }) => name),
      );
      await stage.until(`${first.name} holds the witness of ${restored.name}`, 30, () =>
        witnessOf(stage, restored.name, first),
      );
      await restored.kill();
      await restored.restore(copy);
      await restored.start();
      stage.say(`${restored.name}  killed, restored from the copy, started`);
      const answer = await restored.post<{ observation?: string; code?: string }>(
        `/v1/ceremonies/${stage.ceremony}/attestations`,
        { choice: "reject" },
      );
      stage.check(`${restored.name} refuses to attest again: MUTE`, answer.code === "MUTE" && !answer.observation);
      await stage.stack.heal();
      const views = await stage.ended(60);
      await signedOnce(stage, restored);
      return views;
    },
  },
];

/** Nobody holds two statements of it for one slot, and it says of itself why it is silent. */
async function signedOnce(stage: Stage, restored: LocalAgent): Promise<void> {
  stage.check(`${restored.name} is mute`, (await stage.view(restored)).mute);
  const trust = writeTrustStatement(stage.stack.mesh, rootsOf(stage.stack.parties));
  for (const agent of stage.running()) {
    const { verdict, faults } = await verifyBundle(await stage.evidence(agent), { trust });
    stage.check(`the evidence of ${agent.name} passes and accuses nobody`, verdict === "passed" && faults.length === 0);
  }
}

/** Signed in this party's own seat, as another party's record of what it admitted says. */
async function witnessOf(stage: Stage, party: string, seenBy: LocalAgent): Promise<boolean> {
  const { lineage } = await seenBy.json<{ lineage: readonly LinkedEntry[] }>(
    `/v1/ceremonies/${stage.ceremony}/lineage`,
  );
  return lineage.some(({ kind, by, detail }) => kind === "admission" && by === party && detail.kind === "witness");
}

/** The certificates of all parties are for the same closed set, as their own evidence says. */
async function oneSet(stage: Stage, agents: readonly LocalAgent[]): Promise<void> {
  const bundles = await Promise.all(agents.map(async (agent) => parseBundle(await stage.evidence(agent))));
  const roots = new Set(bundles.map((bundle) => (bundle.ok ? bundle.value.rounds.map(({ root }) => root).join() : "")));
  stage.check(`all ${agents.length} hold the same closed set`, roots.size === 1 && !roots.has(""));
}

/** Every contribution that anyone held while the parties were apart is known to everyone now, whether it counts or came too late. */
async function nothingLost(stage: Stage, apart: readonly CeremonyView[]): Promise<void> {
  const said = apart.flatMap(({ parties }) => parties.filter(({ contribution }) => contribution !== null));
  const ids = new Map(said.map(({ authority, contribution }) => [contribution as Id, authority]));
  for (const [id, authority] of ids) {
    await stage.until(`everyone knows ${id.slice(0, 12)}`, 20, async () =>
      (await Promise.all(stage.running().map((agent) => stage.explain(agent, id)))).every((found) => found !== null),
    );
    await oneVerdict(stage, authority, id);
  }
}

/** A contribution is in for everyone or out for everyone, and each party that knows it can say which. */
async function oneVerdict(stage: Stage, authority: string, id: Id): Promise<void> {
  const found = await Promise.all(stage.running().map((agent) => stage.explain(agent, id)));
  const known = found.filter((explanation) => explanation !== null);
  const isIn = known.every(({ verdict }) => verdict === "admitted") && known.length === found.length;
  const isOut = known.length > 0 && known.every(({ refusal }) => refusal?.code === "ROUND_CLOSED");
  stage.check(
    `what ${authority} said is ${isIn ? "in" : "out (ROUND_CLOSED)"} for all ${found.length}, as ${known.length} explain`,
    isIn || isOut,
  );
}

/** Whoever meets the second half sends both on, so that every honest party can prove the lie, and its evidence does. */
async function bothHalvesKept(
  stage: Stage,
  liar: string,
  honest: readonly LocalAgent[],
  halves: readonly [Id, Id],
): Promise<void> {
  await stage.until("each honest party holds both halves", 15, async () => {
    const found = await Promise.all(
      honest.flatMap((agent) => halves.map((id, index) => contradicts(stage, agent, id, halves[1 - index] as Id))),
    );
    return found.every(Boolean);
  });
  const trust = writeTrustStatement(stage.stack.mesh, rootsOf(stage.stack.parties));
  for (const agent of honest) {
    const { verdict, faults } = await verifyBundle(await stage.evidence(agent), { trust });
    const [proved] = faults;
    stage.check(
      `the evidence of ${agent.name} passes and proves that ${liar} signed two witnesses`,
      verdict === "passed" && proved?.authority === liar && halves.every((id) => proved.statements.includes(id)),
    );
  }
}

async function contradicts(stage: Stage, agent: LocalAgent, half: Id, other: Id): Promise<boolean> {
  return (await stage.explain(agent, half))?.contradicts === other;
}
