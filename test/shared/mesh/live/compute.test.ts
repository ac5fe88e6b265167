// What a boundary agent computes and may say: one record on both sides, before an import and after; nothing by whoever is not proven; the
// origin innermost however many meshes a fact has come through.
import { describe, expect, it } from "vitest";
import { toHex } from "../../../../shared/bytes.ts";
import type { Json } from "../../../../shared/cbor/json.ts";
import { actsFor, type Computed, computePair, takenBy, takingFor } from "../../../../shared/mesh/live/compute.ts";
import { worldOf } from "../../../../shared/mesh/live/world.ts";
import { openTrusts } from "../../../../shared/mesh/signed/open.ts";
import type { VerifiedObservation } from "../../../../shared/observation/observation.ts";
import { MINUTE, TRUE_START } from "../../../support/meshes.ts";
import { agreedMeshes, framesOf, TestMesh, type Voice } from "../../../support/signed-meshes.ts";

const LENIENT = { divergenceLimit: { num: 2, den: 1 } };

/** A plant and an office that have agreed, and a gate that stands in both. */
function world(terms: { readonly [key: string]: Json } = {}) {
  const meshes = agreedMeshes({ ...LENIENT, ...terms });
  const { plant, office, signed } = meshes;
  const [ops, clerk] = [plant.voice("ops"), office.voice("clerk")];
  const said = [ops.fact("valve", "open"), clerk.fact("valve", "shut"), clerk.fact("invoice", 7)];
  const gates = [plant.voice("gate"), office.voice("gate")] as const;
  const presences = gates.map((gate) => gate.declare("boundary", {}, TRUE_START - MINUTE));
  return { ...meshes, ops, clerk, gates, presences, said, all: [...signed, ...said, ...presences] };
}

async function computed(
  statements: readonly VerifiedObservation[],
  pair: readonly [TestMesh, TestMesh],
  authority: readonly Uint8Array[] = [],
): Promise<Computed> {
  const names = [pair[0].name, pair[1].name] as const;
  const result = await computePair({ statements, authority }, names, pair[0].trust(), false);
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.detail)}`);
  return result.value;
}

const keyOf = ({ signer }: Voice) => toHex(signer.key);

/** What an agent says of all that it may take. */
function taken(of: Computed, gate: Voice): readonly VerifiedObservation[] {
  const taking = takingFor(of, keyOf(gate));
  if (!taking.ok) throw new Error(taking.fault.code);
  return actsFor(of, taking.value).map(({ content }) => gate.declare("import", content));
}

describe("a reconciliation by agents", () => {
  it("has one digest on both sides, in whatever order things came, and the same once each has imported", async () => {
    const { plant, office, all, gates } = world();
    const here = await computed(all, [plant, office]);
    const there = await computed([...all].reverse(), [office, plant]);
    expect(there.result.digest).toBe(here.result.digest);
    const acts = [...taken(here, gates[0]), ...taken(there, gates[1])];
    expect(acts).toHaveLength(3);
    const after = await computed([...all, ...acts], [plant, office]);
    expect(after.result.digest).toBe(here.result.digest);
    expect([...takenBy([...all, ...acts], "plant", keyOf(gates[0]))].sort()).toEqual(
      here.view.imports.map(({ fact }) => fact.id).sort(),
    );
    expect(here.report.withheld).toEqual({ gaps: [], stubs: [] });
  });

  it("is carried by nobody who is proven in one mesh only, or was revoked in either", async () => {
    const { plant, office, all, gates, presences } = world();
    const half = await computed(
      all.filter(({ id }) => id !== presences[1]?.id),
      [plant, office],
    );
    expect(takingFor(half, keyOf(gates[0]))).toMatchObject({
      fault: { code: "AGENT_UNPROVEN", detail: { missing: "office" } },
    });
    const revoked = await computed(all, [plant, office], [await office.revoke(gates[1], TRUE_START - 2 * MINUTE)]);
    expect(takingFor(revoked, keyOf(gates[0]))).toMatchObject({ fault: { code: "AGENT_UNPROVEN" } });
    const whole = takingFor(await computed(all, [plant, office]), keyOf(gates[0]));
    expect(whole.ok && whole.value.imports).toHaveLength(2);
  });

  it("leaves aside what its agent's credential does not cover, and names it", async () => {
    const { plant, office, all, clerk } = world({ classes: { stock: "sharable", orders: "sharable" } });
    const order = clerk.fact("order", 1, { class: "orders" });
    const porters = [plant, office].map((mesh) => mesh.voice("porter", { classes: ["stock"] })) as [Voice, Voice];
    const presences = porters.map((voice) => voice.declare("boundary", {}, TRUE_START - MINUTE));
    const taking = takingFor(await computed([...all, order, ...presences], [plant, office]), keyOf(porters[0]));
    expect(taking.ok && taking.value.imports).toHaveLength(2);
    expect(taking.ok && taking.value.refused).toMatchObject([{ id: order.id, fault: { code: "AGENT_CLASS" } }]);
  });
});

describe("a fact that has come through another mesh", () => {
  /** A depot's fact, taken into the office, that the plant may or may not take from there. */
  async function passedOn(onward: boolean) {
    const depot = new TestMesh("depot");
    const rootsOf = (mesh: TestMesh) => ({ [mesh.name]: toHex(mesh.root.key) });
    const roots = {
      plant: rootsOf(new TestMesh("plant")),
      office: rootsOf(new TestMesh("office")),
      depot: rootsOf(depot),
    };
    const base = world({ roots, classes: { stock: { disposition: "sharable", onward } } });
    const { office, plant, all } = base;
    const far = {
      meshes: ["office", "depot"],
      classes: { stock: "sharable" },
      ...LENIENT,
      arbitration: { rule: "authority" },
      roots,
    };
    const boards = [office, depot].map((mesh) => mesh.voice("council").declare("agreement", far, TRUE_START - MINUTE));
    const carriers = [office, depot].map((mesh) => mesh.voice("carrier")) as [Voice, Voice];
    const presences = carriers.map((voice) => voice.declare("boundary", {}, TRUE_START - MINUTE));
    const keeper = depot.voice("keeper");
    const origin = keeper.fact("pump", "on");
    const stock = keeper.fact("invoice", 7);
    const held = [...all, ...boards, ...presences, origin, stock];
    const acts = taken(await computed(held, [office, depot]), carriers[0]);
    return { ...base, depot, origin, held: [...held, ...acts], acts, plant };
  }
  async function seenIn(mesh: TestMesh, statements: readonly VerifiedObservation[]) {
    const agreements = statements.filter(({ body }) => body.kind === "declaration" && body.type === "agreement");
    const trusts = await openTrusts(mesh.trust(), framesOf(agreements), []);
    if (!trusts.ok) throw new Error(trusts.fault.code);
    return worldOf(statements, mesh.name, trusts.value, TRUE_START).subjects;
  }

  it("keeps its origin innermost, with every act shown, and is gone from view where an act is stripped of it", async () => {
    const { plant, office, origin, held, gates } = await passedOn(true);
    const acts = taken(await computed(held, [plant, office]), gates[0]);
    const all = [...held, ...acts];
    const pump = (await seenIn(plant, all)).find(({ subject }) => subject === "pump");
    expect(pump?.values[0]?.by[0]).toMatchObject({ id: origin.id, origin: "depot", authority: "depot/keeper" });
    expect(pump?.values[0]?.by[0]?.imports).toHaveLength(2);
    const flattened = all.filter(({ id }) => id !== origin.id);
    expect((await seenIn(plant, flattened)).map(({ subject }) => subject)).not.toContain("pump");
  });

  it("is not passed on unless onward sharing is agreed", async () => {
    const { plant, office, origin, held } = await passedOn(false);
    const { view } = await computed(held, [plant, office]);
    expect(view.imports.map(({ fact }) => fact.id)).not.toContain(origin.id);
    expect(view.refused.find(({ id }) => id === origin.id)?.fault.code).toBe("ONWARD_DENIED");
  });

  it("that returns to where it was said is recognised, and taken by nobody", async () => {
    const { depot, office, held } = await passedOn(true);
    const { view } = await computed(held, [depot, office]);
    expect(view.imports.map(({ fact }) => fact.origin)).not.toContain("depot");
  });
});
