// The lineage of a ceremony at one agent: fetched page by page, and shown as a list.
import type { LinkedEntry } from "../../shared/lineage/entry.ts";
import { type Agent, askJson } from "../agent-client.ts";
import { shown } from "../terminal.ts";
import { clockText } from "../times.ts";
import { short } from "./ids.ts";

type Page = { readonly lineage: readonly LinkedEntry[]; readonly next: number | null };

export async function lineageOf(agent: Agent, ceremony: string): Promise<readonly LinkedEntry[]> {
  const entries: LinkedEntry[] = [];
  for (let after = ""; ; ) {
    const { lineage, next } = await askJson<Page>(agent, `/v1/ceremonies/${ceremony}/lineage${after}`);
    entries.push(...lineage);
    if (next === null) return entries;
    after = `?after=${next}`;
  }
}

export function lineageText(lineage: readonly LinkedEntry[]): string {
  if (lineage.length === 0) return "nothing has happened";
  return lineage
    .map(({ index, at, kind, by, about, detail }) => {
      const time = clockText(at, 3);
      const what = Object.entries(detail).map(([name, value]) => `${name} ${shown(value)}`);
      const of =
        about.length === 0 ? "" : `   ${about.slice(0, 3).map(short).join(" ")}${about.length > 3 ? " …" : ""}`;
      return `${String(index).padStart(4)}  ${time.padEnd(12)} ${kind.padEnd(17)} ${shown(by ?? "–").padEnd(10)} ${what.join("  ")}${of}`;
    })
    .join("\n");
}
