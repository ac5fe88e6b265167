// One reconciliation as a boundary agent computes it (SPEC §20.16): from all that it holds of two meshes, through the door again, to the
// report and to what it may then say. The same inputs give the same, live, in a replay and for whoever checks it.
import type { CborMap } from "../../cbor/value.ts";
import type { Pinned } from "../../coalition/pinned.ts";
import type { TrustStatement } from "../../evidence/trust-statement.ts";
import type { VerifiedObservation } from "../../observation/observation.ts";
import { ok, type Result } from "../../result.ts";
import { type Reconciliation, reconcile, type Scene } from "../reconcile.ts";
import { type Report, reportOf } from "../report.ts";
import type { Refusal } from "../routes.ts";
import { type Agents, provenAgents } from "../signed/agents.ts";
import { importsOf, type Unwrapped } from "../signed/envelope.ts";
import { openFrames, openParts } from "../signed/open.ts";
import { sceneFrom } from "../signed/scene.ts";
import type { Import, View } from "../view.ts";
import { type Governed, governed, type PolicyTold } from "./governed.ts";
import { boundaryFrames, type Holdings, pairFiles } from "./pair.ts";
import { bringsOf, carriedBy, importContent, type Taking } from "./taking.ts";

export type Computed = {
  readonly pair: readonly [string, string];
  readonly scene: Scene;
  readonly result: Reconciliation;
  readonly report: Report & { readonly policy: PolicyTold };
  /** What our own mesh would take, under the policy that was pinned at the start; and what each of it bears there. */
  readonly view: View;
  readonly labels: Governed["labels"];
  readonly agents: Agents;
  /** Every act by which either mesh holds what the other said, by fact. */
  readonly imports: ReadonlyMap<string, readonly Unwrapped[]>;
  /** Statements beside the facts that were refused. */
  readonly refused: readonly Refusal[];
};

/** Our own mesh is the first of the pair, and `trust` is what it goes by. */
export async function computePair(
  holdings: Holdings,
  pair: readonly [string, string],
  trust: TrustStatement,
  decided: boolean,
  pinned: Pinned | null = null,
): Promise<Result<Computed>> {
  const parts = await openParts({ ...pairFiles(holdings, pair), trust });
  if (!parts.ok) return parts;
  const signed = sceneFrom(parts.value);
  if (!signed.ok) return signed;
  const presences = await openFrames(boundaryFrames(holdings), parts.value.trusts);
  const scene: Scene = { ...signed.value.scene, decided };
  const result = reconcile(scene);
  if (!result.ok) return result;
  const [mesh] = pair;
  const { view, labels, policy, result: taken } = governed(scene, result.value, mesh, pinned);
  const imports = new Map<string, readonly Unwrapped[]>();
  for (const each of pair)
    for (const [id, acts] of importsOf(holdings.statements, each).imports)
      imports.set(id, [...(imports.get(id) ?? []), ...acts]);
  return ok({
    pair,
    scene,
    result: result.value,
    report: { ...reportOf(scene, taken, mesh), policy },
    view,
    labels,
    agents: provenAgents(presences.admitted),
    imports,
    refused: [...signed.value.refused, ...presences.refused],
  });
}

/** What the holder of a key may take into the mesh; none where nothing may be written. */
export function takingFor({ result, view, agents, pair }: Computed, key: string): Result<Taking> {
  const taking = carriedBy(view, agents, key, pair[1]);
  return taking.ok && !result.mayWrite ? ok({ ...taking.value, imports: [] }) : taking;
}

export type Act = {
  readonly item: Import;
  readonly content: CborMap;
  /** The statement that it names, and what that leads to, innermost last. */
  readonly brings: readonly string[];
};

/** The acts of a taking; the origin of what the other mesh had itself imported stays innermost. */
export function actsFor({ pair, scene, result, imports, labels }: Computed, taking: Taking): readonly Act[] {
  const [, from] = pair;
  return taking.imports.map((item) => {
    const brings = bringsOf(item, from, imports);
    const borne = labels.get(item.fact.id) ?? [];
    const content = importContent(item, brings[0] as string, from, scene.agreement.id, result.digest, borne);
    return { item, brings, content };
  });
}

/** Inner statements of imports that a key has already made in a mesh. */
export function takenBy(statements: readonly VerifiedObservation[], mesh: string, key: string): ReadonlySet<string> {
  const taken = statements.flatMap(({ mesh: where, key: signer, body }) =>
    where === mesh && signer === key && body.kind === "declaration" && body.type === "import"
      ? [String(body.content.get("inner"))]
      : [],
  );
  return new Set(taken);
}
