// The order of events that clocks and lineage prove (SPEC §20.7). Lineage beats stamps; overlapping intervals are concurrent; and no
// order is invented: the answer is groups such that every event of one comes before every event of the next.
import { invariant } from "../result.ts";
import { compareText } from "../text.ts";
import { components } from "./components.ts";
import { type OrderedEvent, type OrderGraph, orderGraph, topological } from "./order-graph.ts";

export type EventOrder = {
  /** Each group's events by id; two events of one group may still be ordered, but not every pair in it is. */
  readonly groups: readonly (readonly string[])[];
  /** Events whose stamps contradict what they cite; their stamps were set aside. */
  readonly contradicted: readonly string[];
};

/** Events must have distinct ids, and citations must not form a cycle. */
export function orderEvents(given: readonly OrderedEvent[]): EventOrder {
  const events = [...given].sort((a, b) => compareText(a.id, b.id));
  const ignored = new Set<number>();
  let graph = orderGraph(events, ignored);
  let sorted = topological(graph);
  while (sorted === null) {
    const found = contradicting(events, graph).filter((event) => !ignored.has(event));
    invariant(found.length > 0, "citations form no cycle");
    for (const event of found) ignored.add(event);
    graph = orderGraph(events, ignored);
    sorted = topological(graph);
  }
  const groups = groupsOf(events, graph, sorted);
  return {
    groups,
    contradicted: [...ignored].sort((a, b) => a - b).map((event) => (events[event] as OrderedEvent).id),
  };
}

/** In every cycle some event cites another of the cycle: its stamp is what contradicts. */
function contradicting(events: readonly OrderedEvent[], graph: OrderGraph): readonly number[] {
  const component = components(graph.next);
  const index = new Map(events.map(({ id }, at) => [id, at]));
  return [...events.keys()].filter((at) =>
    events[at]?.sources.some((source) => {
      const cited = index.get(source);
      return cited !== undefined && component[cited] === component[at];
    }),
  );
}

/** Cuts the order wherever all that came before precedes all that comes after. */
function groupsOf(events: readonly OrderedEvent[], graph: OrderGraph, sorted: readonly number[]): readonly string[][] {
  const line = sorted.filter((node) => node < graph.count);
  const farthest = farthestConcurrent(events, graph, sorted, line);
  const groups: string[][] = [];
  let reach = -1;
  for (const [position, event] of line.entries()) {
    if (position > reach) groups.push([]);
    groups.at(-1)?.push((events[event] as OrderedEvent).id);
    reach = Math.max(reach, farthest[position] as number, position);
  }
  return groups.map((group) => group.sort(compareText));
}

/** For each position of the line, the last position whose event is not proven to come after it; its own where there is none. */
function farthestConcurrent(
  events: readonly OrderedEvent[],
  graph: OrderGraph,
  sorted: readonly number[],
  line: readonly number[],
): Int32Array {
  const positions = new Int32Array(graph.count);
  for (const [position, event] of line.entries()) positions[event] = position;
  const frames = [...graph.chains.keys()].map((frame) => frameView(graph, sorted, line, frame));
  const cited = citations(events);
  const farthest = new Int32Array(line.length);
  for (const [position, event] of line.entries()) {
    const stamped = (other: number) => frames.some((view) => view.follows(event, other));
    const after = (other: number) => stamped(other) || descends(other, event, cited, positions, stamped);
    let candidate = lastCandidate(frames, event, line.length - 1);
    while (candidate > position && after(line[candidate] as number)) candidate -= 1;
    farthest[position] = Math.max(position, candidate);
  }
  return farthest;
}

type FrameView = {
  /** True where stamps prove that `other` began after all that `event` leads to had ended. */
  readonly follows: (event: number, other: number) => boolean;
  /** The last position on the line that stamps of this frame leave open after `event`. */
  readonly lastOpen: (event: number) => number;
};

function frameView(graph: OrderGraph, sorted: readonly number[], line: readonly number[], frame: string): FrameView {
  const chain = graph.chains.get(frame) as readonly number[];
  const begins = graph.starts.get(frame) as Int32Array;
  const place = new Map(chain.map((node, at) => [node, at]));
  // The first instant of this frame that each node leads to.
  const first = new Int32Array(graph.next.length).fill(chain.length);
  for (let at = sorted.length - 1; at >= 0; at--) {
    const node = sorted[at] as number;
    let earliest = place.get(node) ?? chain.length;
    for (const target of graph.next[node] as readonly number[]) earliest = Math.min(earliest, first[target] as number);
    first[node] = earliest;
  }
  // For each instant, the last position of an event that begins before it; events without a stamp here are always open.
  const latest = new Int32Array(chain.length + 1).fill(-1);
  for (const [position, event] of line.entries()) {
    const start = begins[event] as number;
    const from = start < 0 ? 0 : (place.get(start) as number) + 1;
    latest[from] = Math.max(latest[from] as number, position);
  }
  for (let at = 1; at < latest.length; at++) latest[at] = Math.max(latest[at] as number, latest[at - 1] as number);
  const startOf = (event: number) => place.get(begins[event] as number) ?? -1;
  return {
    follows: (event, other) => (first[event] as number) <= startOf(other),
    lastOpen: (event) => latest[first[event] as number] as number,
  };
}

/** An event is open only where every frame leaves it open, so the nearest of the frames' last ones bounds the search. */
function lastCandidate(frames: readonly FrameView[], event: number, end: number): number {
  return frames.reduce((nearest, view) => Math.min(nearest, view.lastOpen(event)), end);
}

function citations(events: readonly OrderedEvent[]): readonly (readonly number[])[] {
  const index = new Map(events.map(({ id }, at) => [id, at]));
  return events.map(({ sources }) => sources.map((source) => index.get(source)).filter((cited) => cited !== undefined));
}

/** True where a chain of citations leads from `event` back to `root`, or to anything that stamps prove to come after it. */
function descends(
  event: number,
  root: number,
  cited: readonly (readonly number[])[],
  positions: Int32Array,
  stamped: (other: number) => boolean,
): boolean {
  const seen = new Set<number>();
  const open = [event];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const source of cited[node] as readonly number[]) {
      if (source === root || stamped(source)) return true;
      if (seen.has(source) || (positions[source] as number) <= (positions[root] as number)) continue;
      seen.add(source);
      open.push(source);
    }
  }
  return false;
}
