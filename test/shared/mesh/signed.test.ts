// Signed files: the same reconciliation from frames that passed the door. Nothing edited, unsigned, unrecognised or revoked gets through.
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import { reconcile } from "../../../shared/mesh/reconcile.ts";
import { contentId } from "../../../shared/mesh/signed/declared.ts";
import type { FramesFile } from "../../../shared/mesh/signed/frames-file.ts";
import { MINUTE, TRUE_START } from "../../support/meshes.ts";
import {
  agreedMeshes,
  contentOf,
  framesOf,
  openedScene,
  type SignedFiles,
  TestMesh,
} from "../../support/signed-meshes.ts";

async function outcome(files: SignedFiles) {
  const opened = await openedScene(files);
  if (!opened.ok) throw new Error(`${opened.fault.code} ${JSON.stringify(opened.fault.detail)}`);
  const { scene, refused, imports } = opened.value;
  const result = reconcile(scene);
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.detail)}`);
  const [view] = result.value.views.filter(({ mesh }) => mesh === files.trust.mesh);
  const told = [...refused, ...result.value.unusable, ...(view?.refused ?? [])];
  const codes = Object.fromEntries(told.map(({ id, fault }) => [id, fault.code]));
  return { ...result.value, scene, view, codes, acts: imports };
}

async function refusal(files: SignedFiles) {
  const opened = await openedScene(files);
  const result = opened.ok ? reconcile(opened.value.scene) : opened;
  return result.ok ? null : result.fault;
}

/** Both meshes speak of one valve, and the office of one more thing. */
function world(terms: { readonly [key: string]: Json } = {}) {
  const meshes = agreedMeshes(terms);
  const { plant, office, signed } = meshes;
  const [ops, clerk] = [plant.voice("ops"), office.voice("clerk")];
  const own = [ops.fact("valve", "open")];
  const others = [clerk.fact("valve", "shut"), clerk.fact("invoice", 7)];
  const files: SignedFiles = {
    agreement: framesOf(signed),
    ours: framesOf(own),
    theirs: framesOf(others),
    trust: plant.trust(),
  };
  const mirrored: SignedFiles = { ...files, ours: files.theirs, theirs: files.ours, trust: office.trust() };
  return { ...meshes, ops, clerk, own, others, files, mirrored };
}

const both = { divergenceLimit: { num: 2, den: 1 } };

describe("signed histories", () => {
  it("are reconciled alike on both sides, each under its own trust", async () => {
    const { files, mirrored, own, others } = world(both);
    const [here, there] = [await outcome(files), await outcome(mirrored)];
    expect(here.digest).toBe(there.digest);
    expect(here.conflicts[0]?.ruling.winner).toBe(own[0]?.id);
    expect(here.view?.imports.map(({ fact }) => fact.id).sort()).toEqual(others.map(({ id }) => id).sort());
    expect(there.view?.imports.map(({ fact }) => [fact.origin, fact.authority])).toEqual([["plant", "plant/ops"]]);
  });

  it("lose a statement in which one byte was edited, and no other, wherever the byte is", async () => {
    const { files, others } = world(both);
    const [sound, victim] = others.map(({ frame }) => frame) as [Uint8Array, Uint8Array];
    for (let at = 3; at < victim.length; at += 41) {
      const edited = victim.map((byte, index) => (index === at ? byte ^ 1 : byte));
      const { view, codes } = await outcome({ ...files, theirs: { ...files.theirs, frames: [sound, edited] } });
      expect(view?.imports.map(({ fact }) => fact.id)).toEqual([others[0]?.id]);
      expect(Object.values(codes)).toHaveLength(1);
    }
  });

  it("take no fact from a revoked authority, and none of a root that the agreement does not name", async () => {
    const { files, office, clerk, others } = world(both);
    const revocation = await office.revoke(clerk, TRUE_START - MINUTE);
    const revoked = await outcome({ ...files, theirs: { ...files.theirs, statements: [revocation] } });
    expect(revoked.codes).toEqual(Object.fromEntries(others.map(({ id }) => [id, "CREDENTIAL_REVOKED"])));
    const stranger = new TestMesh("office-2").voice("clerk").fact("valve", "shut");
    const impostor = await outcome({ ...files, theirs: framesOf([stranger, ...others]) });
    expect(impostor.codes).toEqual({ [stranger.id]: "MESH_UNKNOWN" });
  });

  it("cannot be told under another mesh's or authority's name", async () => {
    const { files, plant } = world(both);
    const other = plant.voice("ops", { subject: "office/clerk" }).fact("valve", "ajar");
    const { scene } = await outcome({ ...files, ours: framesOf([other]) });
    expect(scene.histories[0].facts[0]).toMatchObject({ origin: "plant", authority: "plant/office/clerk" });
  });
});

describe("a signed agreement", () => {
  it("binds once every side has signed the same terms, and not before", async () => {
    const { files, signed, boards, agreement } = world();
    expect((await refusal({ ...files, agreement: framesOf(signed.slice(0, 1)) }))?.code).toBe("AGREEMENT_UNSIGNED");
    const other = boards[1].declare("agreement", { ...(agreement as object), hops: 0 });
    expect(await refusal({ ...files, agreement: framesOf([signed[0] as never, other]) })).toMatchObject({
      code: "AGREEMENT_UNSIGNED",
    });
  });

  it("is amended by both sides only", async () => {
    const { files, signed, boards, agreement } = world(both);
    const replaces = contentId(contentOf(agreement));
    const amended = { ...(agreement as object), classes: { stock: "excluded" }, replaces };
    const [one, two] = boards.map((board) => board.declare("agreement", amended)) as never as [never, never];
    const alone = await outcome({ ...files, agreement: framesOf([...signed, one]) });
    expect(alone.view?.imports).toHaveLength(2);
    const jointly = await outcome({ ...files, agreement: framesOf([...signed, one, two]) });
    expect(Object.values(jointly.codes)).toEqual(["CLASS_EXCLUDED", "CLASS_EXCLUDED"]);
  });

  it("contradicts another that both sides signed", async () => {
    const { files, signed, boards, agreement } = world();
    const rival = boards.map((board) => board.declare("agreement", { ...(agreement as object), hops: 0 }));
    expect((await refusal({ ...files, agreement: framesOf([...signed, ...rival]) }))?.code).toBe(
      "AGREEMENT_CONTRADICTORY",
    );
  });

  it("is suspended, resumed and terminated by either side, from an instant on", async () => {
    const { files, signed, boards, agreement } = world(both);
    const named = contentId(contentOf(agreement));
    const step = (type: string, from: number) => boards[1].declare(type, { agreement: named, from });
    const code = async (steps: readonly ReturnType<typeof step>[], at: number) =>
      (await refusal({ ...files, agreement: framesOf([...signed, ...steps]), at }))?.code;
    const suspended = step("suspension", TRUE_START + MINUTE);
    const resumed = step("resumption", TRUE_START + 2 * MINUTE);
    expect(await code([suspended], TRUE_START + MINUTE - 1)).toBeUndefined();
    expect(await code([suspended], TRUE_START + MINUTE)).toBe("AGREEMENT_SUSPENDED");
    expect(await code([suspended, resumed], TRUE_START + 2 * MINUTE)).toBeUndefined();
    expect(await code([step("termination", TRUE_START)], TRUE_START)).toBe("AGREEMENT_TERMINATED");
  });

  it("is not signed by whoever lacks the role", async () => {
    const { files, office, agreement, signed } = world();
    const clerk = office.voice("clerk", { roles: ["clerk"] }).declare("agreement", agreement);
    expect((await refusal({ ...files, agreement: framesOf([signed[0] as never, clerk]) }))?.code).toBe(
      "AGREEMENT_UNSIGNED",
    );
  });
});

describe("signed translators and alignments", () => {
  const translator = {
    id: "tr-1",
    from: "office",
    to: "plant",
    authorities: { "office/clerk": { as: "plant/ops", tierCap: 2 } },
  };
  const terms = { ...both, classes: { stock: "translation-only" } };

  it("count where the mesh that they lead into has signed them", async () => {
    const { files, office, plant, others } = world(terms);
    const from = (...voices: { declare(type: string, content: Json): never }[]) => [
      framesOf(voices.map((voice) => voice.declare("translator", translator))),
    ];
    const foreign = await outcome({ ...files, translators: from(office.voice("linguist") as never) });
    expect(foreign.codes).toMatchObject({
      "tr-1": "TRANSLATOR_UNRECOGNISED",
      [others[0]?.id as string]: "TRANSLATION_MISSING",
    });
    const own = await outcome({
      ...files,
      translators: from(plant.voice("linguist") as never, office.voice("linguist") as never),
    });
    expect(own.view?.imports.map(({ crossing }) => crossing.reading.authority)).toEqual(["plant/ops", "plant/ops"]);
    const unranked = await outcome({
      ...files,
      translators: from(plant.voice("porter", { roles: ["porter"] }) as never),
    });
    expect(Object.values(unranked.codes).sort()).toEqual([
      "ROLE_NOT_GRANTED",
      "TRANSLATION_MISSING",
      "TRANSLATION_MISSING",
    ]);
  });

  it("are withdrawn by either mesh, whoever the revocation names", async () => {
    const { files, office, plant, others } = world(terms);
    const signed = plant.voice("linguist").declare("translator", translator);
    const revocation = office
      .voice("linguist")
      .declare("translator-revocation", { revokes: "tr-1", by: "plant", after: TRUE_START });
    const { codes } = await outcome({ ...files, translators: [framesOf([signed, revocation])] });
    expect(codes).toMatchObject({ "tr-1": "TRANSLATION_REVOKED", [others[0]?.id as string]: "TRANSLATION_REVOKED" });
  });

  it("need a witness in each mesh for an alignment", async () => {
    const { files, office, plant } = world(both);
    const shared = [0, MINUTE].map((at) => ({
      from: [TRUE_START + at, TRUE_START + at],
      to: [TRUE_START + at, TRUE_START + at],
    }));
    const alignment = { id: "al-1", from: "plant-clock", to: "office-clock", shared };
    const [one, two] = [plant, office].map((mesh) =>
      mesh.voice("observatory").declare("alignment", alignment),
    ) as never as [never, never];
    expect((await refusal({ ...files, alignment: framesOf([one]) }))?.code).toBe("ALIGNMENT_UNWITNESSED");
    const aligned = await outcome({ ...files, alignment: framesOf([one, two]) });
    expect(aligned.timing.alignment?.id).toBe("al-1");
  });
});

describe("a fact that comes through another mesh", () => {
  /** A depot's fact, imported by the office through its agent, and read by the plant. */
  function passedOn() {
    const depot = new TestMesh("depot");
    const terms = { ...both, classes: { stock: { disposition: "sharable", onward: true } }, roots: {} };
    const roots = (mesh: TestMesh) => ({ [mesh.name]: Buffer.from(mesh.root.key).toString("hex") });
    const [plant, office] = [new TestMesh("plant"), new TestMesh("office")];
    const base = world({ ...terms, roots: { plant: roots(plant), office: roots(office), depot: roots(depot) } });
    const origin = depot.voice("keeper").fact("valve", "open");
    const agent = base.office.voice("gate");
    const presence = [agent, depot.voice("gate")].map((voice) =>
      voice.declare("boundary", { note: "gate" }, TRUE_START - MINUTE),
    );
    const act = (from: string, inner: string, tier = 2) =>
      agent.declare("import", {
        from,
        inner,
        agreement: "a",
        translators: [],
        as: "depot/keeper",
        tier,
        verdict: "admitted",
        record: null,
      });
    return { ...base, depot, origin, agent, presence, act };
  }
  const theirsOf = (mesh: string, frames: Parameters<typeof framesOf>[0]): FramesFile => framesOf(frames, mesh);

  it("keeps its origin and its signature, shows every act, and counts for no more than any let it", async () => {
    const { files, origin, presence, act, others } = passedOn();
    const taken = act("depot", origin.id);
    const { view, acts } = await outcome({
      ...files,
      theirs: theirsOf("office", [...others, origin, ...presence, taken]),
    });
    const item = view?.imports.find(({ fact }) => fact.id === origin.id);
    expect(item?.fact).toMatchObject({ origin: "depot", authority: "depot/keeper", cap: 2 });
    expect(acts.get(origin.id)?.map((unwrapped) => unwrapped.acts.map(({ mesh, from }) => [mesh, from]))).toEqual([
      [["office", "depot"]],
    ]);
  });

  it("is one fact however many agents import it, and none where nobody answers for it", async () => {
    const { files, origin, presence, act, others } = passedOn();
    const twice = [act("depot", origin.id), act("depot", origin.id, 1)];
    const { view, acts } = await outcome({
      ...files,
      theirs: theirsOf("office", [...others, origin, ...presence, ...twice]),
    });
    expect(view?.imports.filter(({ fact }) => fact.id === origin.id)).toHaveLength(1);
    expect(acts.get(origin.id)).toHaveLength(2);
    const bare = await outcome({ ...files, theirs: theirsOf("office", [...others, origin]) });
    expect(bare.codes).toEqual({ [origin.id]: "IMPORT_MISSING" });
  });

  it("is refused where its agent is proven on one side only, or was revoked on either", async () => {
    const { files, origin, presence, act, others, depot } = passedOn();
    const taken = act("depot", origin.id);
    const half = await outcome({
      ...files,
      theirs: theirsOf("office", [...others, origin, presence[0] as never, taken]),
    });
    expect(half.codes).toEqual({ [taken.id]: "AGENT_UNPROVEN", [origin.id]: "IMPORT_MISSING" });
    const gate = depot.voice("gate");
    gate.declare("boundary", { note: "gate" });
    const statements = [await depot.revoke(gate, TRUE_START - 2 * MINUTE)];
    const cut = await outcome({
      ...files,
      theirs: { ...theirsOf("office", [...others, origin, ...presence, taken]), statements },
    });
    expect(cut.codes).toMatchObject({
      [presence[1]?.id as string]: "CREDENTIAL_REVOKED",
      [taken.id]: "AGENT_UNPROVEN",
    });
  });

  it("is refused where the import misstates its origin, holds nothing, or is nested too deep", async () => {
    const { files, origin, presence, act, others } = passedOn();
    const lying = act("plant", origin.id);
    const hollow = act("depot", "0".repeat(64));
    const told = await outcome({
      ...files,
      theirs: theirsOf("office", [...others, ...presence, origin, lying, hollow]),
    });
    expect(told.codes).toMatchObject({
      [lying.id]: "IMPORT_ORIGIN",
      [hollow.id]: "IMPORT_HOLLOW",
      [origin.id]: "IMPORT_MISSING",
    });
    const chain = [act("depot", origin.id)];
    for (let depth = 0; depth < 4; depth++) chain.push(act("office", chain.at(-1)?.id as string));
    const deep = await outcome({ ...files, theirs: theirsOf("office", [...others, ...presence, origin, ...chain]) });
    expect(deep.codes).toMatchObject({ [chain.at(-1)?.id as string]: "IMPORT_NESTED" });
  });
});
