// A file of parties, as `preflight` and `policy lint` take it: a list, or a document as `decide` takes it, whose rounds are not looked at.

export function partiesIn(file: unknown): object {
  if (Array.isArray(file)) return { parties: file, rounds: [] };
  const { parties, subject } = (file ?? {}) as { readonly parties?: unknown; readonly subject?: unknown };
  return subject === undefined ? { parties, rounds: [] } : { parties, subject, rounds: [] };
}
