// A reconciliation as one mesh tells it. The two meshes' reports mirror each other: each lists what it takes from the other.
import { type Json, toJson } from "../cbor/json.ts";
import { describeRefusal, type Refusal as Told } from "../refusals.ts";
import { type Fault, fault } from "../result.ts";
import type { Conflict } from "./conflict.ts";
import type { Fact, History } from "./fact.ts";
import { gapsIn, stubsOf } from "./gaps.ts";
import type { Reconciliation, Scene } from "./reconcile.ts";
import type { Refusal } from "./routes.ts";
import type { Import, View } from "./view.ts";

export type ReportedConflict = {
  readonly subject: string;
  readonly winner: string | null;
  readonly losers: readonly string[];
  readonly rule: string;
  readonly contenders: readonly string[];
  readonly locus: readonly string[];
  readonly lostBy: Readonly<Record<string, string>>;
};

/** What this mesh would write, and why; nothing of it is written where the verdict is unsafe. */
export function reportOf(scene: Scene, result: Reconciliation, mesh: string) {
  const view = result.views.find((each) => each.mesh === mesh) as View;
  const theirs = scene.histories.find((history) => history.mesh !== mesh) as History;
  const ours = scene.histories.find((history) => history.mesh === mesh) as History;
  const { measured, comparable } = result.divergence;
  const { alignment, contradicted, order, stamps } = result.timing;
  const stop = stopOf(result);
  return {
    verdict: result.verdict,
    divergence: { measured, limit: result.limit, comparable },
    order,
    imported: result.mayWrite ? view.imports.map((item) => reportImport(item, stamps)) : [],
    conflicts: result.conflicts.map((conflict) => reportConflict(conflict, mesh, result.rule.name)),
    refused: [...result.unusable, ...view.refused].map(reportRefusal),
    digest: result.digest,
    held: view.held,
    time: {
      alignment,
      contradicted,
      ...(alignment === null && ours.frame !== theirs.frame ? { only: "lineage" } : {}),
    },
    withheld: { gaps: gapsIn(theirs), stubs: stubsOf(view, ours, theirs) },
    rule: result.rule,
    agreement: scene.agreement.id,
    at: result.at,
    ...(stop === null ? {} : { stopped: describeRefusal(stop), pending: pendingOf(view, result) }),
  };
}

export type Report = ReturnType<typeof reportOf>;

/** Why nothing is merged automatically; null where it is. */
export function stopOf({ mayWrite, divergence, limit }: Reconciliation): Fault | null {
  if (mayWrite) return null;
  const { measured, comparable } = divergence;
  if (measured.den === 0) return fault("DIVERGENCE_INCOMPARABLE").fault;
  return fault("DIVERGENCE_OVER_LIMIT", { conflicts: measured.num, comparable, limit: `${limit.num}/${limit.den}` })
    .fault;
}

/** The one thing left to do by hand: what would be taken, and on which subjects somebody must decide. */
function pendingOf(view: View, { conflicts }: Reconciliation) {
  return {
    task: "merge",
    facts: view.imports.map(({ fact }) => fact.id),
    subjects: conflicts.map(({ subjects }) => subjects.get(view.mesh) ?? [...subjects.values()][0] ?? ""),
  };
}

function reportImport({ fact, crossing: { reading, tier } }: Import, stamps: Reconciliation["timing"]["stamps"]) {
  const aligned = stamps.get(fact.id);
  return {
    id: fact.id,
    origin: fact.origin,
    as: reading.authority,
    losses: reading.losses,
    tier,
    subject: reading.subject,
    value: toJson(reading.value),
    equivalences: reading.equivalences,
    original: originalOf(fact),
    ...(aligned === undefined ? {} : { aligned }),
  };
}

/** The fact as it was said: it stays beside every translation. */
function originalOf({ subject, value, authority, frame, at }: Fact): Json {
  return { subject, value: toJson(value), authority, frame, at };
}

function reportConflict(
  { subjects, contenders, locus, ruling }: Conflict,
  mesh: string,
  rule: string,
): ReportedConflict {
  return {
    subject: subjects.get(mesh) ?? [...subjects.values()][0] ?? "",
    winner: ruling.winner,
    losers: ruling.winner === null ? [] : ruling.losers.map(({ id }) => id),
    rule,
    contenders,
    locus,
    lostBy: Object.fromEntries(ruling.losers.map(({ id, lostBy }) => [id, lostBy])),
  };
}

function reportRefusal({ id, fault }: Refusal): Told & { readonly id: string } {
  return { id, ...describeRefusal(fault) };
}
