import { describe, expect, it } from "vitest";
import { REFUSALS } from "../../shared/refusals.ts";
import { run } from "../support/command.ts";

describe("quorate errors", () => {
  it("tells every code offline, each by itself too, with nothing left to fill in but names", async () => {
    const all = (await run("errors")).data as readonly { readonly code: string }[];
    expect(all.map(({ code }) => code)).toEqual(Object.keys(REFUSALS).sort());
    for (const entry of all) {
      const { exit, data } = await run("errors", entry.code.toLowerCase());
      expect([exit, data]).toEqual([0, entry]);
      expect(JSON.stringify(data)).not.toMatch(/\{[a-zA-Z]+(:instant)?\}/);
    }
  });

  it("does not know a code that there is not", async () => {
    expect(await run("errors", "NO_SUCH")).toMatchObject({ exit: 7, refusal: { code: "NOT_FOUND" } });
  });
});
