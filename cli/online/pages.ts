// Lists that an agent answers in pages.
import { type Agent, askJson } from "../agent-client.ts";

/** Rows of a page, as many as an agent gives at most. */
const PAGE = 200;

/** Page after page of the list under `name`, up to `most` rows. Most lists lead on by `next`, those of a source by `cursor`. */
export async function pagesOf<Row>(
  agent: Agent,
  path: string,
  name: string,
  query: Readonly<Record<string, string>>,
  most: number,
): Promise<readonly Row[]> {
  type Page = { readonly [list: string]: unknown; readonly next?: string | null; readonly cursor?: string | null };
  const rows: Row[] = [];
  for (let at: Readonly<Record<string, string>> = {}; rows.length < most; ) {
    const asked = new URLSearchParams({ ...query, ...at, limit: String(Math.min(PAGE, most - rows.length)) });
    const page: Page = await askJson<Page>(agent, `${path}?${asked}`);
    rows.push(...(page[name] as readonly Row[]));
    const next = page.next ?? page.cursor ?? null;
    if (next === null) break;
    at = { cursor: next };
  }
  return rows;
}
