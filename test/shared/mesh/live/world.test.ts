// A mesh's view of the world: who says what and where it was said, what prevailed, and what becomes of it all when an agreement ends.
import { describe, expect, it } from "vitest";
import type { Json } from "../../../../shared/cbor/json.ts";
import { worldOf } from "../../../../shared/mesh/live/world.ts";
import { contentId } from "../../../../shared/mesh/signed/declared.ts";
import { openTrusts } from "../../../../shared/mesh/signed/open.ts";
import type { VerifiedObservation } from "../../../../shared/observation/observation.ts";
import { HOUR, MINUTE, TRUE_START } from "../../../support/meshes.ts";
import { agreedMeshes, contentOf, framesOf } from "../../../support/signed-meshes.ts";

const DIGEST = "d".repeat(64);

/** The plant has imported the office's word about its valve, by a translator of its own. */
function imported(terms: { readonly [key: string]: Json } = {}) {
  const meshes = agreedMeshes(terms);
  const { plant, office, signed, agreement } = meshes;
  const name = contentId(contentOf(agreement));
  const translator = {
    id: "tr-1",
    from: "office",
    to: "plant",
    authorities: { "office/clerk": { as: "plant/clerk", tierCap: 1 } },
    terms: { tap: { as: "valve" }, closed: { as: "shut", loss: "widened" } },
  };
  const [ops, clerk, gate] = [plant.voice("ops"), office.voice("clerk"), plant.voice("gate")];
  const declared = [plant.voice("linguist").declare("translator", translator, TRUE_START - MINUTE)];
  const presences = [gate, office.voice("gate")].map((voice) => voice.declare("boundary", {}, TRUE_START - MINUTE));
  const own = ops.fact("valve", "open");
  const foreign = clerk.fact("tap", "closed");
  const act = gate.declare("import", {
    from: "office",
    inner: foreign.id,
    agreement: name,
    translators: ["tr-1"],
    as: "plant/clerk",
    tier: 1,
    verdict: "admitted",
    record: DIGEST,
  });
  const record = gate.declare("reconciliation", {
    with: "office",
    agreement: name,
    verdict: "resolvable",
    digest: DIGEST,
    ceremony: null,
    settles: null,
    imported: 1,
    conflicts: [{ subject: "valve", winner: own.id, losers: [foreign.id], rule: "authority" }],
    conflicted: 1,
  });
  const all = [...signed, ...declared, ...presences, own, foreign, act, record];
  return { ...meshes, ops, clerk, gate, name, own, foreign, act, all };
}

type Scene = ReturnType<typeof imported>;

async function seen({ plant, signed }: Scene, statements: readonly VerifiedObservation[], at = TRUE_START + HOUR) {
  const trusts = await openTrusts(plant.trust(), framesOf(signed), []);
  if (!trusts.ok) throw new Error(trusts.fault.code);
  return worldOf(statements, "plant", trusts.value, at);
}

describe("a mesh's view", () => {
  it("shows every contending value with its origin, what was lost on its way, and which prevailed by which record", async () => {
    const scene = imported();
    const { subjects } = await seen(scene, scene.all);
    expect(subjects).toHaveLength(1);
    const [subject] = subjects;
    expect(subject?.resolution).toMatchObject({
      state: "resolved",
      winner: scene.own.id,
      losers: [scene.foreign.id],
      digest: DIGEST,
    });
    expect(subject?.values.find(({ value }) => value === "open")?.by).toMatchObject([
      { id: scene.own.id, origin: "plant", as: "plant/ops", imports: [], mark: null },
    ]);
    expect(subject?.values.find(({ value }) => value === "shut")?.by).toMatchObject([
      { id: scene.foreign.id, origin: "office", authority: "office/clerk", as: "plant/clerk" },
    ]);
    expect(await seen(scene, [...scene.all].reverse())).toEqual(await seen(scene, scene.all));
    const shut = subject?.values.find(({ value }) => value === "shut")?.by[0];
    expect([shut?.losses, shut?.imports]).toEqual([["closed widened"], [scene.act.id]]);
  });

  it("opens a resolution again once somebody stands by another word than those it was about", async () => {
    const scene = imported();
    const later = scene.plant.voice("watch").fact("valve", "half", { at: TRUE_START + MINUTE });
    const { subjects } = await seen(scene, [...scene.all, later]);
    expect(subjects[0]?.resolution?.state).toBe("reopened");
    const word = scene.ops.fact("valve", "shut", { at: TRUE_START + MINUTE });
    const settled = await seen(scene, [...scene.all, word]);
    expect(settled.subjects[0]?.values.map(({ value, corroborated }) => [value, corroborated])).toEqual([
      ["shut", true],
    ]);
  });

  it("shows nothing of another mesh that nobody imported", async () => {
    const scene = imported();
    const stray = scene.clerk.fact("invoice", 7);
    const { subjects } = await seen(scene, [...scene.all, stray]);
    expect(subjects.map(({ subject }) => subject)).toEqual(["valve"]);
  });
});

describe("facts whose agreement has ended", () => {
  const ended = async (fate: string, at = TRUE_START + HOUR) => {
    const scene = imported({ fate });
    const end = scene.boards[1].declare("termination", { agreement: scene.name, from: TRUE_START + MINUTE });
    return seen(scene, [...scene.all, end], at);
  };
  const marks = ({ subjects }: Awaited<ReturnType<typeof seen>>) =>
    subjects.flatMap(({ values }) => values.flatMap(({ by }) => by.map(({ origin, mark }) => [origin, mark]))).sort();

  it("keep a mark, are frozen, or leave the view, as it says, from that instant on", async () => {
    expect(marks(await ended("keep-with-mark", TRUE_START))).toEqual([
      ["office", null],
      ["plant", null],
    ]);
    expect(marks(await ended("keep-with-mark"))).toEqual([
      ["office", "keep-with-mark"],
      ["plant", null],
    ]);
    const frozen = await ended("freeze");
    expect(marks(frozen)).toEqual([
      ["office", "freeze"],
      ["plant", null],
    ]);
    expect(frozen.subjects[0]?.resolution).toBeNull();
    const dropped = await ended("drop-from-view");
    expect(marks(dropped)).toEqual([["plant", null]]);
    expect(dropped.dropped).toHaveLength(1);
  });
});
