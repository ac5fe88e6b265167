// The lineage of a ceremony: page by page, or as a picture of it.
import type { Context } from "hono";
import { integer, nullable, oneOf, record } from "../../../shared/cbor/read.ts";
import { LINEAGE_PAGE_MAX } from "../../../shared/limits.ts";
import type { LinkedEntry } from "../../../shared/lineage/entry.ts";
import { drawLineage } from "../../console/drawn-lineage.tsx";
import { readable } from "../../console/readable.ts";
import type { AgentContext } from "../app.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { entity, UNCHANGED } from "../entity.ts";
import { withCeremony } from "./ceremonies.ts";

/** Contributions that are drawn one by one. */
const DRAWN_MAX = 150;

type Query = {
  readonly after: number | null;
  readonly limit: number | null;
  readonly format: "json" | "svg" | "dot" | null;
};

export const LINEAGE_ROUTES: readonly Route[] = [
  route<Query>({
    method: "GET",
    path: "/v1/ceremonies/{id}/lineage",
    group: "ceremonies",
    does: "what happened here, entry by entry, each linked to the one before it",
    access: "read",
    query: {
      after: { about: "the index of the last entry that is known", reader: nullable(integer(0, 1_000_000_000)) },
      limit: {
        about: `at most so many, ${LINEAGE_PAGE_MAX} at most`,
        reader: nullable(integer(1, LINEAGE_PAGE_MAX)),
      },
      format: { about: "json, or a picture: svg or dot (Graphviz)", reader: nullable(oneOf("json", "svg", "dot")) },
    },
    answers: {
      200: {
        about: "the entries, and the index to ask on from; or the picture",
        type: JSON_TYPE,
        also: ["image/svg+xml", "text/vnd.graphviz"],
        shape: record({ lineage: shape.several(shape.entry), next: nullable(shape.count) }),
      },
      ...UNCHANGED,
    },
    refusals: ["NOT_FOUND"],
    handle: lineageRoute,
  }),
];

/** Pictures by their media types, for whoever asks by Accept. */
const FORMATS: Readonly<Record<string, Query["format"]>> = { "image/svg+xml": "svg", "text/vnd.graphviz": "dot" };

function lineageRoute(context: Context<AgentContext>, { after, limit, ...asked }: Query): Promise<Response> {
  const format = asked.format ?? FORMATS[context.get("form") ?? ""] ?? "json";
  return withCeremony(context, async (ceremony) => {
    const most = limit ?? LINEAGE_PAGE_MAX;
    if (format === "svg") {
      const [view, picture] = await Promise.all([ceremony.view(), ceremony.picture(DRAWN_MAX)]);
      context.header("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox");
      return entity(context, await drawLineage(view, picture), "image/svg+xml");
    }
    const lineage = await ceremony.lineage(after ?? -1, most);
    if (format === "dot") return entity(context, dotOf(lineage), "text/vnd.graphviz");
    const last = lineage.at(-1)?.index ?? null;
    const next = lineage.length === most ? last : null;
    if (next !== null) {
      const { pathname } = new URL(context.req.url);
      context.header("link", `<${pathname}?after=${next}&limit=${most}>; rel="next"`);
    }
    return entity(context, JSON.stringify({ lineage, next }), JSON_TYPE);
  });
}

/** One box an entry, in their order, and the statements that they are about. */
function dotOf(lineage: readonly LinkedEntry[]): string {
  const boxes = lineage.map(
    ({ hash, index, kind, by }) =>
      `  ${quoted(hash)} [label=${quoted(`${index} ${kind}${by === null ? "" : ` · ${by}`}`)}];`,
  );
  const chain = lineage.flatMap(({ hash }, at) => {
    const before = lineage[at - 1];
    return before === undefined ? [] : [`  ${quoted(before.hash)} -> ${quoted(hash)};`];
  });
  const about = lineage.flatMap(({ hash, about: ids }) =>
    ids.map((id) => `  ${quoted(hash)} -> ${quoted(`statement ${id.slice(0, 12)}`)} [style=dotted];`),
  );
  return ["digraph lineage {", "  rankdir=LR; node [shape=box];", ...boxes, ...chain, ...about, "}", ""].join("\n");
}

/** Names come from others: no quotation mark of theirs ends a label. */
function quoted(text: string): string {
  return `"${readable(text, Number.POSITIVE_INFINITY).shown.replace(/[\\"]/g, "\\$&")}"`;
}
