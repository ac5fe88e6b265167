// A witness whose list does not fit into one frame names pages (SPEC §8.14): statements of the same elector, each with the next ids in order. It counts
// once all of them are held and give its root, or once somebody else's list has that root; until then it is as if its elector had said nothing.
import { PAGE_IDS, WITNESS_PAGES_MAX } from "../limits.ts";
import type { Id, PagedWitnessBody } from "../observation/observation.ts";
import { findWitness, listedAs } from "./derive.ts";
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

/** Puts those witnesses among the others whose list is known by now; also which those are. One list that is read may be what others witness. */
export function readWitnesses(start: Closing): { readonly closing: Closing; readonly read: readonly Witness[] } {
  let closing = start;
  const read: Witness[] = [];
  for (let next = readOne(closing); next !== null; next = readOne(closing)) {
    closing = next.closing;
    read.push(next.witness);
  }
  return { closing, read };
}

function readOne(closing: Closing): { readonly closing: Closing; readonly witness: Witness } | null {
  for (const [seat, unread] of closing.unread)
    for (const found of unread) {
      const ids = listOf(closing, found);
      if (ids === null) continue;
      const { root, pages } = found.body;
      const witness = { ...found, body: { kind: "witness", ids, root, pages } as const };
      const rest = unread.filter((other) => other !== found);
      const witnesses = withEntry(closing.witnesses, seat, [...(closing.witnesses.get(seat) ?? []), witness]);
      return { closing: { ...closing, witnesses, unread: withEntry(closing.unread, seat, rest) }, witness };
    }
  return null;
}

/** The list that others witness under the root and count of a witness: a root stands for one list, whoever sends it. */
export function knownList(closing: Closing, { root, count }: PagedWitnessBody): readonly Id[] | null {
  const ids = listedAs(closing, root);
  return ids?.length === count ? ids : null;
}

/** Witnesses that can never count, as a message has shown that just came: all their pages are here, and are not the list that they say. */
export function spoiltBy({ unread, pages }: Closing, { id, slot }: ClosingMessage): readonly PagedWitness[] {
  const about = (unread.get(slot.seat as number) ?? []).filter(
    (witness) => witness.id === id || witness.body.pages.includes(id),
  );
  return about.filter(({ body }) => body.pages.every((page) => pages.has(page)));
}

/** The list of a witness; null while a page is lacking, and where its elector's pages do not give it. */
function listOf(closing: Closing, { body, slot }: PagedWitness): readonly Id[] | null {
  const known = knownList(closing, body);
  if (known !== null) return known;
  const pages = body.pages.map((id) => closing.pages.get(id));
  if (!pages.every((page) => page !== undefined && page.slot.seat === slot.seat)) return null;
  const lists = (pages as readonly Page[]).map((page) => page.body.ids);
  const ids = lists.flat();
  const full = lists.slice(0, -1).every(({ length }) => length === PAGE_IDS);
  const ascending = lists.every((list, at) => at === 0 || (lists[at - 1]?.at(-1) as Id) < (list[0] as Id));
  const isSound = full && ascending && ids.length === body.count && rootOfPaged(ids, lists) === body.root;
  return isSound ? ids : null;
}
