// What happens next in virtual time: a binary heap, first by instant, then by order of entry.

type Entry<T> = { readonly at: number; readonly order: number; readonly what: T };

export class Heap<T> {
  readonly #entries: Entry<T>[] = [];
  #order = 0;

  get size(): number {
    return this.#entries.length;
  }

  push(at: number, what: T): void {
    const entries = this.#entries;
    const entry = { at, order: this.#order++, what };
    let place = entries.length;
    entries.push(entry);
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!precedes(entry, entries[above] as Entry<T>)) break;
      entries[place] = entries[above] as Entry<T>;
      place = above;
    }
    entries[place] = entry;
  }

  pop(): { readonly at: number; readonly what: T } | undefined {
    const entries = this.#entries;
    const first = entries[0];
    const last = entries.pop();
    if (first === undefined || last === undefined || entries.length === 0) return first;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= entries.length) break;
      if (below + 1 < entries.length && precedes(entries[below + 1] as Entry<T>, entries[below] as Entry<T>)) below++;
      if (!precedes(entries[below] as Entry<T>, last)) break;
      entries[place] = entries[below] as Entry<T>;
      place = below;
    }
    entries[place] = last;
    return first;
  }
}

function precedes<T>(a: Entry<T>, b: Entry<T>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
