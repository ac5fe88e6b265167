// The SDK as it is installed: the built files, loaded by another Node through the package's own name, without a network.
import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { buildSdk, type SdkFile } from "../../cli/stack/sdk.ts";
import { inclusionDocument } from "../../shared/evidence/inclusion.ts";
import { bidsIn, close, handIn, openSale } from "../support/bidders.ts";
import { bundleOf, bytesOf, conditionedBundle, finishedApproval, trustIn } from "../support/evidence.ts";
import type { Agent } from "../support/network.ts";
import { testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";

const root = new URL("../..", import.meta.url).pathname;
const built = (name: string) => join(root, "dist", "sdk", `${name}.js`);
const parties = testParties(4);
let files: readonly SdkFile[];

beforeAll(async () => {
  files = await buildSdk({ types: true });
});

/** Runs a module in a Node that refuses to open a socket; what it prints. */
function inNode(script: string, env: Readonly<Record<string, string>> = {}): unknown {
  const closed =
    'import net from "node:net"; net.Socket.prototype.connect = () => { throw new Error("a socket was opened"); };';
  const words = ["--input-type=module", "-e", `${closed}\n${script}`];
  return JSON.parse(
    execFileSync(process.execPath, words, { cwd: root, encoding: "utf8", env: { ...process.env, ...env } }),
  );
}

/** Verifies a bundle by the built file at `module`. */
function verifiedBy(module: string, dir: string, bundle: unknown) {
  writeFileSync(join(dir, "bundle.json"), bytesOf(bundle));
  writeFileSync(join(dir, "trust.json"), JSON.stringify(trustIn(parties)));
  return inNode(
    `import { readFileSync } from "node:fs";
     const { verifyBundle } = await import(${JSON.stringify(module)});
     const trust = JSON.parse(readFileSync(${JSON.stringify(join(dir, "trust.json"))}, "utf8"));
     const { verdict, reasons, outcome } = await verifyBundle(readFileSync(${JSON.stringify(join(dir, "bundle.json"))}), { trust });
     console.log(JSON.stringify({ verdict, codes: reasons.map(({ code }) => code), digest: outcome?.digest ?? null }));`,
  );
}

describe("the built SDK", () => {
  it("asks nothing of Node and of no network", () => {
    for (const { module } of files) {
      const text = readFileSync(built(module), "utf8");
      expect(text, module).not.toMatch(/from\s*"(node:|fs|net|crypto)|require\("/);
      if (module !== "client") expect(text, module).not.toMatch(/\bfetch\(|XMLHttpRequest|WebSocket\(/);
    }
  });

  it("has a verifier that loads half of what the whole one weighs", () => {
    const size = (name: string) => gzipSync(readFileSync(built(name)), { level: 9 }).length;
    expect(size("verify")).toBeLessThanOrEqual(112_000);
    expect(size("verify")).toBeLessThan(0.55 * size("verify-full"));
    expect(size("client")).toBeLessThanOrEqual(12_000);
    expect(readFileSync(built("verify"), "utf8").match(/import\(/g)).toHaveLength(1);
  });

  it("compiles under its own types", () => {
    const { dir, remove } = scratchFolder("sdk-types", join(root, "dist"));
    writeFileSync(
      join(dir, "use.ts"),
      `import { createClient } from "quorate";
       import { verifyBundle, type Verdict } from "quorate/verify";
       import { definePolicy, pattern } from "quorate/policy";
       import { verifyRaw } from "quorate/webhooks";
       import { coalition } from "quorate/testing";
       const verdict: Promise<Verdict> = verifyBundle(new Uint8Array(), { trust: {} });
       const word: Promise<"passed" | "failed" | "indeterminate"> = verdict.then((v) => v.verdict);
       // @ts-expect-error: identity is never implied
       verifyBundle(new Uint8Array(), {});
       export const all = [word, definePolicy(pattern("approval")).hash, coalition, createClient, verifyRaw];`,
    );
    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    const options = [
      "--ignoreConfig",
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--lib",
      "es2024,dom",
      "--types",
      "",
    ];
    const { stdout, status } = spawnSync(process.execPath, [compiler, ...options, join(dir, "use.ts")], {
      encoding: "utf8",
    });
    remove();
    expect([stdout, status]).toEqual(["", 0]);
  });
});

describe("quorate/verify", () => {
  it("judges an ordinary bundle by itself, and one with conditions by the file beside it, or not at all", () => {
    const { dir, remove } = scratchFolder("sdk-verify");
    try {
      const plain = bundleOf(finishedApproval(4).agents[0] as Agent);
      const withCel = conditionedBundle();
      const alone = join(dir, "verify.js");
      copyFileSync(built("verify"), alone);
      const passed = (bundle: typeof plain) => ({ verdict: "passed", codes: [], digest: bundle.outcome.digest });
      const missing = { verdict: "indeterminate", codes: ["EVALUATOR_MISSING"], digest: null };
      expect(verifiedBy(alone, dir, plain)).toEqual(passed(plain));
      expect(verifiedBy(alone, dir, withCel)).toEqual(missing);
      expect(verifiedBy("quorate/verify", dir, withCel)).toEqual(passed(withCel));
      const forged = { ...withCel, outcome: { ...withCel.outcome, digest: "0".repeat(64) } };
      expect(verifiedBy("quorate/verify", dir, forged)).toMatchObject({
        verdict: "failed",
        codes: ["OUTCOME_MISMATCH"],
      });
      expect(verifiedBy(alone, dir, forged)).toEqual(missing);
    } finally {
      remove();
    }
  });

  it("says in words what stopped it", () => {
    const told = inNode(
      `import { describeReason, verifyBundle } from "quorate/verify";
       const { verdict, reasons } = await verifyBundle(new TextEncoder().encode("{}"), { trust: null });
       console.log(JSON.stringify([verdict, await describeReason(reasons[0])]));`,
    );
    expect(told).toMatchObject([
      "indeterminate",
      { code: "TRUST_INVALID", what: "the trust statement cannot be read" },
    ]);
  });
});

describe("quorate/verify, of one contribution", () => {
  it("passes a proof that it counted, and fails one that was altered", () => {
    const sale = openSale(2);
    const [bid] = bidsIn(sale, 2) as readonly [{ id: string }, unknown];
    handIn(sale, "acme", [bid] as never);
    close(sale);
    const proof = inclusionDocument(sale.net.agent("bolt").state, bid.id);
    const { dir, remove } = scratchFolder("sdk-inclusion");
    writeFileSync(join(dir, "proof.json"), JSON.stringify(proof.ok ? proof.value : proof.fault));
    writeFileSync(join(dir, "trust.json"), JSON.stringify(trustIn(sale.parties)));
    const told = inNode(
      `import { readFileSync } from "node:fs"; import { verifyInclusion } from "quorate/verify";
       const [proof, trust] = ["proof", "trust"].map((name) => JSON.parse(readFileSync(${JSON.stringify(dir)} + "/" + name + ".json", "utf8")));
       const ask = async (document, by) => { const { verdict, reasons, by: signers } = await verifyInclusion(document, { trust: by }); return [verdict, reasons.map(({ code }) => code), signers.length]; };
       const other = { ...proof, contribution: "0".repeat(64) };
       console.log(JSON.stringify([await ask(proof, trust), await ask(other, trust), await ask({}, trust), await ask(proof, null), await ask(proof, { ...trust, roots: trust.roots.slice(-1) })]));`,
    );
    remove();
    expect(told).toEqual([
      ["passed", [], 3],
      ["failed", ["INCLUSION_PATH"], 0],
      ["failed", ["INCLUSION_FORMAT"], 0],
      ["indeterminate", ["TRUST_INVALID"], 0],
      ["indeterminate", ["ROOT_UNKNOWN"], 0],
    ]);
  });
});

describe("quorate/testing", () => {
  it("lets parties decide in memory, apart and together again", () => {
    const result = inNode(
      `import { coalition } from "quorate/testing";
       const t = coalition({ parties: ["acme", "globex", "initech", "umbra"], policy: "approval", role: "approver", closesIn: 10, expiresIn: 600 });
       t.partition(["umbra"]);
       for (const name of ["acme", "globex", "initech", "umbra"]) t.say(name, { choice: "approve" });
       t.advance(60);
       const apart = t.outcome("umbra");
       t.heal();
       t.advance(120);
       const { verdict, network } = await t.verify("umbra");
       console.log(JSON.stringify({ apart, value: t.sameOutcome().value.choice, verdict, network }));`,
    );
    expect(result).toEqual({ apart: null, value: "approve", verdict: "passed", network: 0 });
  });

  it("throws the refusal of a contribution that the policy does not take", () => {
    const code = inNode(
      `import { coalition } from "quorate/testing";
       const t = coalition({ parties: ["a", "b", "c"], policy: "approval", role: "approver" });
       try { t.say("a", { choice: 7 }); } catch (error) { console.log(JSON.stringify([error.name, error.code])); }`,
    );
    expect(code).toEqual(["QuorateError", "CONTENT_INVALID"]);
  });
});

describe("quorate/policy and quorate/webhooks", () => {
  it("define, lint, decide and simulate", () => {
    const result = inNode(
      `import { decide, definePolicy, lint, pattern, simulate } from "quorate/policy";
       const policy = definePolicy(pattern("approval"));
       const parties = ["a", "b", "c"].map((id) => ({ id, role: "approver" }));
       const input = { parties, rounds: [parties.map(({ id }) => ({ party: id, payload: { choice: "approve" } }))] };
       const { status, value } = decide(policy, input);
       let thrown; try { definePolicy({ id: "x" }); } catch (error) { thrown = error.code; }
       console.log(JSON.stringify({ status, choice: value.choice, ok: lint(pattern("vote")).length, bad: lint({ id: "x" }).length > 0, thrown: typeof thrown,
         runs: simulate(policy, input, { silent: 1 }).faults.length }));`,
    );
    expect(result).toEqual({ status: "decided", choice: "approve", ok: 0, bad: true, thrown: "string", runs: 3 });
  });

  it("verifies raw bytes, and names what is wrong with them", () => {
    const result = inNode(
      `import { createHmac } from "node:crypto"; import { verifyRaw } from "quorate/webhooks";
       const body = new TextEncoder().encode('{"action":"opened"}');
       const sign = (secret) => ({ "X-Hub-Signature-256": "sha256=" + createHmac("sha256", secret).update(body).digest("hex"), "X-GitHub-Delivery": "d1", "X-GitHub-Event": "issues" });
       const ask = (secret) => verifyRaw("github", { headers: sign(secret), body, secrets: ["s3cret"], nowSeconds: 0 });
       const good = await ask("s3cret");
       const bad = await ask("other").catch((error) => error.code);
       console.log(JSON.stringify([good.secretIndex, good.replayKey.startsWith("sha256:"), bad]));`,
    );
    expect(result).toEqual([0, true, "HOOK_SIGNATURE_MISMATCH"]);
  });
});
