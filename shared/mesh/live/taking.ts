// What a boundary agent says when it takes facts into its mesh: one act for each, and the record of the reconciliation that they came of
// (SPEC §20.11).
import type { CborMap } from "../../cbor/value.ts";
import type { Labels } from "../../observation/labels.ts";
import { fault, ok, type Result } from "../../result.ts";
import { RECORDED_CONFLICTS_MAX, type ReconciliationRecord, type RecordedConflict } from "../documents/record.ts";
import { contentMap } from "../exchange/manifest.ts";
import type { Reconciliation, Scene } from "../reconcile.ts";
import type { Report } from "../report.ts";
import type { Refusal } from "../routes.ts";
import { type Agents, mayCarry } from "../signed/agents.ts";
import type { ImportAct, Unwrapped } from "../signed/envelope.ts";
import type { Import, View } from "../view.ts";

/**
 * The statements that an import from a mesh brings, the one that it names first: the fact itself, or the acts by which that mesh has it from
 * others, down to the fact.
 */
export function bringsOf(
  { fact: { id, origin } }: Import,
  from: string,
  imports: ReadonlyMap<string, readonly Unwrapped[]>,
): readonly string[] {
  const passedOn =
    origin === from ? undefined : imports.get(id)?.find(({ acts: [outermost] }) => outermost?.mesh === from);
  return [...(passedOn?.acts.map((act) => act.id) ?? []), id];
}

/** The act of taking one fact in. `inner` is the fact, or the import by which the other mesh holds it. */
export function importContent(
  { crossing: { reading, tier } }: Import,
  inner: string,
  from: string,
  agreement: string,
  record: string,
  labels: Labels,
): CborMap {
  return contentMap({
    from,
    inner,
    agreement,
    translators: reading.equivalences.map(({ translator }) => translator),
    as: reading.authority,
    tier,
    verdict: "admitted",
    record,
    ...(labels.length === 0 ? {} : { labels }),
  } satisfies Omit<ImportAct, "labels"> & Partial<ImportAct>);
}

export type Taking = {
  readonly imports: readonly Import[];
  /** Why each of the others may not be carried by this agent, by the fact's id. */
  readonly refused: readonly Refusal[];
};

/** Splits what a mesh may take into what this agent may carry and what it may not. A stranger to either mesh carries nothing. */
export function carriedBy(view: View, agents: Agents, key: string, from: string): Result<Taking> {
  const imports: Import[] = [];
  const refused: Refusal[] = [];
  for (const item of view.imports) {
    const carried = mayCarry(agents, key, from, view.mesh, item.fact.class ?? "");
    if (carried.ok) imports.push(item);
    else if (carried.fault.code === "AGENT_UNPROVEN") return carried;
    else refused.push({ id: item.fact.id, fault: carried.fault });
  }
  const proven = view.imports.length > 0 || [from, view.mesh].every((mesh) => agents.get(key)?.has(mesh) === true);
  return proven
    ? ok({ imports, refused })
    : fault("AGENT_UNPROVEN", { agent: key, missing: `${from} or ${view.mesh}` });
}

/** Who decided that two histories too far apart are merged all the same. */
export type Decision = { readonly ceremony: string; readonly settles: string };

export function recordContent(
  scene: Scene,
  result: Reconciliation,
  report: Report,
  imported: number,
  decision: Decision | null,
  policy: string | null,
): CborMap {
  const theirs = scene.histories[1].mesh;
  const conflicts = report.conflicts
    .slice(0, RECORDED_CONFLICTS_MAX)
    .map(({ subject, winner, losers, rule }): RecordedConflict => ({ subject, winner, losers, rule }));
  return contentMap({
    with: theirs,
    agreement: scene.agreement.id,
    verdict: result.verdict,
    digest: result.digest,
    ceremony: decision?.ceremony ?? null,
    settles: decision?.settles ?? null,
    imported,
    conflicts: conflicts.map((conflict) => contentMap(conflict)),
    conflicted: report.conflicts.length,
    policy,
  } satisfies { [K in keyof ReconciliationRecord]: unknown });
}
