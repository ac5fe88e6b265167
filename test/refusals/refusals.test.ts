// Refusals of the one table are really produced, by running what refuses; and what people read of each is kept beside this
// file, so that no code and no text changes by accident. `vitest -u` writes the file anew.
import { describe, expect, it } from "vitest";
import { describeRefusal, REFUSALS } from "../../shared/refusals.ts";
import type { Fault } from "../../shared/result.ts";
import { AUTHORITY } from "./authority.ts";
import { ENCODING } from "./encoding.ts";
import { type Example, faultOf } from "./example.ts";
import { COALITION, MESH_EXAMPLES } from "./federation.ts";
import { COMPOSITE, REFERENCE } from "./reference.ts";

const EXAMPLES: Readonly<Record<string, Example>> = {
  ...ENCODING,
  ...AUTHORITY,
  ...REFERENCE,
  ...COMPOSITE,
  ...COALITION,
  ...MESH_EXAMPLES,
};

/** Placeholders of a refusal's text for which its detail holds nothing. */
function unfilled({ code, detail }: Fault): readonly string[] {
  const { what, why, do: remedy } = REFUSALS[code];
  const names = [what, why, remedy].flatMap((text) =>
    [...text.matchAll(/\{(\w+)(?::instant)?\}/g)].map(([, name]) => name as string),
  );
  return names.filter((name) => detail[name] === undefined || detail[name] === "");
}

function goldenText(fault: Fault): string {
  const { code, what, why, do: remedy } = describeRefusal(fault);
  return `${code}\n  what  ${what}\n  why   ${why}\n  do    ${remedy}\n`;
}

describe("refusals", () => {
  const texts = new Map<string, string>();

  it.each(Object.entries(EXAMPLES))("%s is produced, and says what, why and what to do", async (code, example) => {
    const fault = await faultOf(example);
    expect(fault.code).toBe(code);
    expect(unfilled(fault)).toEqual([]);
    texts.set(code, goldenText(fault));
  });

  it("read as they are kept", async () => {
    const golden = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
    await expect(golden.join("\n")).toMatchFileSnapshot("refusals.golden");
  });
});
