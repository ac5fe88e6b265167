// A witness whose list does not fit into one frame names pages (SPEC §8.14): statements of the same elector, each with the next ids in order. It counts
// once all of them are held and give its root; before, and where they never do, it is as if its elector had said nothing.
import { PAGE_IDS, WITNESS_PAGES_MAX } from "../limits.ts";
import type { Id } from "../observation/observation.ts";
import { findWitness } from "./derive.ts";
import { rootOfPaged, rootOfSet } from "./root.ts";
import { type Closing, type ClosingMessage, type Page, type PagedWitness, type Witness, withEntry } from "./state.ts";

/** A list in pages, all but the last of them full. */
export function inPages(ids: readonly Id[]): readonly (readonly Id[])[] {
  const pages: (readonly Id[])[] = [];
  for (let from = 0; from < ids.length; from += PAGE_IDS) pages.push(ids.slice(from, from + PAGE_IDS));
  return pages;
}

/** Whether a page may be kept: one that a witness of its elector names, or one of as many as its witness, still to come, may name. */
export function hasRoomFor(closing: Closing, page: Page): boolean {
  const { seat } = page.slot;
  const named = namedBy(closing, seat as number);
  const others = [...closing.pages.values()].filter(({ id, slot }) => slot.seat === seat && !named.has(id));
  return named.has(page.id) || others.length < WITNESS_PAGES_MAX;
}

function namedBy({ witnesses, unread }: Closing, seat: number): ReadonlySet<Id> {
  const held = [...(witnesses.get(seat) ?? []), ...(unread.get(seat) ?? [])];
  return new Set(held.flatMap(({ body }) => body.pages ?? []));
}

/** Keeps a page; one list is kept once, however many electors sign it. */
export function withPage(closing: Closing, page: Page): Closing {
  const root = rootOfSet(page.body.ids);
  const twin = [...closing.pages.values()].find(({ body }) => rootOfSet(body.ids) === root);
  const kept = twin === undefined ? page : { ...page, body: twin.body };
  return { ...closing, pages: withEntry(closing.pages, page.id, kept) };
}

/** Whether an elector has said what it held, known here or not: it says one thing, and no other. */
export function hasWitnessed({ witnesses, unread }: Closing, seat: number | null): boolean {
  return [witnesses, unread].some((held) => (held.get(seat ?? -1) ?? []).length > 0);
}

/** Witnesses by their ids, each behind the pages of its list. */
export function withPages(closing: Closing, witnesses: readonly Id[]): readonly Id[] {
  return witnesses.flatMap((id) => [...(findWitness(closing, id)?.body.pages ?? []), id]);
}

/** Pages that witnesses name and nobody has sent here yet. */
export function lackingPages({ unread, pages }: Closing): readonly Id[] {
  const named = [...unread.values()].flat().flatMap(({ body }) => body.pages);
  return [...new Set(named)].filter((id) => !pages.has(id));
}

/** Puts those witnesses of one elector among the others whose list is known by now; also which those are. */
export function readWitnesses(
  closing: Closing,
  seat: number,
): { readonly closing: Closing; readonly read: readonly Witness[] } {
  const unread = closing.unread.get(seat) ?? [];
  const read = unread.flatMap((witness) => {
    const ids = listOf(closing, witness);
    const { root, pages } = witness.body;
    return ids === null ? [] : [{ ...witness, body: { kind: "witness", ids, root, pages } as const }];
  });
  if (read.length === 0) return { closing, read };
  const rest = unread.filter(({ id }) => !read.some((witness) => witness.id === id));
  const witnesses = withEntry(closing.witnesses, seat, [...(closing.witnesses.get(seat) ?? []), ...read]);
  return { closing: { ...closing, witnesses, unread: withEntry(closing.unread, seat, rest) }, read };
}

/** Witnesses that can never count, as a message has shown that just came: all their pages are here, and are not the list that they say. */
export function spoiltBy({ unread, pages }: Closing, { id, slot }: ClosingMessage): readonly PagedWitness[] {
  const about = (unread.get(slot.seat as number) ?? []).filter(
    (witness) => witness.id === id || witness.body.pages.includes(id),
  );
  return about.filter(({ body }) => body.pages.every((page) => pages.has(page)));
}

/** The list that a witness names; null while a page is lacking, and where its elector's pages do not give it. */
function listOf(closing: Closing, { body, slot }: PagedWitness): readonly Id[] | null {
  const pages = body.pages.map((id) => closing.pages.get(id));
  if (!pages.every((page) => page !== undefined && page.slot.seat === slot.seat)) return null;
  const lists = (pages as readonly Page[]).map((page) => page.body.ids);
  const ids = lists.flat();
  const full = lists.slice(0, -1).every(({ length }) => length === PAGE_IDS);
  const ascending = lists.every((list, at) => at === 0 || (lists[at - 1]?.at(-1) as Id) < (list[0] as Id));
  if (!full || !ascending || ids.length !== body.count || rootOfPaged(ids, lists) !== body.root) return null;
  // One list is kept once, however many witness it.
  const twin = [...closing.witnesses.values()].flat().find((witness) => witness.body.root === body.root);
  return twin?.body.ids ?? ids;
}
