// One verdict everywhere: what Node says of every published vector, workerd says too. Bundled as a deployment is, run in Miniflare.
import { createRequire } from "node:module";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { toHex } from "../../shared/bytes.ts";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import { KINDS } from "../../shared/observation/body.ts";
import { everyCborVector, everySignatureVector } from "../support/published.ts";
import { flipBit, frameOf, soundRecipe } from "../support/recipes.ts";
import { needingVectors, vectorsDir } from "../support/vectors.ts";
import { type Answered, type Asked, answer } from "../support/verdict-worker.ts";

type Bundler = { build(options: Record<string, unknown>): Promise<{ outputFiles: { text: string }[] }> };

let script: string;
let miniflare: Miniflare;

beforeAll(async () => {
  script = await bundle();
  miniflare = new Miniflare({ modules: true, script, compatibilityDate: "2026-07-30" });
  await miniflare.ready;
});

afterAll(() => miniflare.dispose());

/** With the bundler that wrangler brings, and without Node's compatibility: the core must not need it. */
async function bundle(): Promise<string> {
  const fromWrangler = createRequire(createRequire(import.meta.url).resolve("wrangler/package.json"));
  const built = await (fromWrangler("esbuild") as Bundler).build({
    entryPoints: [`${import.meta.dirname}/../support/verdict-worker.ts`],
    bundle: true,
    format: "esm",
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    mainFields: ["module", "main"],
    target: "es2024",
    write: false,
    logLevel: "warning",
  });
  const text = built.outputFiles[0]?.text;
  if (text === undefined) throw new Error("the bundler wrote nothing");
  return text;
}

async function ask<T>(path: string, body: unknown): Promise<T> {
  const response = await miniflare.dispatchFetch(`http://verdicts${path}`, {
    method: "POST",
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as T;
}

const nothing: Asked = { cbor: [], signatures: [], frames: [], roots: [] };

describe("verdicts inside workerd", () => {
  it.skipIf(vectorsDir === null)(needingVectors("are Node's, for every published vector"), async () => {
    const signatures = everySignatureVector().map(({ key, message, signature }) => ({ key, message, signature }));
    const asked = { ...nothing, cbor: everyCborVector().map(({ hex }) => hex), signatures };
    const there = await ask<Answered>("/", asked);
    expect(there).toEqual(await answer(asked));
    expect([there.cbor.length, there.signatures.length]).toEqual([306, 167]);
    expect(there.cbor.filter((verdict) => verdict === "ok")).toHaveLength(80);
    expect(there.signatures.filter((verdict) => verdict === "ok")).toHaveLength(93);
  });

  it("are Node's at the door: the same ids for every kind, and the same code for every flipped bit", async () => {
    const sound = KINDS.map((kind) => frameOf(soundRecipe(kind)));
    const [first] = sound as [Uint8Array];
    const flipped = Array.from({ length: 200 }, (_, index) =>
      flipBit(first, Math.floor((index * first.length) / 200), index % 8),
    );
    const asked = {
      ...nothing,
      frames: [...sound, ...flipped].map(toHex),
      roots: [...soundRecipe().roots],
    };
    const there = await ask<Answered>("/", asked);
    expect(there).toEqual(await answer(asked));
    expect(there.frames.slice(0, KINDS.length).every((id) => /^[0-9a-f]{64}$/.test(id))).toBe(true);
    expect(there.frames.slice(KINDS.length).every((code) => /^[A-Z][A-Z0-9_]+$/.test(code))).toBe(true);
  });

  it("need no compiling of code, which the runtime refuses: ten records of one shape decode in a handler", async () => {
    const records = Array.from({ length: 10 }, (_, index) => ({
      id: index,
      name: `record ${index}`,
      tags: ["a", "b"],
      inner: { deep: index * 2, left: null, right: true },
    }));
    const hexes = records.map((record) => toHex(encodeCanonical(record)));
    const { compiling, records: decoded } = await ask<{ compiling: string; records: unknown[] }>("/records", hexes);
    expect(compiling).toBe("EvalError");
    expect(decoded).toEqual(records);
    const elsewhere = script.replace('new Function("return 1")', "");
    expect(elsewhere).not.toBe(script);
    expect(elsewhere).not.toMatch(/\bnew Function\b|\beval\(/);
  });
});
