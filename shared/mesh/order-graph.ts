// The graph behind the order of events (SPEC §20.7): a path from one event to another means that the first surely came before. Stamps
// become edges through one chain of instants for each clock frame, so that n events need some 4n edges and not n².

/** Where an event lies in one frame: surely not before the first, surely not after the second; null where nothing is known. */
export type Placement = { readonly frame: string; readonly earliest: bigint | null; readonly latest: bigint | null };

export type OrderedEvent = {
  readonly id: string;
  readonly placements: readonly Placement[];
  /** Events that it cites, by id; others than those at hand are left out of account. */
  readonly sources: readonly string[];
};

export type OrderGraph = {
  /** Nodes 0 … count − 1 are the events, as they were given; the rest are instants. */
  readonly count: number;
  readonly next: readonly (readonly number[])[];
  /** For each frame, its instants' node at which each event begins; −1 where it has no stamp there. */
  readonly starts: ReadonlyMap<string, Int32Array>;
  /** For each frame, its instants in order. */
  readonly chains: ReadonlyMap<string, readonly number[]>;
};

type Mark = { readonly at: bigint; readonly begins: boolean; readonly event: number };

/** Builds the graph; the stamps of the events in `ignored` are set aside. */
export function orderGraph(events: readonly OrderedEvent[], ignored: ReadonlySet<number>): OrderGraph {
  const next: number[][] = events.map(() => []);
  const starts = new Map<string, Int32Array>();
  const chains = new Map<string, readonly number[]>();
  for (const [frame, marks] of marksByFrame(events, ignored)) {
    const begins = new Int32Array(events.length).fill(-1);
    chains.set(frame, chainOf(marks, next, begins));
    starts.set(frame, begins);
  }
  const index = new Map(events.map(({ id }, at) => [id, at]));
  for (const [at, { sources }] of events.entries()) {
    for (const source of sources) {
      const cited = index.get(source);
      if (cited !== undefined) next[cited]?.push(at);
    }
  }
  return { count: events.length, next, starts, chains };
}

function marksByFrame(
  events: readonly OrderedEvent[],
  ignored: ReadonlySet<number>,
): ReadonlyMap<string, readonly Mark[]> {
  const byFrame = new Map<string, Mark[]>();
  for (const [event, { placements }] of events.entries()) {
    for (const { frame, earliest, latest } of ignored.has(event) ? [] : placements) {
      const marks = byFrame.get(frame) ?? [];
      byFrame.set(frame, marks);
      if (earliest !== null) marks.push({ at: earliest, begins: true, event });
      if (latest !== null) marks.push({ at: latest, begins: false, event });
    }
  }
  return byFrame;
}

/** One node a distinct instant and kind; at one instant beginnings come before endings, since touching intervals are concurrent. */
function chainOf(marks: readonly Mark[], next: number[][], begins: Int32Array): readonly number[] {
  const sorted = [...marks].sort((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : Number(b.begins) - Number(a.begins) || a.event - b.event,
  );
  const chain: number[] = [];
  let last: Mark | null = null;
  for (const mark of sorted) {
    if (last === null || last.at !== mark.at || last.begins !== mark.begins) {
      const node = next.push([]) - 1;
      next[chain.at(-1) ?? -1]?.push(node);
      chain.push(node);
    }
    const node = chain.at(-1) as number;
    if (mark.begins) {
      next[node]?.push(mark.event);
      begins[mark.event] = node;
    } else next[mark.event]?.push(node);
    last = mark;
  }
  return chain;
}

/** Nodes in an order that every edge agrees with; null where there is a cycle. */
export function topological({ next }: OrderGraph): readonly number[] | null {
  const waiting = new Int32Array(next.length);
  for (const targets of next) for (const target of targets) waiting[target] = (waiting[target] as number) + 1;
  const sorted = [...waiting.keys()].filter((node) => waiting[node] === 0);
  for (let at = 0; at < sorted.length; at++) {
    for (const target of next[sorted[at] as number] as readonly number[]) {
      waiting[target] = (waiting[target] as number) - 1;
      if (waiting[target] === 0) sorted.push(target);
    }
  }
  return sorted.length === next.length ? sorted : null;
}
