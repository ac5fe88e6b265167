// The one order of texts: by UTF-16 code units, as every engine compares them, and never by locale.

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A sorted copy. */
export function sortedTexts(texts: Iterable<string>): readonly string[] {
  return [...texts].sort(compareText);
}
