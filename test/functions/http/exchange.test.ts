// Files carried between a plant and an office whose agents share no wire: let out, verified, taken in and receipted over HTTP and by the command
// line, and stopped whole where a file is missing or the two are too far apart.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { toBase64 } from "../../../shared/bytes.ts";
import type { Json } from "../../../shared/cbor/json.ts";
import type { Imported, ShownExchanges } from "../../../shared/mesh/exchange/told.ts";
import type { AgentHere } from "../../support/agent-here.ts";
import { agentOf, apartAgents, approvedAt, ask, sayFacts, slowly } from "../../support/apart-agents.ts";
import { run } from "../../support/command.ts";
import { quickSigner } from "../../support/recipes.ts";
import { revocationsBy } from "../../support/signed-meshes.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-files-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = (name: string) => join(folder, name);

let plant: AgentHere;
let office: AgentHere;
const at = (side: AgentHere, mesh = side === plant ? "plant" : "office") => {
  const url = side === plant ? "http://plant" : "http://office";
  return ["--url", url, "--key", "a key for the tests", "--mesh", mesh];
};
const held = async (agent: AgentHere, mesh: string) =>
  (await ask<{ held: Readonly<Record<string, number>> }>(agent, `/v1/meshes/${mesh}`)).held;
const exchanged = (agent: AgentHere, mesh: string) => ask<ShownExchanges>(agent, `/v1/exchange/${mesh}`);

/** Lets the next file out of the plant. */
async function exported(name: string, ...more: readonly string[]) {
  const words = ["--for", "office", "--policy", { classes: ["stock"] }, "-f", path(name), ...more];
  const { exit, data } = await run("exchange", "export", ...at(plant), ...words);
  expect(exit).toBe(0);
  return data as { released: number; sequence: number; denied: readonly { code: string }[]; prerequisites: string[] };
}
const imported = async (name: string, ...more: readonly string[]) => {
  const { exit, data, refusal } = await run("exchange", "import", path(name), ...at(office), ...more);
  return { exit, data: data as Imported, code: refusal?.code };
};

beforeEach(async () => {
  ({ plant, office } = await apartAgents());
  vi.stubGlobal("fetch", (url: URL, init?: RequestInit) =>
    (url.hostname === "plant" ? plant : office).request(url.pathname + url.search, init),
  );
});
afterEach(() => vi.unstubAllGlobals());

describe("a file between two agents", () => {
  it("is imported exactly as its dry run said, and its receipt is carried back", async () => {
    await sayFacts(plant, "plant", ["valve", "open"], ["salaries", 7, "secret"], ["pump", "on"]);
    await sayFacts(office, "office", ["valve", "open"]);
    const made = await exported("one.json");
    expect(made.denied.map(({ code }) => code)).toContain("RELEASE_DENIED");
    expect(readFileSync(path("one.json"), "utf8")).not.toContain("salaries");
    const before = await held(office, "office");
    const verified = await run("exchange", "verify", path("one.json"), ...at(office));
    const dry = await imported("one.json", "--dry-run");
    expect(verified.data).toEqual(dry.data);
    expect([verified.exit, dry.exit, await held(office, "office")]).toEqual([0, 0, before]);
    expect(dry.data).toMatchObject({ ok: true, gateway: "acme/agent", sequence: 1, last: 0, refuse: [], hold: [] });
    const taken = await imported("one.json", "--receipt", path("receipt.json"));
    expect(taken.exit).toBe(0);
    const { receipt: _, written, ...told } = taken.data;
    expect(told).toEqual(dry.data);
    expect(written?.imports).toBe(2);
    expect((await held(office, "office")).import).toBe(2);
    const { subjects } = await ask<{
      subjects: readonly { subject: string; values: readonly { by: readonly { origin: string }[] }[] }[];
    }>(office, "/v1/meshes/office");
    expect(
      subjects.map(({ subject, values }) => [subject, values.flatMap(({ by }) => by.map(({ origin }) => origin))]),
    ).toEqual([
      ["pump", ["plant"]],
      ["valve", expect.arrayContaining(["plant", "office"])],
    ]);
    expect((await exchanged(plant, "plant")).out).toMatchObject([
      { sequence: 1, to: "office", own: true, receipt: null },
    ]);
    expect((await run("exchange", "receipt", path("receipt.json"), ...at(plant))).data).toMatchObject({
      kept: { verdict: "admitted" },
    });
    expect((await exchanged(plant, "plant")).out).toMatchObject([
      { receipt: { by: "bolt/agent", admitted: 2, refused: 0 } },
    ]);
    expect((await exchanged(office, "office")).in).toMatchObject([
      {
        gateway: "acme/agent",
        from: "plant",
        last: 1,
        files: [{ sequence: 1, receipt: { admitted: 2 } }],
        early: [],
        missing: [],
      },
    ]);
    expect(await imported("one.json")).toMatchObject({ exit: 5, code: "EXCHANGE_REPLAYED" });
    expect((await held(office, "office")).import).toBe(2);
  });

  it("that leaves out what the other side holds is compared by that all the same, and brings the rest alone", async () => {
    await sayFacts(office, "office", ["valve", "open"]);
    await sayFacts(plant, "plant", ["valve", "open"]);
    await exported("one.json");
    expect((await imported("one.json")).exit).toBe(0);
    await sayFacts(plant, "plant", ["pump", "on"]);
    const want = await run("exchange", "want", ...at(office));
    writeFileSync(path("want.json"), JSON.stringify(want.data));
    expect(await exported("two.json", "--since", path("want.json"))).toMatchObject({ released: 1, sequence: 2 });
    const dry = await imported("two.json", "--dry-run");
    const taken = await imported("two.json");
    expect([taken.exit, taken.code]).toEqual([0, undefined]);
    expect(taken.data).toMatchObject({ ...dry.data, refuse: [], divergence: { comparable: 1 } });
    expect(taken.data.admit).toHaveLength(1);
    // Said in contradiction of what was carried before: the file itself does not speak of it.
    await sayFacts(office, "office", ["valve", "shut"], ["fan", "on"]);
    await sayFacts(plant, "plant", ["lamp", "on"]);
    const since = await run("exchange", "want", ...at(office));
    writeFileSync(path("want.json"), JSON.stringify(since.data));
    await exported("three.json", "--since", path("want.json"));
    expect(await imported("three.json")).toMatchObject({
      exit: 6,
      data: { stopped: { code: "DIVERGENCE_OVER_LIMIT" } },
    });
  });

  it("that is missing stops the next with nothing merged, is listed, and is had once more under its number", async () => {
    await sayFacts(office, "office", ["valve", "open"]);
    await sayFacts(plant, "plant", ["valve", "open"]);
    await exported("one.json");
    await sayFacts(plant, "plant", ["pump", "on"]);
    expect(await exported("two.json")).toMatchObject({ sequence: 2 });
    const before = await held(office, "office");
    for (const dry of [["--dry-run"], []] as const) {
      expect(await imported("two.json", ...dry)).toMatchObject({ exit: 6, code: "SEQUENCE_GAP" });
      expect(await held(office, "office")).toEqual(before);
    }
    expect((await exchanged(office, "office")).in).toMatchObject([
      { last: 0, early: [2], missing: [[1, 1]], files: [] },
    ]);
    const [, first] = (await exchanged(plant, "plant")).out;
    const again = await ask<object>(plant, `/v1/exchange/plant/files/${first?.manifest}`);
    expect(again).toEqual(JSON.parse(readFileSync(path("one.json"), "utf8")));
    // Brought at once they are judged one after the other, though the first waits for news.
    slowly(office);
    const both = await Promise.all([imported("one.json"), imported("two.json")]);
    expect(both.map(({ exit }) => exit)).toEqual([0, 0]);
    expect((await exchanged(office, "office")).in).toMatchObject([{ last: 2, early: [], missing: [] }]);
    const told = await run("exchange", "list", ...at(office));
    expect(told.exit).toBe(0);
    expect(await ask(plant, "/v1/exchange/plant/files/none")).toMatchObject({ code: "NOT_FOUND" });
  });

  it("too far from what is held stops the import with nothing merged, until a ceremony decides on that record", async () => {
    await sayFacts(plant, "plant", ["valve", "open"]);
    await sayFacts(office, "office", ["valve", "shut"]);
    await exported("far.json");
    const before = await held(office, "office");
    const stopped = await imported("far.json");
    expect(stopped).toMatchObject({ exit: 6, data: { admit: [], stopped: { code: "DIVERGENCE_OVER_LIMIT" } } });
    expect(stopped.data).toEqual((await imported("far.json", "--dry-run")).data);
    expect([await held(office, "office"), (await exchanged(office, "office")).in]).toEqual([before, []]);
    const mesh = await ask<{ reconciliations: readonly object[] }>(office, "/v1/meshes/office");
    expect(mesh.reconciliations).toMatchObject([
      { with: "plant", state: "pending", stopped: { code: "DIVERGENCE_OVER_LIMIT" } },
    ]);
    const decided = await decision(stopped.data.digest);
    expect(await imported("far.json", "--ceremony", await decision("0".repeat(64)))).toMatchObject({
      exit: 8,
      code: "MERGE_UNDECIDED",
    });
    const merged = await imported("far.json", "--ceremony", decided);
    expect(merged).toMatchObject({ exit: 0, data: { written: { imports: 1 } } });
    expect((await held(office, "office")).import).toBe(1);
    const { subjects } = await ask<{ subjects: readonly { resolution: object }[] }>(office, "/v1/meshes/office");
    expect(subjects).toMatchObject([{ subject: "valve", resolution: { state: "resolved", ceremony: decided } }]);
  });

  it("leaves out what the other side holds, and tells which of that is missing where it is not there", async () => {
    await sayFacts(office, "office", ["valve", "open"]);
    await sayFacts(plant, "plant", ["valve", "open"]);
    const { frames } = await ask<{ frames: readonly string[] }>(plant, "/v1/meshes/plant/statements");
    const want = await run("exchange", "want", ...at(plant));
    writeFileSync(path("want.json"), JSON.stringify(want.data));
    const said = await sayFacts(plant, "plant", ["valve", "open"]);
    // The office never had the fact before: it is cited, and the file leaves it out as wanted by nobody.
    const made = await exported("one.json", "--since", path("want.json"));
    expect([made.released, made.prerequisites.length]).toEqual([1, 1]);
    const told = await run("exchange", "verify", path("one.json"), ...at(office));
    const missing = made.prerequisites;
    expect(told).toMatchObject({
      exit: 3,
      data: { ok: false, prerequisites: { needed: 1, missing }, admit: [], hold: [{ id: said.ids[0], missing }] },
    });
    expect(told.text).toContain(`missing ${missing[0]}`);
    const file = { format: "quorate-frames/1", mesh: "plant", frames };
    await ask(office, "/v1/meshes/office/statements", file);
    expect(await run("exchange", "verify", path("one.json"), ...at(office))).toMatchObject({
      exit: 0,
      data: { ok: true, prerequisites: { needed: 1, missing: [] }, admit: said.ids, hold: [] },
    });
  });

  it("goes on with the same numbers at agents that are built again from their statements", async () => {
    await sayFacts(office, "office", ["valve", "open"]);
    await sayFacts(plant, "plant", ["valve", "open"]);
    await exported("one.json");
    await imported("one.json");
    for (const mesh of ["plant", "office"] as const) {
      const agent = mesh === "plant" ? plant : office;
      const bare = agentOf(mesh);
      await ask(bare, `/v1/meshes/${mesh}/statements`, await ask<object>(agent, `/v1/meshes/${mesh}/statements`));
      if (mesh === "plant") plant = bare;
      else office = bare;
    }
    expect(await imported("one.json")).toMatchObject({ exit: 5, code: "EXCHANGE_REPLAYED" });
    expect((await exchanged(office, "office")).in).toMatchObject([{ last: 1, missing: [] }]);
    expect(await exported("two.json")).toMatchObject({ sequence: 2 });
    expect(await imported("two.json")).toMatchObject({ exit: 0, data: { written: { imports: 0 } } });
  });

  it("brings what it says of authority once, and nobody brings more than there is room for", async () => {
    const [first, ...more] = revocationsBy(quickSigner(), "plant", 1_026).map(toBase64) as [string, ...string[]];
    const bring = (agent: AgentHere, mesh: string, statements: readonly string[], frames: readonly string[] = []) =>
      ask<object>(agent, `/v1/meshes/${mesh}/statements`, { format: "quorate-frames/1", mesh, frames, statements });
    const known = async (agent: AgentHere, mesh: string) =>
      (await ask<{ statements: readonly string[] }>(agent, `/v1/meshes/${mesh}/statements`)).statements;
    expect(await bring(plant, "plant", [first])).toEqual({ answers: [] });
    await sayFacts(office, "office", ["valve", "open"]);
    await sayFacts(plant, "plant", ["valve", "open"]);
    await exported("one.json");
    // Known by its manifest: what the agent learned since is in no copy of it.
    await bring(plant, "plant", more.slice(0, 2));
    const [file] = (await exchanged(plant, "plant")).out;
    const again = await ask<object>(plant, `/v1/exchange/plant/files/${file?.manifest}`);
    expect(again).toEqual(JSON.parse(readFileSync(path("one.json"), "utf8")));
    expect((await imported("one.json")).exit).toBe(0);
    expect(await known(office, "office")).toEqual([first]);
    await bring(office, "office", more.slice(0, 1_024));
    const full = await known(office, "office");
    expect(full).toHaveLength(1_025);
    const { frames } = await ask<{ frames: readonly string[] }>(plant, "/v1/meshes/plant/statements");
    const before = await held(office, "office");
    expect(await bring(office, "office", more.slice(1_000), frames)).toMatchObject({ code: "AUTHORITY_FULL" });
    expect([await known(office, "office"), await held(office, "office")]).toEqual([full, before]);
    // Beyond what one file holds nothing can be signed for.
    const { code } = await ask(office, "/v1/exchange/office/files", { to: "plant", policy: { classes: ["stock"] } });
    expect(code).toBe("AUTHORITY_FULL");
  });

  it("is refused whole where it was altered, is for another mesh, or the two are apart on purpose", async () => {
    await sayFacts(office, "office", ["valve", "open"]);
    await sayFacts(plant, "plant", ["valve", "open"]);
    await exported("one.json");
    const before = await held(office, "office");
    const sound = JSON.parse(readFileSync(path("one.json"), "utf8")) as { frames: string[]; denied: Json[] };
    const altered = async (changes: object) => {
      writeFileSync(path("odd.json"), JSON.stringify({ ...sound, ...changes }));
      return (await imported("odd.json")).code;
    };
    expect(await altered({ frames: sound.frames.slice(1) })).toBe("EXCHANGE_ALTERED");
    expect(await altered({ denied: [...sound.denied, { id: "0".repeat(64), code: "RELEASE_DENIED" }] })).toBe(
      "EXCHANGE_ALTERED",
    );
    const spoilt = Buffer.from(sound.frames[0] as string, "base64");
    spoilt[spoilt.length - 40] = (spoilt[spoilt.length - 40] as number) ^ 1; // within the signature, which no id covers
    expect(await altered({ frames: [spoilt.toString("base64"), ...sound.frames.slice(1)] })).toBe("EXCHANGE_ALTERED");
    expect(await altered({ manifest: sound.frames[0] })).toBe("EXCHANGE_UNSIGNED");
    expect(await altered({ manifest: "AA==" })).toMatch(/^(FRAME|COSE|CBOR)_/);
    expect(await altered({ format: "other" })).toBe("MESH_DOCUMENT_INVALID");
    expect((await imported("one.json", "--mesh", "plant")).code).toBe("EXCHANGE_ADDRESS");
    expect((await imported("one.json", "--mesh", "nowhere")).code).toBe("MESH_ABSENT");
    expect(await held(office, "office")).toEqual(before);
    expect(await ask(plant, "/v1/exchange/plant/files", { to: "plant", policy: {} })).toMatchObject({
      code: "BODY_INVALID",
    });
    await ask(office, "/v1/meshes/office/disconnection", { with: "plant", reason: "scheduled", condition: "the move" });
    const apart = await held(office, "office");
    expect((await imported("one.json")).code).toBe("MESH_APART");
    expect((await imported("one.json", "--dry-run")).code).toBe("MESH_APART");
    expect(await held(office, "office")).toEqual(apart);
  });
});

/** A ceremony of one, final at once, that approved a record. */
const decision = (digest: string) => approvedAt(office, "bolt", { reconciliation: digest });
