// Every refusal that the one table knows is really produced, by running what refuses; and what people read of each is kept beside this
// file, so that no code and no text changes by accident. `vitest -u` writes the file anew.
import { describe, expect, it, vi } from "vitest";
import { REFUSALS } from "../../shared/refusals.ts";
import { AUTHORITY } from "./authority.ts";
import { BATCHES } from "./batches.ts";
import { BUS } from "./bus.ts";
import { CEREMONY } from "./ceremony.ts";
import { COMMAND } from "./command.ts";
import { COMPOSITION } from "./composition.ts";
import { EDGE, OBJECTS } from "./edge.ts";
import { ENCODING } from "./encoding.ts";
import { EVIDENCE } from "./evidence.ts";
import { type Example, toldBy } from "./example.ts";
import { EXCHANGE } from "./exchange.ts";
import { COALITION, MESH_EXAMPLES } from "./federation.ts";
import { HOOKS } from "./hooks.ts";
import { LIFECYCLE } from "./lifecycle.ts";
import { OPERATION } from "./operation.ts";
import { POLICY } from "./policy.ts";
import { POLICY_DOCUMENTS } from "./policy-documents.ts";
import { COMPOSITE, REFERENCE } from "./reference.ts";
import { SHARDS } from "./shards.ts";

// Its modules are built with the agent's bundle; no refusal comes from them.
vi.spyOn(console, "error").mockImplementation(() => undefined);
vi.spyOn(console, "warn").mockImplementation(() => undefined);

const EXAMPLES: Readonly<Record<string, Example>> = {
  ...ENCODING,
  ...AUTHORITY,
  ...CEREMONY,
  ...BATCHES,
  ...SHARDS,
  ...COMPOSITION,
  ...POLICY_DOCUMENTS,
  ...LIFECYCLE,
  ...POLICY,
  ...EVIDENCE,
  ...REFERENCE,
  ...COMPOSITE,
  ...COALITION,
  ...OPERATION,
  ...MESH_EXAMPLES,
  ...EXCHANGE,
  ...OBJECTS,
  ...EDGE,
  ...HOOKS,
  ...COMMAND,
  ...BUS,
};

/** What every run chooses anew, or what follows from every byte of what was signed. */
const CHOSEN = [
  [/[0-9a-f]{64}/g, "ID"],
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "REQUEST"],
  [new RegExp(`\\b${process.ppid}\\b`, "g"), "PROCESS"],
] as const;

describe("refusals", () => {
  const texts = new Map<string, string>();

  it.each(Object.entries(EXAMPLES))("%s is produced, and says what, why and what to do", async (code, example) => {
    const told = await toldBy(example);
    expect(told.code).toBe(code);
    const lines = [told.code, `  what  ${told.what}`, `  why   ${told.why}`, `  do    ${told.do}`, ""];
    expect(lines.join("\n")).not.toMatch(/\{\w+\}|: undefined|\[object/);
    texts.set(
      code,
      CHOSEN.reduce((text, [chosen, name]) => text.replace(chosen, name), lines.join("\n")),
    );
  });

  it("have an example for every code of the table, and for no other", () => {
    expect(Object.keys(EXAMPLES).sort()).toEqual(Object.keys(REFUSALS).sort());
  });

  it("read as they are kept", async () => {
    const golden = [...texts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
    await expect(golden.join("\n")).toMatchFileSnapshot("refusals.golden");
  });
});
