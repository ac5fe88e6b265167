// Two meshes in plain documents, as the command line reads them: a plant and an office that have been apart.
import type { Json } from "../../shared/cbor/json.ts";
import { readScene } from "../../shared/mesh/documents/scene.ts";
import { type Reconciliation, reconcile, type Scene } from "../../shared/mesh/reconcile.ts";
import { type Report, reportOf } from "../../shared/mesh/report.ts";
import type { Fault } from "../../shared/result.ts";

export const SECOND = 1_000_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
/** An instant of true time, which no mesh knows. */
export const TRUE_START = 1_800_000_000 * SECOND;

/** A clock by what it reads at a moment of true time. */
export type Clock = (moment: number) => number;
export const trueClock: Clock = (moment) => moment;
export const clockOff =
  (offset: number, driftPpm: number): Clock =>
  (moment) =>
    Math.round(moment + offset + ((moment - TRUE_START) * driftPpm) / 1_000_000);

type PlainFact = { readonly [key: string]: Json };
export type PlainHistory = { readonly mesh: string; readonly frame: string; readonly facts: readonly PlainFact[] };
export type Documents = {
  readonly agreement: { readonly [key: string]: Json };
  readonly ours: PlainHistory & { readonly [key: string]: Json };
  readonly theirs: PlainHistory & { readonly [key: string]: Json };
  readonly translators?: readonly Json[];
  readonly alignment?: Json;
  readonly at?: number;
};

export const AGREEMENT = {
  meshes: ["plant", "office"],
  classes: { stock: "sharable" },
  divergenceLimit: { num: 1, den: 5 },
  arbitration: { rule: "authority" },
  tiers: { plant: { ops: 3 }, office: { clerk: 1 } },
} as const;

export function fact(id: string, changes: PlainFact = {}): PlainFact {
  return { id, subject: id, value: 1, at: [TRUE_START, TRUE_START + 1], authority: "ops", class: "stock", ...changes };
}

export const plant = (facts: readonly PlainFact[], more: PlainFact = {}) => ({
  mesh: "plant",
  frame: "plant-clock",
  facts,
  ...more,
});
export const office = (facts: readonly PlainFact[], more: PlainFact = {}) => ({
  mesh: "office",
  frame: "office-clock",
  facts: facts.map((each) => (each.authority === "ops" ? { ...each, authority: "clerk" } : each)),
  ...more,
});

/** Facts of both meshes on the same subjects, of which `conflicting` contradict each other. */
export function stocktaking(count: number, conflicting: number): Documents {
  const facts = (mesh: string, value: (index: number) => number) =>
    Array.from({ length: count }, (_, index) =>
      fact(`${mesh}-${index}`, { subject: `part-${index}`, value: value(index) }),
    );
  return {
    agreement: AGREEMENT,
    ours: plant(facts("plant", (index) => index)),
    theirs: office(facts("office", (index) => (index < conflicting ? -1 : index))),
  };
}

export const mirrored = (documents: Documents): Documents => ({
  ...documents,
  ours: documents.theirs,
  theirs: documents.ours,
});

/** An event that both meshes saw, each by its clock, to within `margin` either way. */
export function sharedEvent(moment: number, from: Clock, to: Clock, margin = 1_000): Json {
  const around = (reading: number) => [reading - margin, reading + margin];
  return { from: around(from(moment)), to: around(to(moment)) };
}

export function sceneOf(documents: Documents): Scene {
  const { agreement, ours, theirs, translators = [], alignment = null, at = null } = documents;
  const read = readScene({ agreement, ours, theirs, translators, alignment, at });
  if (!read.ok) throw new Error(`${read.fault.code} ${JSON.stringify(read.fault.detail)}`);
  return read.value.scene;
}

export function reconciled(documents: Documents): Reconciliation {
  const result = reconcile(sceneOf(documents));
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.detail)}`);
  return result.value;
}

/** What the first of the two meshes tells. */
export function reported(documents: Documents): Report {
  const scene = sceneOf(documents);
  const result = reconcile(scene);
  if (!result.ok) throw new Error(`${result.fault.code} ${JSON.stringify(result.fault.detail)}`);
  return reportOf(scene, result.value, documents.ours.mesh);
}

export function refusalOf(documents: Documents): Fault | null {
  const result = reconcile(sceneOf(documents));
  return result.ok ? null : result.fault;
}
