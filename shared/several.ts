// Things of which there should be one of a kind.

/** Each once, in the order of ids. */
export function inOrderOfIds<T extends { readonly id: string }>(things: readonly T[]): readonly T[] {
  if (things.every(({ id }, at) => at === 0 || (things[at - 1] as T).id < id)) return things;
  const byId = new Map(things.map((thing) => [thing.id, thing]));
  // Without a comparison of our own: text in code-unit order is what sorting gives by itself, many times faster.
  return [...byId.keys()].sort().map((id) => byId.get(id) as T);
}

/** Those that share their key with another: a list for each such key, in the order in which the keys came. */
export function severalBy<T>(things: readonly T[], keyOf: (thing: T) => string): readonly (readonly T[])[] {
  if (new Set(things.map(keyOf)).size === things.length) return []; // as nearly always
  return [...Map.groupBy(things, keyOf).values()].filter(({ length }) => length > 1);
}
