// Strongly connected components (Kosaraju and Sharir 1981), without recursion: graphs here are as deep as a history is long.

export type Edges = readonly (readonly number[])[];

/** For each node the name of its component; nodes that lead to each other, and only they, share one. */
export function components(next: Edges): Int32Array {
  const back: number[][] = next.map(() => []);
  for (const [node, targets] of next.entries()) for (const target of targets) back[target]?.push(node);
  const component = new Int32Array(next.length).fill(-1);
  for (const root of finishingOrder(next).reverse()) {
    const open = component[root] === -1 ? [root] : [];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      if (component[node] !== -1) continue;
      component[node] = root;
      for (const source of back[node] as readonly number[]) open.push(source);
    }
  }
  return component;
}

/** Nodes in the order in which a depth-first walk leaves them. */
function finishingOrder(next: Edges): number[] {
  const followed = new Int32Array(next.length).fill(-1);
  const finished: number[] = [];
  for (const root of next.keys()) {
    const path = followed[root] === -1 ? [root] : [];
    followed[root] = Math.max(0, followed[root] as number);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const target = next[node]?.[followed[node] as number];
      followed[node] = (followed[node] as number) + 1;
      if (target === undefined) finished.push(path.pop() as number);
      else if (followed[target] === -1) {
        followed[target] = 0;
        path.push(target);
      }
    }
  }
  return finished;
}
