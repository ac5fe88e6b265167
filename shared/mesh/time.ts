// Placing the facts of two meshes in one order (SPEC §20.6, §20.7): by what each clock says in its own frame, by an alignment between the
// frames where there is one, and by lineage above both.
import { fault, ok, type Result } from "../result.ts";
import { type Alignment, describeFit, type Fit, fitClocks, placeInterval } from "./alignment.ts";
import type { Fact, History } from "./fact.ts";
import { type EventOrder, orderEvents } from "./order-events.ts";
import type { OrderedEvent, Placement } from "./order-graph.ts";

export type Timing = {
  readonly order: EventOrder["groups"];
  readonly contradicted: readonly string[];
  /** What the alignment says; null where there is none, and then only lineage orders facts of different frames. */
  readonly alignment: (ReturnType<typeof describeFit> & { readonly id: string }) | null;
  /** Stamps as the other frame reads them; the originals stay in the facts. */
  readonly stamps: ReadonlyMap<string, { readonly frame: string; readonly at: readonly [string, string] }>;
};

/** The fit between the frames of two meshes. An alignment may name frames or meshes; one for other frames is refused. */
export function fitFor(
  alignment: Alignment | null,
  histories: readonly [History, History],
  at: number,
): Result<Fit | null> {
  const [a, b] = histories;
  if (alignment === null || a.frame === b.frame) return ok(null);
  const { id, expires } = alignment;
  const frameOf = (name: string) => histories.find(({ mesh, frame }) => frame === name || mesh === name)?.frame;
  const [from, to] = [frameOf(alignment.from), frameOf(alignment.to)];
  if (from === undefined || to === undefined || from === to)
    return fault("ALIGNMENT_FRAMES", {
      alignment: id,
      found: `${alignment.from}, ${alignment.to}`,
      need: `${a.frame}, ${b.frame}`,
    });
  if (expires !== null && at >= expires) return fault("ALIGNMENT_EXPIRED", { alignment: id, until: expires, at });
  return fitClocks({ ...alignment, from, to });
}

/** Orders facts; citations of facts that are not at hand order nothing. */
export function placeInTime(facts: readonly Fact[], fit: Fit | null, alignment: string): Timing {
  const events = facts.map(
    (fact): OrderedEvent => ({ id: fact.id, placements: placementsOf(fact, fit), sources: fact.sources }),
  );
  const { groups, contradicted } = orderEvents(events);
  const moved = events.flatMap(({ id, placements: [, there] }) =>
    there === undefined
      ? []
      : [[id, { frame: there.frame, at: [String(there.earliest), String(there.latest)] as const }] as const],
  );
  return {
    order: groups,
    contradicted,
    alignment: fit === null ? null : { id: alignment, ...describeFit(fit) },
    stamps: new Map(moved),
  };
}

function placementsOf(fact: Fact, fit: Fit | null): readonly Placement[] {
  const own: Placement = { frame: fact.frame, earliest: BigInt(fact.at[0]), latest: BigInt(fact.at[1]) };
  if (fit === null || fact.frame !== fit.from) return [own];
  const [earliest, latest] = placeInterval(fit, fact.at);
  return [own, { frame: fit.to, earliest, latest }];
}

/** The facts whose place changes when a disputed alignment is replaced: those that stand in a group with others than before. */
export function movedFacts(before: EventOrder["groups"], after: EventOrder["groups"]): readonly string[] {
  const keyed = (groups: EventOrder["groups"]) => {
    let passed = 0;
    return new Map(
      groups.flatMap((group) => {
        const place = `${passed}:${group.join(" ")}`;
        passed += group.length;
        return group.map((id) => [id, place] as const);
      }),
    );
  };
  const [was, is] = [keyed(before), keyed(after)];
  return [...is].filter(([id, place]) => was.get(id) !== place).map(([id]) => id);
}
