// Things of which there should be one of a kind.

/** Those that share their key with another: a list for each such key, in the order in which the keys came. */
export function severalBy<T>(things: readonly T[], keyOf: (thing: T) => string): readonly (readonly T[])[] {
  if (new Set(things.map(keyOf)).size === things.length) return []; // as nearly always
  return [...Map.groupBy(things, keyOf).values()].filter(({ length }) => length > 1);
}
