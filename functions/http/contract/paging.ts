// Lists in pages, the latest first: `next` of a page is the `cursor` of the one behind it, and `Link` leads there too.
import type { Context } from "hono";
import { integer, nullable, type Reader, recordWith } from "../../../shared/cbor/read.ts";
import type { AgentContext } from "../app.ts";
import type { Field } from "./route.ts";
import * as shape from "./shapes.ts";

/** Rows of one page: at most, and where nothing is said. */
const PAGE_MAX = 200;
export const PAGE_USUAL = 50;

export const LIMIT: Field<number | null> = {
  about: `at most so many, ${PAGE_MAX} at most; ${PAGE_USUAL} where nothing is said`,
  reader: nullable(integer(1, PAGE_MAX)),
};

/** The query of a list whose rows are numbered as they came. */
export const NUMBERED = {
  cursor: { about: "`next` of the page before", reader: nullable(integer(1, Number.MAX_SAFE_INTEGER)) },
  limit: LIMIT,
};
export type Numbered = { readonly cursor: number | null; readonly limit: number | null };

/** What is answered: the rows under their name, and where the next page begins. */
export function pageOf<T>(name: string, row: Reader<T>): Reader<unknown> {
  return recordWith({ [name]: shape.several(row), next: nullable(shape.words) }, {});
}

/** One row more than fits is read, so that the last page is known to be the last. `cursorOf` names the last row of a page. */
export async function answerPage<T, S>(
  context: Context<AgentContext>,
  name: string,
  limit: number | null,
  read: (most: number) => Promise<readonly T[]>,
  { cursorOf, show }: { readonly cursorOf: (row: T) => string | number; readonly show: (row: T) => S },
): Promise<Response> {
  const most = limit ?? PAGE_USUAL;
  const rows = await read(most + 1);
  const last = rows.length > most ? rows[most - 1] : undefined;
  const next = last === undefined ? null : String(cursorOf(last));
  if (next !== null) {
    const link = new URL(context.req.url);
    link.searchParams.set("cursor", next);
    context.header("link", `<${link.pathname}${link.search}>; rel="next"`);
  }
  return context.json({ [name]: rows.slice(0, most).map(show), next });
}
