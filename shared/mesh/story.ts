// The full story of one fact in a reconciliation (SPEC §20.14): who said it, in which mesh and under which authority, how it was mapped and
// placed in time, what it competed with and by which rule that ended, and how it came in. All of it follows from the recorded inputs.
import { type Json, toJson } from "../cbor/json.ts";
import { describeRefusal } from "../refusals.ts";
import type { Fact } from "./fact.ts";
import type { Reconciliation, Scene } from "./reconcile.ts";
import type { Unwrapped } from "./signed/envelope.ts";
import type { View } from "./view.ts";

/** Null where neither mesh holds the fact. */
export function storyOf(
  scene: Scene,
  result: Reconciliation,
  imports: ReadonlyMap<string, readonly Unwrapped[]>,
  id: string,
) {
  const holders = scene.histories.filter(({ facts }) => facts.some((fact) => fact.id === id));
  const fact = holders[0]?.facts.find((each) => each.id === id);
  if (fact === undefined) return null;
  const { order, stamps, alignment, contradicted } = result.timing;
  const group = order.findIndex((ids) => ids.includes(id));
  return {
    id,
    said: saidOf(fact),
    heldBy: holders.map(({ mesh }) => mesh),
    mapped: result.views.flatMap((view) => mappingIn(view, id)),
    time: {
      group,
      after: group > 0 ? (order[group - 1] as readonly string[]) : [],
      concurrentWith: (order[group] ?? []).filter((other) => other !== id),
      aligned: stamps.get(id) ?? null,
      alignment: alignment?.id ?? null,
      setAside: contradicted.includes(id),
    },
    competed: result.conflicts
      .filter(({ contenders }) => contenders.includes(id))
      .map(({ contenders, ruling, locus }) => ({
        against: contenders.filter((other) => other !== id),
        rule: result.rule,
        winner: ruling.winner,
        lostBy: ruling.losers.find((loser) => loser.id === id)?.lostBy ?? null,
        scores: ruling.scores[id] ?? null,
        locus,
      })),
    imported: (imports.get(id) ?? []).flatMap(({ acts }) => acts),
    reconciliation: { verdict: result.verdict, digest: result.digest, agreement: scene.agreement.id, at: result.at },
  };
}

/** How one mesh reads the fact, or why it does not take it; nothing for its own. */
function mappingIn({ mesh, imports, refused }: View, id: string): readonly object[] {
  const read = imports.find((item) => item.fact.id === id)?.crossing;
  const denied = refused.find((refusal) => refusal.id === id);
  if (read === undefined) return denied === undefined ? [] : [{ to: mesh, refused: describeRefusal(denied.fault) }];
  const { authority, subject, value, equivalences, losses } = read.reading;
  return [{ to: mesh, as: authority, tier: read.tier, subject, value: toJson(value), equivalences, losses }];
}

function saidOf({ subject, value, origin, authority, frame, at, class: governanceClass, sources, sequence }: Fact) {
  const said: { readonly [key: string]: Json } = { mesh: origin, authority, subject, value: toJson(value), frame, at };
  return { ...said, class: governanceClass, sources, sequence };
}
