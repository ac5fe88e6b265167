// What a runtime is said to hold: what is kept and nothing besides, as often as it is asked.
import { fileURLToPath } from "node:url";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, it } from "vitest";
import { heapAt } from "../bench/heap.ts";
import { bundleWorker } from "../support/bundle-worker.ts";

const BENCH = fileURLToPath(new URL("../bench", import.meta.url));
const MIB = 1_048_576;
let runtime: Miniflare;
let inspector: URL;

beforeAll(async () => {
  const script = await bundleWorker('export { default } from "./heap-worker.ts";', BENCH);
  runtime = new Miniflare({ name: "heap", modules: true, script, inspectorPort: 0, compatibilityDate: "2026-07-30" });
  await runtime.ready;
  inspector = new URL("/core:user:heap", await runtime.getInspectorURL());
});
afterAll(() => runtime?.dispose());

async function hold(mebibytes: number): Promise<void> {
  const answer = await runtime.dispatchFetch(`http://heap/${mebibytes}`);
  expect(await answer.text()).toBe("held");
}

it("counts what a runtime keeps, and not what it has dropped", async () => {
  const before = await heapAt(inspector);
  await hold(40);
  const full = await heapAt(inspector);
  await hold(0);
  const after = await heapAt(inspector);
  const again = await heapAt(inspector);
  const grown = [full, after, again].map((heap) => [
    Math.round(((heap?.used ?? 0) - (before?.used ?? 0)) / MIB),
    Math.round(((heap?.buffers ?? 0) - (before?.buffers ?? 0)) / MIB),
  ]);
  expect(grown).toEqual([
    [expect.toSatisfy((mib: number) => mib >= 40 && mib <= 48), 40],
    [0, 0],
    [0, 0],
  ]);
});
