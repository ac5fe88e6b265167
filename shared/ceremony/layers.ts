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
  #layers: Layers;
  /** Whether what is added would be seen by nobody else. */
  #isOpen = false;

  constructor(before: Layers) {
    this.#layers = before;
  }

  find(key: string): string | undefined {
    return this.#isOpen ? valueAt(this.#layers, key) : lookUp(this.#layers, key);
  }

  /** What a key stands for once it does for good: a later entry under it changes nothing. */
  add(key: string, value: string): void {
    if (!this.#isOpen) this.#layers = openAt(this.#layers);
    this.#isOpen = true;
    const { placeOf, values } = this.#layers;
    if (placeOf.has(key)) return;
    placeOf.set(key, values.length);
    values.push(value);
  }

  /** All that there is by now. */
  take(): Layers {
    const { size, placeOf, values } = this.#layers;
    return this.#isOpen && values.length > size ? { size: values.length, placeOf, values } : this.#layers;
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

function valueAt({ placeOf, values }: Layers, key: string): string | undefined {
  const place = placeOf.get(key);
  return place === undefined ? undefined : values[place];
}

export function lookUp({ size, placeOf, values }: Layers, key: string): string | undefined {
  const place = placeOf.get(key);
  return place === undefined || place >= size ? undefined : values[place];
}
