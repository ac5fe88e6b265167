// The list of routes for readers is the table's.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { deprecationText } from "../../../functions/http/contract/deprecation.ts";
import { type Limits, limitsOf } from "../../../functions/http/contract/limits.ts";
import { ROUTES } from "../../../functions/http/contract/table.ts";

/** In few words: a list of seventy routes is read across. */
function limitsCell({ body, budget, page }: Limits): string {
  const cost = budget === null ? "free" : `${budget.units} ${budget.units === 1 ? "unit" : "units"}`;
  return [
    `${body.toLocaleString("en-GB")} B`,
    cost,
    ...(page === null ? [] : [`${page.toLocaleString("en-GB")} rows`]),
  ].join(", ");
}

describe("the table of routes", () => {
  // `vitest -u` writes the list anew.
  it("is what the list for readers says", async () => {
    const file = new URL("../../../functions/http/ROUTES.md", import.meta.url).pathname;
    const rows = [...new Set(ROUTES.map(({ path }) => path))].map((path) => {
      const here = ROUTES.filter((route) => route.path === path);
      const each = (column: "method" | "does" | "access", by = ", ") => here.map((route) => route[column]).join(by);
      const most = [...new Set(here.map((route) => limitsCell(limitsOf(route))))].join("; ");
      const going = here.map(deprecationText).filter((text) => text !== "");
      const does = [each("does", "; "), ...going].join("; ");
      return `| \`${each("method")} ${path}\` | ${does} | ${each("access")} | ${most} |`;
    });
    const list = [
      "<!-- routes -->",
      "| route | does | needs | at most |",
      "|---|---|---|---|",
      ...rows,
      "<!-- /routes -->",
    ].join("\n");
    const written = readFileSync(file, "utf8").replace(/<!-- routes -->[\s\S]*<!-- \/routes -->/, () => list);
    expect(written).toContain(list);
    await expect(written).toMatchFileSnapshot(file);
  });
});
