// Ids and lists of them, to and from the wire: in strictly ascending order, so that one set has one spelling. A witness's list that is too long for
// its frame stands on pages (SPEC §8.14).
import { OTHERWISE, passBytes, passHead } from "../cbor/decode.ts";
import { bytes, directly, integer, join, list, made, misfit, type Reader, record } from "../cbor/read.ts";
import { type Encodable, isCborMap } from "../cbor/value.ts";
import { ID_BYTES, idBytes, idText } from "../hash.ts";
import { PAGE_IDS, WITNESS_IDS_MAX, WITNESS_PAGES_MAX } from "../limits.ts";
import type { Id, PagedWitnessBody, WitnessBody } from "./observation.ts";

export const readId: Reader<Id> = directly(made(bytes(ID_BYTES), idText), (cursor) => {
  if (passHead(cursor, 2) !== ID_BYTES) throw OTHERWISE;
  return idText(cursor.bytes, passBytes(cursor, ID_BYTES));
});

/** Ids in strictly ascending order: one set has one spelling. */
export function idSet(most: number, least = 0): Reader<readonly Id[]> {
  const readIds = list(readId, most, least);
  return (value, path) => {
    const ids = readIds(value, path);
    for (let i = 1; i < ids.length; i++)
      if ((ids[i - 1] as Id) >= (ids[i] as Id)) misfit(path, "ids in ascending order, each once");
    return ids;
  };
}

export const ids = (set: readonly Id[]) => set.map(idBytes);

const readListed = record<Omit<WitnessBody, "kind">>({ ids: idSet(WITNESS_IDS_MAX), root: readId });
const readPaged = record<Omit<PagedWitnessBody, "kind">>({
  count: integer(WITNESS_IDS_MAX + 1, WITNESS_PAGES_MAX * PAGE_IDS),
  pages: list(readId, WITNESS_PAGES_MAX, 2),
  root: readId,
});

export const readWitness: Reader<WitnessBody | PagedWitnessBody> = (value, path) => {
  if (!isCborMap(value) || !value.has("pages")) return { kind: "witness", ...readListed(value, path) };
  const { count, pages, root } = readPaged(value, path);
  if (pages.length !== Math.ceil(count / PAGE_IDS)) misfit(join(path, "pages"), `as many as ${count} ids take`);
  return { kind: "witness", count, pages, root };
};

export const readPage = record<{ ids: readonly Id[] }>({ ids: idSet(PAGE_IDS, 1) });

export function witnessFields(body: WitnessBody | PagedWitnessBody): Encodable {
  const root = idBytes(body.root);
  return body.ids === undefined ? { count: body.count, pages: ids(body.pages), root } : { ids: ids(body.ids), root };
}
