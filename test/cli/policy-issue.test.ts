// `policy issue` and `policy head`: issues as files that authorities sign one after the other, and the alias that they lead to.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { toBase64, toHex } from "../../shared/bytes.ts";
import { sha256 } from "../../shared/hash.ts";
import { APPROVAL } from "../../shared/policy/patterns/approval.ts";
import { run } from "../support/command.ts";
import { trustIn } from "../support/evidence.ts";
import { MESH, testParties } from "../support/parties.ts";

const PARTIES = testParties(2);
const identity = (name: string) => ({
  format: "quorate-identity/1",
  mesh: MESH,
  frame: "utc",
  class: "governance",
  secret: toHex(sha256(new TextEncoder().encode(`root ${name}`))),
  credentials: PARTIES.find((one) => one.name === name)?.identity.credentials.map(toBase64),
});
const RULE = { issuers: ["acme", "bolt"], successor: 2, override: 1, scope: null };

describe("policy issue and head", () => {
  it("lead from a first issue to an override, and refuse what lacks a signature", async () => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-issues-"));
    const at = (name: string) => join(folder, name);
    const head = (...more: string[]) =>
      run("policy", "head", "release", "--issues", folder, "--trust", trustIn(PARTIES), ...more);
    const issue = (name: string, policy: object, ...more: (string | object)[]) =>
      run("policy", "issue", policy, "--identity", identity("acme"), "--alias", "release", ...more, "-f", at(name));
    const cosign = (name: string, of: string) =>
      run("policy", "issue", "--cosign", at(of), "--identity", identity("bolt"), "-f", at(name));

    const first = await issue("1a", APPROVAL, "--rule", RULE, "--since", "2026-01-01T00:00:00Z");
    expect(await head()).toMatchObject({ exit: 5, refusal: { code: "ALIAS_UNKNOWN" } });
    await cosign("1b", "1a");
    expect((await head()).data).toMatchObject({
      id: "approval",
      chain: [{ relation: "foundational", signers: ["acme", "bolt"] }],
    });

    const { issue: of } = first.data as { issue: string };
    const titled = { ...APPROVAL, title: "Release" };
    const second = await issue("2a", titled, "--of", of, "--since", "2026-02-01T00:00:00Z");
    expect((await head()).data).toMatchObject({ chain: { length: 1 }, refused: [{ code: "ISSUE_COSIGNERS" }] });
    await cosign("2b", "2a");
    expect((await head()).data).toMatchObject({ chain: { length: 2 }, refused: [] });

    const last = { ...titled, timing: { ...titled.timing, early: false } };
    const upon = ["--of", (second.data as { issue: string }).issue, "--since", "2026-03-01T00:00:00Z"];
    await issue("3a", last, ...upon, "--changes", "timing.early");
    expect((await head()).data).toMatchObject({ chain: { length: 3, 2: { relation: "override", signers: ["acme"] } } });
    expect((await head("--at", "2026-02-15T00:00:00Z")).data).toMatchObject({ chain: { length: 2 } });
    expect(await head("--as-of", "2026-03-02T00:00:00Z", "--at", "2026-06-01T00:00:00Z")).toMatchObject({
      refusal: { code: "ALIAS_STALE" },
    });
    rmSync(folder, { recursive: true });
  });

  it("want what a first or a later issue needs", async () => {
    const words = ["policy", "issue", APPROVAL, "--identity", identity("acme"), "--alias", "x", "-f", "out"] as const;
    expect(await run(...words)).toMatchObject({ exit: 64 });
    expect(await run(...words, "--since", "2026-01-01T00:00:00Z")).toMatchObject({ exit: 64 });
    expect(await run("policy", "head", "x", "--issues", "none", "--trust", trustIn(PARTIES))).toMatchObject({
      exit: 7,
    });
  });
});
