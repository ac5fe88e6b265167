// A workerd of its own for what is measured without an agent; times are taken outside, since a Worker's clock stands still while it works.
import { Miniflare } from "miniflare";
import { bundleWorker } from "../support/bundle-worker.ts";
import { childrenRunning } from "./processes.ts";

export type Runtime = {
  /** Its process; absent where nobody can tell. */
  readonly pid: number | undefined;
  readonly post: (path: string, body: string | Uint8Array) => Promise<unknown>;
  /** Milliseconds that a path takes, beyond an empty request. */
  readonly once: (path: string, body: string, expect: (answer: unknown) => boolean) => Promise<number>;
  /** The same once its code is compiled: the median of some runs. */
  readonly time: (path: string, body: string, expect: (answer: unknown) => boolean) => Promise<number>;
  readonly stop: () => Promise<void>;
};

const RUNS = 5;

export async function startRuntime(): Promise<Runtime> {
  const script = await bundleWorker('export { default } from "./bench-worker.ts";', import.meta.dirname);
  const others = childrenRunning("workerd");
  const miniflare = new Miniflare({
    modules: true,
    script,
    compatibilityDate: "2026-07-30",
    compatibilityFlags: ["nodejs_compat"],
    cf: false,
  });
  const url = await miniflare.ready;
  const pid = childrenRunning("workerd").find((child) => !others.includes(child));
  const post = async (path: string, body: string | Uint8Array) => {
    const response = await fetch(new URL(path, url), { method: "POST", body: body as BodyInit });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const asked = async (path: string, body: string) => {
    const start = performance.now();
    const answer = await post(path, body);
    return { ms: performance.now() - start, answer };
  };
  const once = async (path: string, body: string, expect: (answer: unknown) => boolean) => {
    const empty = await median(RUNS, async () => (await asked("/nothing", "")).ms);
    const { ms, answer } = await asked(path, body);
    if (!expect(answer)) throw new Error(`${path} answered ${JSON.stringify(answer)}`);
    return Math.max(ms - empty, 0.001);
  };
  const time = async (path: string, body: string, expect: (answer: unknown) => boolean) => {
    await once(path, body, expect);
    return median(RUNS, () => once(path, body, expect));
  };
  return { pid, post, once, time, stop: () => miniflare.dispose() };
}

export async function median(runs: number, measure: () => Promise<number>): Promise<number> {
  const found: number[] = [];
  for (let run = 0; run < runs; run++) found.push(await measure());
  return quantile(found, 0.5);
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
