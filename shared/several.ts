// Things of which there should be one of a kind.

/** Those that share their key with another: a list for each such key, in the order in which the keys came. */
export function severalBy<T>(things: readonly T[], keyOf: (thing: T) => string): readonly (readonly T[])[] {
  const first = new Map<string, T>();
  const groups = new Map<string, T[]>();
  for (const thing of things) {
    const key = keyOf(thing);
    const mate = first.get(key);
    const group = groups.get(key);
    if (mate === undefined) first.set(key, thing);
    else if (group === undefined) groups.set(key, [mate, thing]);
    else group.push(thing);
  }
  if (groups.size === 0) return [];
  return [...first.keys()].flatMap((key) => {
    const group = groups.get(key);
    return group === undefined ? [] : [group];
  });
}
