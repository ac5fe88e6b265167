// The index of refusals: each code is told offline, has a page at every agent, and comes to a status, an exit code and a word on trying again;
// and no refusal, whatever it is about, is told with a part that is empty or left open.
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { EXITS } from "../../cli/help.ts";
import { EXIT } from "../../cli/registry.ts";
import { exitOf, isRetryable, statusOf } from "../../shared/refusals/effects.ts";
import { describeRefusal, REFUSALS, type RefusalCode, textOf } from "../../shared/refusals.ts";
import { agentHere } from "../support/agent-here.ts";
import { answered } from "../support/answered.ts";
import { testParties } from "../support/parties.ts";

vi.mock("../../functions/console/assets.ts", () => ({
  assetRoute: () => new Response(""),
  assetPath: (name: string) => name,
}));

const CODES = Object.keys(REFUSALS) as readonly RefusalCode[];
const plain = (html: string) =>
  html.replace(/<[^>]*>/g, "").replace(/&(lt|gt|amp|quot|#39);/g, (_, name: string) => CHARACTERS[name] ?? "");
const CHARACTERS: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', "#39": "'" };

describe("the index of refusals", () => {
  it("tells each code offline with its exit, its status and whether to try again", async () => {
    const { stdout } = await answered("errors", "-o", "json", "--offline");
    const told = JSON.parse(stdout) as readonly { readonly code: RefusalCode }[];
    for (const { code, ...rest } of told)
      expect(rest, code).toMatchObject({ exit: exitOf(code), status: statusOf(code), retryable: isRetryable(code) });
    const { stdout: text } = await answered("errors", "RATE_LIMITED");
    expect(text).toContain("exit 9, status 429, may succeed later");
  });

  it("has a page for each code at an agent, for whoever asks, with the same words", async () => {
    const parties = testParties(3);
    const agent = agentHere(parties[0] as (typeof parties)[number], parties);
    for (const code of CODES) {
      const answer = await agent.request(`/e/${code}`);
      const page = plain(await answer.text());
      expect(answer.status, code).toBe(200);
      for (const part of Object.values(textOf(code))) expect(page, code).toContain(part);
      expect(page, code).toContain(`status ${statusOf(code)}, and the command line with exit ${exitOf(code)}`);
    }
    expect((await agent.request("/e/NO_SUCH")).status).toBe(404);
  });

  it("comes to exit codes of the one table, which tells each", () => {
    expect(EXITS.map(([code]) => code)).toEqual(Object.values(EXIT));
    for (const code of CODES) {
      expect(Object.values(EXIT), code).toContain(exitOf(code));
      expect(exitOf(code), code).not.toBe(EXIT.yes);
      if (isRetryable(code)) expect([EXIT.unreachable, EXIT.pending, EXIT.bug], code).toContain(exitOf(code));
    }
  });
});

describe("the words of a refusal", () => {
  const words = fc.string().map((text) => text.replace(/[:;,{}]/g, ""));
  const value = fc.oneof(
    fc.constantFrom(undefined, null, "", " ", [], [""], ["a", ""], {}, "the following:", "a,\n", 0, true),
    words,
    fc.array(words),
    fc.integer(),
  );
  const NAMES = [...JSON.stringify(REFUSALS).matchAll(/\{(\w+)(?::instant)?\}/g)].map(([, name]) => name as string);
  const detail = fc.record(Object.fromEntries([...new Set(NAMES)].map((name) => [name, value])));

  it("are all three there and closed, whatever the refusal is about", () => {
    fc.assert(
      fc.property(fc.constantFrom(...CODES), detail, (code, about) => {
        const { what, why, do: remedy } = describeRefusal({ code, detail: about });
        for (const part of [what, why, remedy]) {
          expect(part.trim()).not.toBe("");
          expect(part).not.toMatch(/[:,;]\s*$|: *[,;]|\{\w+\}|\[object|: undefined/);
        }
      }),
      { numRuns: 1_500 },
    );
  });
});
