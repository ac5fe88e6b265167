// `mesh reconcile` and `translator check` as programs use them: files in, one JSON document out, and exit codes that say what it means.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { meshReconcile, meshTrace, translatorCheck } from "../../cli/commands/mesh.ts";
import { type Command, Refused } from "../../cli/registry.ts";
import type { Json } from "../../shared/cbor/json.ts";
import { writeFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import {
  clockOff,
  type Documents,
  fact,
  MINUTE,
  sharedEvent,
  stocktaking,
  TRUE_START,
  trueClock,
} from "../support/meshes.ts";
import { agreedMeshes, framesOf } from "../support/signed-meshes.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-mesh-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, document: Json | Documents["ours"]): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

type Ran = { readonly status: number; readonly out: Record<string, Json> };

async function run(
  command: Command,
  args: readonly string[],
  flags: Readonly<Record<string, string | boolean>> = {},
): Promise<Ran> {
  const call = { args, flags, output: "json", say: () => undefined } as const;
  try {
    const { exit, data } = await command.run(call);
    return { status: exit, out: JSON.parse(JSON.stringify(data)) as Record<string, Json> };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { status: error.exit, out: { ...describeRefusal(error.fault) } };
  }
}

function reconcileFiles(documents: Documents, more: Readonly<Record<string, string | boolean>> = { scenario: true }) {
  const { agreement, ours, theirs, translators = [] } = documents;
  mkdirSync(join(folder, "translators"), { recursive: true });
  for (const [index, each] of translators.entries()) write(`translators/${index}.json`, each);
  const files = { agreement: write("g.json", agreement), ours: write("a.json", ours), theirs: write("b.json", theirs) };
  return run(meshReconcile, [], { ...files, translators: join(folder, "translators"), ...more });
}

describe("the command line", () => {
  it("answers a merge with 0 and a stop with 6, each as one document", async () => {
    const merged = await reconcileFiles(stocktaking(20, 1));
    expect(merged.status).toBe(0);
    expect(merged.out).toMatchObject({
      verdict: "resolvable",
      refused: [],
      divergence: { measured: { num: 1, den: 20 } },
    });
    const stopped = await reconcileFiles(stocktaking(20, 7));
    expect(stopped.status).toBe(6);
    expect(stopped.out).toMatchObject({ verdict: "unsafe", imported: [], stopped: { code: "DIVERGENCE_OVER_LIMIT" } });
  });

  it("does not take plain documents for signed ones, tells fields that it does not read, and refuses bad ones by path", async () => {
    expect(await reconcileFiles(stocktaking(2, 0), {})).toMatchObject({
      status: 5,
      out: { code: "MESH_DOCUMENT_UNSIGNED" },
    });
    const documents = stocktaking(2, 0);
    const odd = await reconcileFiles({ ...documents, agreement: { ...documents.agreement, cadence: "daily" } });
    expect(odd).toMatchObject({ status: 0, out: { unread: ["cadence"] } });
    const bad = await reconcileFiles({ ...documents, ours: { ...documents.ours, facts: [fact("x", { at: [2, 1] })] } });
    expect(bad).toMatchObject({ status: 64, out: { code: "MESH_DOCUMENT_INVALID" } });
    expect(bad.out.why).toContain("facts[0].at");
    const missing = await run(meshReconcile, [], { agreement: join(folder, "none.json"), ours: "x", theirs: "y" });
    expect(missing).toMatchObject({ status: 7, out: { code: "FILE_UNREADABLE" } });
  });

  it("shows what moves when an alignment is replaced, and takes times as people write them", async () => {
    const base = stocktaking(2, 0);
    const expires = {
      id: "tr",
      from: "office",
      to: "plant",
      authorities: { clerk: { as: "ops", tierCap: 1 } },
      expires: "2020-01-01T00:00:00Z",
    };
    const clock = clockOff(47 * MINUTE, 0);
    const alignment = (to: typeof clock) => ({
      from: "plant",
      to: "office",
      shared: [0, MINUTE].map((at) => sharedEvent(TRUE_START + at, trueClock, to)),
    });
    const files = { alignment: write("new.json", alignment(clock)), replaces: write("old.json", alignment(trueClock)) };
    const { status, out } = await reconcileFiles({ ...base, translators: [expires] }, { scenario: true, ...files });
    expect([status, out.imported]).toEqual([0, []]);
    expect(out.moved).toEqual(["office-0", "office-1", "plant-0", "plant-1"]);
    expect(out.refused).toMatchObject([
      { id: "tr", code: "TRANSLATION_EXPIRED" },
      { id: "office-0" },
      { id: "office-1" },
    ]);
  });

  it("tells a fact's story, and whether the inputs still give the recorded result", async () => {
    const documents = stocktaking(20, 1);
    const files = {
      agreement: write("g.json", documents.agreement),
      ours: write("a.json", documents.ours),
      theirs: write("b.json", documents.theirs),
      scenario: true,
    };
    const record = write("record.json", (await run(meshReconcile, [], files)).out);
    const told = await run(meshTrace, ["office-0"], { ...files, record });
    expect(told).toMatchObject({
      status: 0,
      out: {
        replayed: true,
        said: { mesh: "office", authority: "clerk", value: -1 },
        mapped: [{ to: "plant", as: "clerk", tier: 1 }],
        competed: [{ against: ["plant-0"], winner: "plant-0", lostBy: "tier" }],
      },
    });
    const changed = write("b.json", { ...documents.theirs, facts: documents.theirs.facts.slice(1) });
    expect(await run(meshTrace, ["office-1"], { ...files, theirs: changed, record })).toMatchObject({
      status: 5,
      out: { code: "RECORD_DIFFERS" },
    });
    expect((await run(meshTrace, ["nobody"], files)).status).toBe(7);
  });

  it("takes signed files through the door, under the trust that it is given", async () => {
    const { plant, office, signed, agreement } = agreedMeshes();
    const facts = [plant.voice("ops").fact("valve", "open"), office.voice("clerk").fact("valve", "open")] as const;
    const file = (name: string, observations: Parameters<typeof framesOf>[0]) =>
      write(name, writeFramesFile(framesOf(observations)) as Json);
    const files = {
      agreement: file("g.json", signed),
      ours: file("a.json", [facts[0]]),
      theirs: file("b.json", [facts[1]]),
      trust: write("trust.json", plant.trust() as unknown as Json),
    };
    const { status, out } = await run(meshReconcile, [], files);
    expect([status, out.verdict, (out.imported as Json[]).length]).toEqual([0, "clean", 1]);
    const plain = await run(meshReconcile, [], { ...files, agreement: write("plain.json", agreement) });
    expect(plain).toMatchObject({ status: 5, out: { code: "MESH_DOCUMENT_UNSIGNED" } });
    const untrusted = await run(meshReconcile, [], { ...files, trust: undefined as never });
    expect(untrusted.status).toBe(64);
    const translator = { id: "tr", from: "office", to: "plant", terms: { x: { as: "y" } } };
    const check = await run(translatorCheck, [
      file("t.json", [plant.voice("linguist").declare("translator", translator)]),
    ]);
    expect(check).toMatchObject({ status: 0, out: { ok: true, translator: "tr", elements: 1 } });
  });

  it("checks a translator's way there and back", async () => {
    const translator = { id: "tr", from: "a", to: "b", terms: { x: { as: "m", loss: "widened" }, y: { as: "m" } } };
    expect(await run(translatorCheck, [write("t.json", translator)])).toMatchObject({
      status: 0,
      out: { ok: true, elements: 2 },
    });
    const bare = { ...translator, terms: { x: { as: "m" }, y: { as: "m" } } };
    const refused = await run(translatorCheck, [write("t.json", bare)]);
    expect(refused).toMatchObject({ status: 5, out: { ok: false, code: "TRANSLATION_LOSS_UNDECLARED" } });
  });
});
