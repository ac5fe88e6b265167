// One or more real agents for tests: workerd with the built bundle, and a real nats-server.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoSource } from "../../cli/demo/run.ts";
import { LocalAgent } from "../../cli/stack/agent.ts";
import { buildBundle } from "../../cli/stack/bundle.ts";
import type { Party } from "../../cli/stack/party.ts";
import { PARTY_NAMES, type Stack, startStack } from "../../cli/stack/stack.ts";
import { testParties } from "./parties.ts";

export type TestStack = {
  readonly stack: Stack;
  readonly names: readonly string[];
  readonly stop: () => Promise<void>;
};

export async function testStack(count: number, closesIn = 60, expiresIn = closesIn + 60): Promise<TestStack> {
  const dir = mkdtempSync(join(tmpdir(), "quorate-stack-"));
  const names = PARTY_NAMES.slice(0, count);
  const { script } = await buildBundle();
  const sources = { [names[0] as string]: [demoSource(names, closesIn, expiresIn)] };
  const stack = await startStack({ names, mesh: "test-mesh", dir, script, sources });
  const stop = async () => {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return { stack, names, stop };
}

export type LoneAgent = { readonly agent: LocalAgent; readonly stop: () => Promise<void> };

/** One real agent whose bus is away: its HTTP side works all the same. */
export async function loneAgent(
  sources: readonly unknown[],
  hookSecrets: Readonly<Record<string, readonly string[]>>,
  variables: Readonly<Record<string, string>> = {},
  document: object = {},
): Promise<LoneAgent> {
  const dir = mkdtempSync(join(tmpdir(), "quorate-lone-"));
  const { script } = await buildBundle();
  const parties = testParties(3);
  const [party] = parties as readonly [Party, ...Party[]];
  const nats = { url: "ws://127.0.0.1:9", user: "nobody", password: "nothing" };
  const agent = new LocalAgent({
    party,
    parties,
    script,
    dir,
    nats,
    sources,
    hookSecrets,
    variables,
    document,
    clockOffsetMs: 0,
    port: 0,
  });
  await agent.start();
  const stop = async () => {
    await agent.kill();
    rmSync(dir, { recursive: true, force: true });
  };
  return { agent, stop };
}
