// A map that only grows, and never in place: adding to it shares what is there. Layers double in size, so that each entry is copied, and each
// look-up asks, as often as the size has binary digits.
export type Layers = readonly ReadonlyMap<string, string>[];

export function withEntries(layers: Layers, entries: ReadonlyMap<string, string>): Layers {
  if (entries.size === 0) return layers;
  const kept = [...layers];
  const merged: ReadonlyMap<string, string>[] = [entries];
  let size = entries.size;
  for (let last = kept.at(-1); last !== undefined && last.size <= 2 * size; last = kept.at(-1)) {
    merged.unshift(last);
    size += last.size;
    kept.pop();
  }
  if (merged.length === 1) return [...kept, entries];
  const whole = new Map<string, string>();
  for (const layer of merged) for (const [key, value] of layer) whole.set(key, value);
  return [...kept, whole];
}

export function lookUp(layers: Layers, key: string): string | undefined {
  for (const layer of layers) {
    const found = layer.get(key);
    if (found !== undefined) return found;
  }
  return undefined;
}
