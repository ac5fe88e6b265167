// One or more real agents for tests: workerd with the built bundle, and a real nats-server.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demoSource } from "../../cli/demo/run.ts";
import { buildBundle } from "../../cli/stack/bundle.ts";
import { PARTY_NAMES, type Stack, startStack } from "../../cli/stack/stack.ts";

export type TestStack = {
  readonly stack: Stack;
  readonly names: readonly string[];
  readonly stop: () => Promise<void>;
};

export async function testStack(count: number, closesIn = 60): Promise<TestStack> {
  const dir = mkdtempSync(join(tmpdir(), "quorate-stack-"));
  const names = PARTY_NAMES.slice(0, count);
  const { script } = await buildBundle();
  const sources = { [names[0] as string]: [demoSource(names, closesIn, closesIn + 60)] };
  const stack = await startStack({ names, mesh: "test-mesh", dir, script, sources });
  const stop = async () => {
    await stack.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return { stack, names, stop };
}
