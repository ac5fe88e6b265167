// `explain` on a bundle: what it says of a frame is what the door finds now, never what the file claims.
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../cli/stack/party.ts";
import { parseBase64, toBase64 } from "../../shared/bytes.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { run } from "../support/command.ts";
import { bundleOf, finishedApproval } from "../support/evidence.ts";
import { MESH, testParties } from "../support/parties.ts";

type Factors = { readonly factors: readonly { readonly name: string; readonly verdict: string }[] };
const network = finishedApproval(3);
const bundle = bundleOf(network.agents[0] as (typeof network.agents)[number]);
const trust = writeTrustStatement(MESH, rootsOf(testParties(3)));
const [, second] = bundle.frames as [{ id: string; frame: string }, { id: string; frame: string }];

function verdictOf(data: unknown, name: string): string | undefined {
  return (data as Factors).factors.find((factor) => factor.name === name)?.verdict;
}

describe("explain BUNDLE ID", () => {
  it("checks signatures and roots under a trust statement", async () => {
    const { exit, data } = await run("explain", bundle, second.id.slice(0, 12), "--trust", trust);
    expect([exit, verdictOf(data, "signature"), verdictOf(data, "credential")]).toEqual([0, "met", "met"]);
  });

  it("says that roots are not checked without one", async () => {
    const { exit, data, text } = await run("explain", bundle, second.id);
    expect([exit, verdictOf(data, "signature"), verdictOf(data, "credential")]).toEqual([0, "met", "not checked"]);
    expect(text).toContain("--trust");
  });

  it.each([["with", ["--trust", trust]] as const, ["without", []] as const])(
    "finds a broken signature %s trust",
    async (_, words) => {
      const bytes = parseBase64(second.frame) as Uint8Array;
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1;
      const frames = bundle.frames.map((each) => (each === second ? { ...each, frame: toBase64(bytes) } : each));
      const { exit, data } = await run("explain", { ...bundle, frames }, second.id, ...words);
      expect([exit, verdictOf(data, "signature")]).toEqual([5, "not met"]);
    },
  );

  it("cannot tell under the roots of others", async () => {
    const others = writeTrustStatement(MESH, new Map([["00".repeat(32), "acme"]]));
    const { exit, refusal } = await run("explain", bundle, second.id, "--trust", others);
    expect([exit, refusal?.code]).toEqual([3, "TRUST_MISSING"]);
  });

  it("refuses ids that are too short, unknown, not ids or ambiguous", async () => {
    const answers = await Promise.all(["abc", "XYZXYZ", "0".repeat(64)].map((id) => run("explain", bundle, id)));
    expect(answers.map(({ exit, refusal }) => [exit, refusal?.code])).toEqual([
      [64, "USAGE"],
      [64, "USAGE"],
      [7, "NEVER_ARRIVED"],
    ]);
    const twin = { id: `${second.id.slice(0, 12)}${"0".repeat(52)}`, frame: second.frame };
    const doubled = { ...bundle, frames: [...bundle.frames, twin] };
    expect((await run("explain", doubled, second.id.slice(0, 8))).refusal?.code).toBe("ID_AMBIGUOUS");
    expect((await run("explain", doubled, twin.id)).refusal?.code).toBe("BUNDLE_ID");
  });
});

describe("verify BUNDLE", () => {
  it("says what a pass rests on, and gives the reason of a failure first", async () => {
    const { exit, text } = await run("verify", bundle, "--trust", trust);
    expect([exit, text.split("\n")[0]]).toEqual([0, "PASSED"]);
    expect(text).toContain(`ceremony ${network.agents[0]?.state.ceremony}`);
    expect(text).toMatch(new RegExp(`${bundle.frames.length} signed frames; trust: ${MESH}, .*revocations none known`));
    const altered = { ...bundle, outcome: { ...bundle.outcome, digest: "00".repeat(32) } };
    const failed = await run("verify", altered, "--trust", trust);
    expect([failed.exit, failed.text.split("\n")[1]]).toEqual([5, "  OUTCOME_MISMATCH at outcome, outcome"]);
  });
});
