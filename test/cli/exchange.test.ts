// A file carried by hand between an office and a plant: only what is on the list leaves, every denial is told, a dry run tells what the
// import does, and no file is altered, lost, repeated or left unreviewed without notice.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { exchangeExport, exchangeReceipt, exchangeReview, exchangeWant } from "../../cli/commands/exchange.ts";
import { exchangeImport, exchangeVerify } from "../../cli/commands/exchange-arrival.ts";
import { type Command, Refused } from "../../cli/registry.ts";
import { toBase64 } from "../../shared/bytes.ts";
import type { Json } from "../../shared/cbor/json.ts";
import { readFramesFile, writeFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { exchangeWorld } from "../support/exchanges.ts";
import { TRUE_START } from "../support/meshes.ts";
import { agreedMeshes, framesOf, revocationsBy } from "../support/signed-meshes.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-exchange-"));
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string) => join(folder, name);
function write(name: string, document: unknown): string {
  writeFileSync(path(name), JSON.stringify(document));
  return path(name);
}

const world = (name: string, filter: Json) => exchangeWorld(folder, name, filter);

async function run(command: Command, args: readonly string[], flags: Readonly<Record<string, string | boolean>>) {
  const given = { at: String(TRUE_START + 10), ...flags };
  try {
    const { exit, data } = await command.run({ args, flags: given, output: "json", say: () => undefined });
    return { exit, out: JSON.parse(JSON.stringify(data)) as Record<string, Json> };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { exit: error.exit, out: { ...describeRefusal(error.fault) } as Record<string, Json> };
  }
}

describe("an exchange file", () => {
  it("holds what the list lets out, tells what it does not, and is imported as its dry run said", async () => {
    const { sender, receiver, facts, importer, presence } = world("plain", { classes: ["stock"] });
    const exported = await run(exchangeExport, [], { ...sender, sequence: "1" });
    expect(exported).toMatchObject({
      exit: 0,
      out: { released: 2, denied: [{ id: facts[1]?.id, code: "RELEASE_DENIED" }] },
    });
    const carried = readFileSync(sender.file, "utf8");
    expect(carried).not.toContain(toBase64(facts[1]?.frame as Uint8Array));
    const before = readFileSync(receiver.history, "utf8");
    const verified = await run(exchangeVerify, [sender.file], receiver);
    const dry = await run(exchangeImport, [sender.file], { ...receiver, "dry-run": true });
    expect(verified).toMatchObject({ exit: 0, out: { ok: true, gateway: "office/gateway", sequence: 1, last: 0 } });
    expect(dry.out).toEqual(verified.out);
    expect([readFileSync(receiver.history, "utf8"), existsSync(receiver.state)]).toEqual([before, false]);
    const receipt = path("receipt.json");
    const imported = await run(exchangeImport, [sender.file], { ...receiver, identity: importer, receipt });
    expect(imported.out).toMatchObject({
      admit: dry.out.admit as Json,
      hold: [],
      refuse: [],
      divergence: { measured: { num: 0, den: 1 } },
    });
    expect((imported.out.admit as string[]).length).toBe(2);
    const kept = readFramesFile(JSON.parse(readFileSync(receiver.history, "utf8")), "history");
    // The plant's own fact, the courier's word in either mesh, two facts of the office with an import each, and the receipt.
    expect(kept.ok && kept.value.frames.length).toBe(8);
    // A person, and a gateway, count what they say in each mesh by itself.
    const parsed = kept.ok ? kept.value.frames.flatMap((frame) => [parseObservation(frame)]) : [];
    const acts = parsed.flatMap((one) => (one.ok ? [one.value.observation] : [])).slice(5);
    expect(acts.map(({ lineage }) => [lineage.sequence, lineage.prev])).toEqual([
      [2, presence[1]?.id],
      [3, acts[0]?.id],
      [4, acts[1]?.id],
    ]);
    const numbers = JSON.parse(readFileSync(receiver.state, "utf8")) as Readonly<Record<string, number>>;
    expect(Object.entries(numbers)).toEqual([[expect.stringMatching(/^[0-9a-f]{64} office$/), 1]]);
    expect(await run(exchangeReceipt, [receipt], {})).toMatchObject({
      exit: 0,
      out: { sequence: 1, admittedCount: 2, refused: 0 },
    });
    expect((await run(exchangeImport, [sender.file], { ...receiver, identity: importer })).out.code).toBe(
      "EXCHANGE_REPLAYED",
    );
    // Back to the office goes what the plant said: neither the office's own word nor the acts of taking that in.
    const back = { history: receiver.history, policy: sender.policy, for: "office", file: path("back.drop") };
    const { out } = await run(exchangeExport, [], { ...back, identity: importer, sequence: "1" });
    const denied = (out.denied as readonly { readonly code: string }[]).map(({ code }) => code);
    expect([out.released, denied]).toEqual([3, Array(5).fill("RELEASE_ORIGIN")]);
  });

  it("lets nothing out by default, and only what the other side still wants", async () => {
    const closed = world("closed", {});
    expect((await run(exchangeExport, [], { ...closed.sender, sequence: "1" })).out).toMatchObject({ released: 0 });
    const open = world("open", { classes: ["stock"] });
    const held = write("open-held.json", writeFramesFile(framesOf(open.facts.slice(0, 1), "plant")));
    const want = await run(exchangeWant, [], { history: held });
    const since = write("open-want.json", want.out);
    expect((await run(exchangeExport, [], { ...open.sender, sequence: "1", since })).out).toMatchObject({
      released: 1,
      prerequisites: [],
    });
  });

  it("is refused where one byte of it, its number, its address or its reviews are not as they must be", async () => {
    const { sender, receiver, reviewer } = world("checked", { classes: ["stock"], reviewers: 1 });
    const code = async (flags: Readonly<Record<string, string>> = {}) =>
      (await run(exchangeVerify, [sender.file], { ...receiver, ...flags })).out.code;
    await run(exchangeExport, [], { ...sender, sequence: "2" });
    expect(await code()).toBe("EXCHANGE_UNREVIEWED");
    await run(exchangeReview, [sender.file], { identity: sender.identity });
    expect(await code()).toBe("EXCHANGE_UNREVIEWED");
    await run(exchangeReview, [sender.file], { identity: reviewer });
    expect(await code()).toBe("SEQUENCE_GAP");
    await run(exchangeExport, [], { ...sender, for: "depot", sequence: "1" });
    expect(await code()).toBe("EXCHANGE_ADDRESS");
    await run(exchangeExport, [], { ...sender, sequence: "1" });
    await run(exchangeReview, [sender.file], { identity: reviewer });
    expect(await code()).toBeUndefined();
    const sound = JSON.parse(readFileSync(sender.file, "utf8")) as { frames: string[]; denied: Json[] };
    write("checked.drop", { ...sound, frames: sound.frames.slice(1) });
    expect(await code()).toBe("EXCHANGE_ALTERED");
    write("checked.drop", { ...sound, denied: [] });
    expect(await code()).toBe("EXCHANGE_ALTERED");
    const edited = [...(sound.frames[0] as string)]
      .map((letter, at) => (at === 900 ? (letter === "A" ? "B" : "A") : letter))
      .join("");
    write("checked.drop", { ...sound, frames: [edited, ...sound.frames.slice(1)] });
    expect(await code()).toBe("EXCHANGE_ALTERED");
  });

  it("is taken in by nobody whom the history does not prove in both meshes", async () => {
    const { sender, receiver, importer, plant } = world("unproven", { classes: ["stock"] });
    await run(exchangeExport, [], { ...sender, sequence: "1" });
    const bare = write("unproven-bare.json", writeFramesFile(framesOf([plant.voice("ops").fact("valve", "open")])));
    const stranger = { ...receiver, history: bare, identity: importer };
    for (const command of [exchangeVerify, exchangeImport])
      expect(await run(command, [sender.file], stranger)).toMatchObject({ exit: 5, out: { code: "AGENT_UNPROVEN" } });
    expect(existsSync(receiver.state)).toBe(false);
    expect((await run(exchangeImport, [sender.file], receiver)).exit).toBe(64);
    expect((await run(exchangeImport, [sender.file], { ...receiver, identity: importer })).exit).toBe(0);
  });

  it("is signed for with what it says of authority, which is kept once", async () => {
    const { sender, receiver, importer, plant, office, facts, presence } = world("authority", { classes: ["stock"] });
    const [first, ...more] = revocationsBy(office.root, "office", 3).map(toBase64) as [string, ...string[]];
    const history = (name: string, frames: Parameters<typeof framesOf>[0], statements: readonly string[]) =>
      write(name, { ...writeFramesFile(framesOf(frames, null)), statements });
    await run(exchangeExport, [], { ...sender, history: history("a1.json", facts, [first]), sequence: "1" });
    const sound = JSON.parse(readFileSync(sender.file, "utf8")) as { readonly statements: readonly string[] };
    expect(sound.statements).toEqual([first]);
    for (const statements of [[], [first, more[0]], [more[0]]]) {
      write("authority.drop", { ...sound, statements });
      expect((await run(exchangeVerify, [sender.file], receiver)).out.code).toBe("EXCHANGE_ALTERED");
    }
    write("authority.drop", sound);
    const own = [plant.voice("ops").fact("valve", "open"), ...presence];
    const held = history("a2.json", own, more);
    const taken = await run(exchangeImport, [sender.file], { ...receiver, history: held, identity: importer });
    expect(taken.exit).toBe(0);
    const kept = () => (JSON.parse(readFileSync(held, "utf8")) as typeof sound).statements;
    expect(kept()).toEqual([...more, first]);
    await run(exchangeExport, [], { ...sender, history: history("a1.json", facts, [first]), sequence: "2" });
    expect((await run(exchangeImport, [sender.file], { ...receiver, history: held, identity: importer })).exit).toBe(0);
    expect(kept()).toEqual([...more, first]);
  });

  it("is stopped as a whole above the limit of divergence, and waits for what it cites", async () => {
    const { sender, receiver, importer, plant, office, presence } = world("stopped", { classes: ["stock"] });
    const strict = agreedMeshes({ divergenceLimit: { num: 1, den: 2 } });
    const agreement = write("strict.json", writeFramesFile(framesOf(strict.signed)));
    const shut = write(
      "shut.json",
      writeFramesFile(framesOf([plant.voice("ops").fact("valve", "shut"), ...presence], "plant")),
    );
    await run(exchangeExport, [], { ...sender, sequence: "1" });
    const stopped = await run(exchangeImport, [sender.file], {
      ...receiver,
      agreement,
      history: shut,
      identity: importer,
    });
    expect(stopped).toMatchObject({ exit: 6, out: { admit: [], stopped: { code: "DIVERGENCE_OVER_LIMIT" } } });
    expect(existsSync(receiver.state)).toBe(false);
    const clerk = office.voice("clerk");
    const [first, second] = [clerk.fact("valve", "open"), clerk.fact("valve", "open", { at: TRUE_START + 9_000 })];
    const history = write("later.json", writeFramesFile(framesOf([second], "office")));
    await run(exchangeExport, [], { ...sender, history, sequence: "1" });
    const waiting = await run(exchangeVerify, [sender.file], receiver);
    expect(waiting).toMatchObject({
      exit: 3,
      out: { ok: false, admit: [], hold: [{ id: second.id, missing: [first.id] }] },
    });
  });
});
