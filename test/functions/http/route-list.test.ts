// The list of routes for readers is the table's.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../../functions/http/contract/table.ts";

describe("the table of routes", () => {
  // `vitest -u` writes the list anew.
  it("is what the list for readers says", async () => {
    const file = new URL("../../../functions/http/ROUTES.md", import.meta.url).pathname;
    const rows = [...new Set(ROUTES.map(({ path }) => path))].map((path) => {
      const here = ROUTES.filter((route) => route.path === path);
      const each = (column: "method" | "does" | "access", by = ", ") => here.map((route) => route[column]).join(by);
      return `| \`${each("method")} ${path}\` | ${each("does", "; ")} | ${each("access")} |`;
    });
    const list = ["<!-- routes -->", "| route | does | needs |", "|---|---|---|", ...rows, "<!-- /routes -->"].join(
      "\n",
    );
    const written = readFileSync(file, "utf8").replace(/<!-- routes -->[\s\S]*<!-- \/routes -->/, () => list);
    expect(written).toContain(list);
    await expect(written).toMatchFileSnapshot(file);
  });
});
