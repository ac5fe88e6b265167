// The ceremony object in workerd, crashed at each step of its turn: whatever a queue delivers again, the end is the same.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bundleWorker } from "../support/bundle-worker.ts";
import { type Crash, type Left, type Play, type Played, POINTS } from "./commit-plan.ts";
import { callNow, type Script, scriptOf } from "./commit-script.ts";

let script: Script;
let bundled: string;
let miniflare: Miniflare;
let dir: string;
let whole: Played;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "quorate-commit-"));
  script = scriptOf("bolt");
  const entry = 'export { Faulty, Spy, Directory, worker as default } from "./commit-worker.ts";';
  bundled = await bundleWorker(entry, import.meta.dirname);
  miniflare = await start();
  whole = await play({});
});

afterAll(async () => {
  await miniflare?.dispose();
  rmSync(dir, { recursive: true, force: true });
});

async function start(): Promise<Miniflare> {
  const started = new Miniflare({
    modules: true,
    script: bundled,
    compatibilityDate: "2026-07-30",
    compatibilityFlags: ["nodejs_compat"],
    durableObjects: Object.fromEntries(
      ["Faulty", "Spy", "Directory"].map((className) => [className.toUpperCase(), { className, useSQLite: true }]),
    ),
    durableObjectsPersist: dir,
    bindings: script.bindings,
    // Faults are what is tested here; their lines are no news.
    handleRuntimeStdio: (stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream) => {
      stdout.resume();
      stderr.resume();
    },
  });
  await started.ready;
  return started;
}

async function ask<T>(path: string, body: object): Promise<T> {
  const response = await miniflare.dispatchFetch(`http://commit${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}

const play = (part: Partial<Play>): Promise<Played> =>
  ask("/play", {
    ceremony: script.ceremony,
    turns: script.turns,
    crash: null,
    alarms: "given",
    erase: true,
    journal: "forgotten",
    ...part,
  } satisfies Play);

/** Numbers under which more than one statement has left. */
function signedTwice(left: readonly Left[]): readonly number[] {
  const keys = new Map<number, Set<string>>();
  for (const { key, own } of left) if (own !== null) keys.set(own, (keys.get(own) ?? new Set<string>()).add(key));
  return [...keys].filter(([, statements]) => statements.size > 1).map(([own]) => own);
}

/** Where a turn that crashes there is never stored, and where it always is. */
const LOST: readonly string[] = [
  "received throw",
  "received abort",
  "writing-first abort",
  "writing-last abort",
  "committed abort",
];
const KEPT: readonly string[] = ["committed throw", "handed abort", "answered throw", "answered abort"];

describe("the ceremony object", () => {
  it("ends as the pure core does, having said what it says", () => {
    expect(whole.stored).toMatchObject({ digest: script.digest, frames: script.frames, mute: false });
    expect(new Set(whole.left.flatMap(({ own }) => (own === null ? [] : [own]))).size).toBeGreaterThan(4);
    expect([signedTwice(whole.left), whole.unarmed]).toEqual([[], 0]);
  });

  it.each(
    POINTS.flatMap((at): Crash[] => [
      { at, by: "throw" },
      { at, by: "abort" },
    ]),
  )("is the same after a crash in every turn that the queue then repeats: $by at $at", async (crash) => {
    const { stored, leaked, left, kept } = await play({ crash });
    expect(stored).toEqual(whole.stored);
    expect([leaked, signedTwice(left)]).toEqual([[], []]);
    expect(new Set(left.map(({ key }) => key))).toEqual(new Set(whole.left.map(({ key }) => key)));
    const name = `${crash.at} ${crash.by}`;
    if (LOST.includes(name)) expect(kept).toBe(0);
    if (KEPT.includes(name)) expect(kept).toBe(script.recording);
  });

  it.each([
    ["writing-last", 0],
    ["handed", 1],
  ] as const)("is the same after its process is killed at %s", async (at, more) => {
    const [signs = 0] = script.signing;
    const before = await play({ turns: script.turns.slice(0, signs) });
    const next = { turns: script.turns.slice(signs, signs + 1), erase: false, journal: "kept" } as const;
    const hung = play({ ...next, crash: { at, by: "hang" } }).catch(() => "killed");
    await sleep(1_500);
    await miniflare.dispose();
    expect(await hung).toBe("killed");
    miniflare = await start();
    const { stored } = await play({ turns: [], erase: false, journal: "kept" });
    expect(stored.frames).toHaveLength(before.stored.frames.length + more);
    const after = await play({ turns: script.turns.slice(signs), erase: false, journal: "kept" });
    expect(after.stored).toEqual(whole.stored);
    expect(signedTwice(after.left)).toEqual([]);
  });
});

describe("its alarms", () => {
  it("change nothing when they come again and again", async () => {
    const { stored, unarmed } = await play({ alarms: "repeated" });
    expect([stored, unarmed]).toEqual([whole.stored, 0]);
  });

  it.each(["lost", "failing"] as const)(
    "are not needed while anything else comes, and are always set: %s",
    async (alarms) => {
      const { stored, unarmed, left } = await play({ alarms });
      expect([stored.digest, unarmed, signedTwice(left)]).toEqual([script.digest, 0, []]);
    },
  );

  it("go on by themselves on the platform after some have failed", async () => {
    const { id, turn } = callNow();
    await ask("/alone", { ceremony: id, turns: [turn], failing: 2 });
    await vi.waitFor(
      async () => {
        const { failing, stored } = await ask<{ failing: number; stored: Played["stored"] }>("/alone", {
          ceremony: id,
          turns: [],
        });
        // The call, and the witness that the alarm at the close is for.
        expect([failing, stored.frames.length]).toEqual([0, 2]);
      },
      { timeout: 15_000, interval: 250 },
    );
  });
});

describe("its store, put back to an older copy", () => {
  /** Goes on from the first `turns` turns, later and with another mind, while the journal shows all that was ever said, or hides it. */
  async function restored(turns: number, journal: "kept" | "hidden"): Promise<Played> {
    await play({});
    await play({ turns: script.turns.slice(0, turns), journal: "hidden" });
    const rest = script.turns
      .slice(turns)
      .map((turn) => ({ ...turn, now: turn.now + 1_000, choice: turn.choice && "reject" }));
    return play({ turns: rest, erase: false, journal });
  }

  it("signs nothing at a used place, wherever the copy was taken, and says that it is mute", async () => {
    expect(script.signing.length).toBeGreaterThan(4);
    for (const turns of script.signing) {
      const { stored, left } = await restored(turns, "kept");
      expect([signedTwice(left), stored.mute]).toEqual([[], true]);
      // It may still decide, by what the others have signed.
      expect([null, script.digest]).toContain(stored.digest);
    }
  });

  it("would sign twice without its journal", async () => {
    const { left } = await restored(script.signing[0] as number, "hidden");
    expect(signedTwice(left)).not.toEqual([]);
  });
});
