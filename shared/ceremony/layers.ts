// A map that only grows: whoever adds to it goes on with a longer one, and whoever held it before sees nothing of that. All of them share one
// map behind, which says of each key when it came; each sees what came before its own end.
export type Layers = {
  readonly size: number;
  readonly placeOf: Map<string, number>;
  readonly values: string[];
};

export const NO_ENTRIES: Layers = { size: 0, placeOf: new Map(), values: [] };

/** What a key stands for once it does for good: a later entry under it changes nothing. */
export function withEntries(before: Layers, entries: ReadonlyMap<string, string>): Layers {
  if (entries.size === 0) return before;
  const { placeOf, values } = before.size > 0 && before.values.length === before.size ? before : copyOf(before);
  for (const [key, value] of entries) {
    if (placeOf.has(key)) continue;
    placeOf.set(key, values.length);
    values.push(value);
  }
  return { size: values.length, placeOf, values };
}

/** For whoever adds to what was added to already: the same entries, and nothing that came behind them. */
function copyOf({ size, placeOf, values }: Layers): Layers {
  if (size === 0) return { size, placeOf: new Map(), values: [] };
  const seen = [...placeOf].filter(([, place]) => place < size);
  return { size, placeOf: new Map(seen), values: values.slice(0, size) };
}

export function lookUp({ size, placeOf, values }: Layers, key: string): string | undefined {
  const place = placeOf.get(key);
  return place === undefined || place >= size ? undefined : values[place];
}
