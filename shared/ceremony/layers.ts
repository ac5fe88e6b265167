// A map that only grows: whoever adds to it goes on with a longer one, and whoever held it before sees nothing of that. All of them share one
// map behind, which says of each key when it came; each sees what came before its own end.
export type Layers = {
  readonly size: number;
  readonly placeOf: Map<string, number>;
  readonly values: string[];
};

export const NO_ENTRIES: Layers = { size: 0, placeOf: new Map(), values: [] };

/** One that is added to; nobody may add to what it began with meanwhile. */
export class Growing {
  readonly #before: Layers;
  #grown: { -readonly [K in keyof Layers]: Layers[K] } | null = null;

  constructor(before: Layers) {
    this.#before = before;
  }

  find(key: string): string | undefined {
    return lookUp(this.#grown ?? this.#before, key);
  }

  /** What a key stands for once it does for good: a later entry under it changes nothing. */
  add(key: string, value: string): void {
    this.#grown ??= { ...openAt(this.#before) };
    const { placeOf, values } = this.#grown;
    if (placeOf.has(key)) return;
    placeOf.set(key, values.length);
    this.#grown.size = values.push(value);
  }

  /** All that there is by now. */
  take(): Layers {
    return this.#grown === null ? this.#before : { ...this.#grown };
  }
}

/** The same entries, with nothing of others' behind them. */
function openAt(before: Layers): Layers {
  return before.size > 0 && before.values.length === before.size ? before : copyOf(before);
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
