// The lineage of a ceremony, as a list and as a graph for graphviz: what the organisations said, and what was said of it.
import { readableInstant } from "../../shared/instant.ts";
import type { LinkedEntry } from "../../shared/lineage/entry.ts";
import { shown } from "../terminal.ts";
import { short } from "./ids.ts";

export type ShownLineage = readonly LinkedEntry[];

export function lineageText(lineage: ShownLineage): string {
  if (lineage.length === 0) return "nothing has happened";
  return lineage
    .map(({ index, at, kind, by, about, detail }) => {
      const time = readableInstant(Math.floor(at / 1_000) * 1_000).slice(11, 23);
      const what = Object.entries(detail).map(([name, value]) => `${name} ${shown(value)}`);
      const of =
        about.length === 0 ? "" : `   ${about.slice(0, 3).map(short).join(" ")}${about.length > 3 ? " …" : ""}`;
      return `${String(index).padStart(4)}  ${time.padEnd(12)} ${kind.padEnd(17)} ${shown(by ?? "–").padEnd(10)} ${what.join("  ")}${of}`;
    })
    .join("\n");
}

/** Entries in their chain, and the statements that each is about. */
export function lineageDot(lineage: ShownLineage): string {
  const entries = lineage.map(
    ({ index, kind, by }) =>
      `  e${index} [shape=box, label=${quoted(`${index} ${kind}${by === null ? "" : ` ${by}`}`)}];`,
  );
  const chain = lineage.slice(1).map(({ index }) => `  e${index - 1} -> e${index};`);
  const statements = [...new Set(lineage.flatMap(({ about }) => about))].map(
    (id) => `  ${quoted(short(id))} [shape=ellipse];`,
  );
  const about = lineage.flatMap((entry) =>
    entry.about.map((id) => `  e${entry.index} -> ${quoted(short(id))} [style=dotted];`),
  );
  return ["digraph lineage {", "  rankdir=LR;", ...entries, ...statements, ...chain, ...about, "}"].join("\n");
}

function quoted(text: string): string {
  return `"${shown(text).replace(/[\\"]/g, "\\$&")}"`;
}
