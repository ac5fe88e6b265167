// The scenarios of the demo, as data and short scripts: what happens, and how it must end.
import { setTimeout as sleep } from "node:timers/promises";
import type { LocalAgent } from "../stack/agent.ts";
import { COALITION } from "./coalition.ts";
import { FEDERATION } from "./federation.ts";
import { MUTUAL_AID } from "./mutual-aid.ts";
import type { Scenario } from "./scenario.ts";
import type { Stage } from "./stage.ts";
import { STORIES } from "./stories.ts";
import { TRIAL } from "./trial.ts";
import { UNDER_FIRE } from "./under-fire.ts";

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "approval",
    title: "every party approves a real GitHub deployment",
    parties: 3,
    least: 3,
    closesIn: 60,
    expiresIn: 120,
    endsAs: ["final"],
    run: async (stage) => {
      await stage.openByWebhook();
      await stage.attestAll(stage.running());
      return stage.agreed(45);
    },
  },
  {
    name: "opener-lost",
    title: "the opener's agent is killed right after the call is out; the others finish",
    parties: 3,
    least: 3,
    closesIn: 6,
    expiresIn: 60,
    endsAs: ["final"],
    run: async (stage) => {
      await stage.openByWebhook();
      const others = stage.running().slice(1);
      await stage.until("the call is out", 20, async () => (await stage.view(others[0] as LocalAgent)).policy !== null);
      await stage.opener.kill();
      stage.say(`${stage.opener.name}  killed (SIGKILL)`);
      await stage.attestAll(others);
      return stage.agreed(50);
    },
  },
  {
    name: "one-silent",
    title: "one of four parties is silent; the others finish",
    parties: 4,
    least: 4,
    closesIn: 6,
    expiresIn: 60,
    endsAs: ["final"],
    run: async (stage) => {
      await stage.openByWebhook();
      await silence(stage, 1);
      await stage.attestAll(stage.running());
      return stage.agreed(50);
    },
  },
  {
    name: "two-silent",
    title: "one party more is silent than the policy tolerates (two of four); there is no outcome",
    parties: 4,
    least: 4,
    closesIn: 4,
    expiresIn: 14,
    endsAs: ["expired", "abandoned"],
    run: async (stage) => {
      await stage.openByWebhook();
      await silence(stage, tolerated(stage.stack.agents.length) + 1);
      await stage.attestAll(stage.running());
      return stage.ended(40);
    },
  },
  {
    name: "broker-lost",
    title: "nats-server freezes for 20 s, and is killed and restarted; the ceremony finishes and nothing is lost",
    parties: 3,
    least: 3,
    closesIn: 90,
    expiresIn: 240,
    endsAs: ["final"],
    run: async (stage) => {
      await stage.openByWebhook();
      const [first, second, third] = stage.running() as readonly [LocalAgent, LocalAgent, LocalAgent];
      await stage.attest(first);
      await stage.until("the call is out", 20, async () => (await stage.view(third)).policy !== null);
      stage.stack.nats.freeze();
      stage.say("nats-server  frozen (SIGSTOP)");
      await stage.attest(second);
      await sleep(20_000);
      stage.stack.nats.thaw();
      stage.say("nats-server  thawed after 20 s");
      await stage.stack.nats.kill();
      stage.say("nats-server  killed (SIGKILL)");
      await stage.attest(third);
      await stage.stack.nats.restart();
      stage.say("nats-server  restarted");
      return stage.agreed(120);
    },
  },
  ...UNDER_FIRE,
  ...STORIES,
  MUTUAL_AID,
  TRIAL,
  ...FEDERATION,
  COALITION,
];

/** f of n equal parties, as the pattern sets it: fewer than a third. */
function tolerated(parties: number): number {
  return Math.floor((parties - 1) / 3);
}

/** Kills the agents of the last `count` parties once the call is out. */
async function silence(stage: Stage, count: number): Promise<void> {
  for (const agent of stage.stack.agents.slice(-count)) {
    await agent.kill();
    stage.say(`${agent.name}  silent (killed)`);
  }
}
