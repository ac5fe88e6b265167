// One verdict from every hand: the command line, the SDK as it is built, and the verifier itself. The two pages are asked the same in a
// browser (test/stack/verify-pages.test.ts).
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { buildSdk } from "../../../cli/stack/sdk.ts";
import { parseJson } from "../../../shared/evidence/bundle.ts";
import { type Verdict, type VerdictOptions, verdictOn } from "../../../shared/evidence/verdict.ts";
import { run } from "../../support/command.ts";
import { evidenceCases } from "../../support/tampered.ts";

type Verify = (bytes: Uint8Array, options: VerdictOptions) => Promise<Verdict>;
const cases = evidenceCases();
const answer = ({ verdict, reasons }: Verdict) => [verdict, reasons[0]?.code ?? null];
let sdk: Verify;

beforeAll(async () => {
  await buildSdk({ types: false });
  const file = new URL("../../../dist/sdk/verify.js", import.meta.url).pathname;
  sdk = ((await import(/* @vite-ignore */ pathToFileURL(file).href)) as { verifyBundle: Verify }).verifyBundle;
});

describe("evidence that is tampered with, absent or stale", () => {
  it("comes in more than forty ways", () => {
    expect(cases.filter(({ verdict }) => verdict !== "passed").length).toBeGreaterThanOrEqual(40);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
  });

  it.each(cases)("is judged the same by the verifier, the SDK and the command line: $name", async (one) => {
    const { bundle, trust } = one;
    const expected = [one.verdict, one.code];
    expect(answer(await verdictOn(bundle, { trust }))).toEqual(expected);
    expect(answer(await sdk(bundle, { trust: parseJson(new TextEncoder().encode(JSON.stringify(trust))) }))).toEqual(
      expected,
    );
    const { exit, data, refusal } = await run("verify", bundle, "--trust", trust);
    const told = data as { verdict: string; firstFailing?: { code: string } } | null;
    // A trust statement that cannot be read is told by the command line as wrong usage.
    if (one.code === "TRUST_INVALID") expect([exit, refusal?.code]).toEqual([64, one.code]);
    else expect([told?.verdict, told?.firstFailing?.code ?? null]).toEqual(expected);
  });
});
