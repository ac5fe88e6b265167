// Scenarios in which a party lies, the network splits, or a party is restored from an old copy.
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { verifyBundle } from "../../shared/evidence/verify.ts";
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
];

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
