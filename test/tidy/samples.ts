// For every tidy rule: files that break it and look-alikes that do not. A rule without a bad sample fails its own test.
// Words that the rules look for in text are joined from halves here, so that this file keeps the rules itself.
import { OUTWARD_SAMPLES } from "./outward-samples.ts";
export type Sample = readonly [path: string, text: string];
export type Samples = { readonly bad: readonly Sample[]; readonly good: readonly Sample[] };

const long = (lines: number, line: string): string => `${line}\n`.repeat(lines);
const body = (lines: number): string => `export function f() {\n${long(lines - 2, "  g();")}}\n`;

export const SAMPLES: Readonly<Record<string, Samples>> = {
  ...OUTWARD_SAMPLES,
  "room-direction": {
    bad: [
      ["shared/a.ts", 'import { b } from "../durable/b.ts";'],
      ["shared/a.ts", 'export { b } from "../cli/b.ts";'],
      ["shared/a/b.ts", 'import type { B } from "../../functions/b.ts";'],
      ["shared/a.ts", 'type B = import("../durable/b.ts").B;'],
      ["shared/a.ts", 'import manifest from "../package.json";'],
      ["durable/a.ts", 'import { b } from "../functions/b.ts";'],
      ["functions/a.ts", 'import { b } from "../cli/b.ts";'],
      ["cli/a.ts", 'import { b } from "../durable/b.ts";'],
      ["cli/a.ts", 'const b = await import("../functions/b.ts");'],
      ["durable/a.ts", 'import { b } from "../test/b.ts";'],
    ],
    good: [
      ["durable/a.ts", 'import { b } from "../shared/b.ts";'],
      ["functions/a/b.ts", 'import { b } from "../../durable/b.ts";'],
      ["test/a.test.ts", 'import { b } from "../cli/b.ts";'],
      ["cli/a.ts", 'import manifest from "../package.json" with { type: "json" };'],
      ["shared/a.ts", "const text = \"import { b } from '../durable/b.ts'\";"],
    ],
  },
  "folder-direction": {
    bad: [
      ["shared/reconcile/a.ts", 'import { b } from "../policy/b.ts";'],
      ["shared/lineage/a.ts", 'import type { B } from "../ceremony/b.ts";'],
    ],
    good: [["shared/ceremony/a.ts", 'import { b } from "../lineage/b.ts";']],
  },
  "patterns-are-data": {
    bad: [["shared/policy/patterns/a.ts", 'import { b } from "../b.ts";']],
    good: [
      ["shared/policy/patterns/a.ts", 'import type { Policy } from "../policy.ts";'],
      ["shared/policy/patterns/index.ts", 'import { a } from "./a.ts";'],
    ],
  },
  "package-home": {
    bad: [
      ["durable/other.ts", 'import { connect } from "nats.ws";'],
      ["shared/lineage/a.ts", 'import { sha256 } from "@noble/hashes/sha2.js";'],
      ["functions/a.ts", 'import { ed25519 } from "@noble/curves/ed25519.js";'],
      ["durable/a.ts", 'import { Decoder } from "cbor-x/decode-no-eval";'],
      ["durable/a.ts", 'import { Hono } from "hono";'],
      ["cli/a.ts", 'import { DurableObject } from "cloudflare:workers";'],
      ["test/a.test.ts", 'import { decode } from "cbor-x";'],
      ["shared/cbor/a.ts", 'import { decode } from "cbor-x";'],
    ],
    good: [
      ["durable/nats-link.ts", 'import { connect } from "nats.ws";'],
      ["shared/hash.ts", 'import { sha256 } from "@noble/hashes/sha2.js";'],
      ["functions/http/app.ts", 'import { Hono } from "hono";'],
      ["test/stack/a.test.ts", 'import { connect } from "nats.ws";'],
    ],
  },
  "shared-packages": {
    bad: [
      ["shared/a.ts", 'import { readFileSync } from "node:fs";'],
      ["shared/a.ts", 'import type { DurableObjectState } from "cloudflare:workers";'],
      ["shared/a.ts", 'import { z } from "zod";'],
      ["shared/cbor/a.ts", 'import { decode } from "cbor-x/decode";'],
    ],
    good: [["shared/cbor/a.ts", 'import { Decoder } from "cbor-x/decode-no-eval";']],
  },
  "import-extension": {
    bad: [["cli/a.ts", 'import { b } from "./b";']],
    good: [["cli/a.ts", 'import { b } from "./b.ts";']],
  },
  "import-computed": {
    bad: [["functions/a.ts", "const b = await import(name);"]],
    good: [["functions/a.ts", 'const b = await import("./b.ts");']],
  },
  "pure-globals": {
    bad: [
      ["shared/a.ts", "const at = Date.now();"],
      ["shared/a.ts", "const at = new Date();"],
      ["shared/a.ts", "type At = Date;"],
      ["shared/a.ts", "setTimeout(f, 1);"],
      ["shared/a.ts", 'console.log("x");'],
      ["shared/a.ts", 'fetch("https://acme.example");'],
      ["shared/a.ts", "const io = { fetch };"],
      ["shared/a.ts", "const id = globalThis.crypto;"],
      ["shared/lineage/a.ts", "const { subtle } = crypto;"],
      ["shared/a.ts", "performance.now();"],
    ],
    good: [
      ["shared/a.ts", "const at = row.Date; type Host = { fetch(): void }; host.fetch(); // Date, console"],
      ["shared/cose/ed25519.ts", "const { subtle } = crypto;"],
      ["durable/a.ts", "const at = Date.now();"],
    ],
  },
  "one-log": {
    bad: [["functions/a.ts", "const { warn } = console;"]],
    good: [["durable/log.ts", "console.log(line);"]],
  },
  "pure-members": {
    bad: [
      ["shared/cose/ed25519.ts", "crypto.randomUUID();"],
      ["shared/cose/ed25519.ts", 'crypto["getRandomValues"](bytes);'],
      ["shared/a.ts", "names.sort((a, b) => a.localeCompare(b));"],
    ],
    good: [["shared/a.ts", 'const text = "randomUUID";']],
  },
  "exact-arithmetic": {
    bad: [
      ["shared/a.ts", "const x = Math.random();"],
      ["shared/a.ts", "const x = Math.pow(2, 3);"],
      ["shared/a.ts", 'const x = Math["sin"](1);'],
      ["shared/a.ts", "const x = Math.log2(8);"],
      ["shared/a.ts", "const { exp } = Math;"],
      ["shared/a.ts", "const x = 2 ** 53;"],
      ["shared/a.ts", "let x = 2; x **= y;"],
    ],
    good: [["shared/a.ts", "const x = Math.floor(a / b) + Number(2n ** 64n);"]],
  },
  "no-suspension": {
    bad: [
      ["shared/ceremony/step.ts", "export async function step() {}"],
      ["shared/ceremony/step.ts", "const f = async () => 1;"],
      ["shared/ceremony/step.ts", "type Later = Promise<number>;"],
      ["shared/ceremony/step.ts", "const all = Promise.all([]);"],
      ["shared/ceremony/step.ts", 'const b = import("./b.ts");'],
      ["shared/ceremony/step.ts", "class A { async f() {} }"],
    ],
    good: [
      ["shared/observation/admit.ts", "export async function admit() { await f(); }"],
      ["shared/a.ts", "// async, await and Promise are words here\nconst async = 1;"],
    ],
  },
  "file-size": {
    bad: [["durable/a.ts", long(301, "f();")]],
    good: [
      ["durable/a.ts", long(300, "f();")],
      ["shared/SPEC.md", long(400, "A clause.")],
    ],
  },
  "function-size": {
    bad: [
      ["durable/a.ts", body(61)],
      ["durable/a.ts", `const f = () => {\n${long(60, "g();")}};`],
      ["durable/a.ts", `class A {\n  f() {\n${long(60, "g();")}}\n}`],
      ["test/a.test.ts", `describe("a", () => {\n  it("b", () => {\n${long(60, "expect(1).toBe(1);")}});\n});`],
    ],
    good: [
      ["durable/a.ts", body(60)],
      ["test/a.test.ts", `describe("a", () => {\n${long(70, 'it("b", () => expect(1).toBe(1));')}});`],
    ],
  },
  "no-default-export": {
    bad: [
      ["durable/a.ts", "export default function f() {}"],
      ["durable/a.ts", "const f = 1; export { f as default };"],
      ["durable/worker.ts", "export default {};"],
    ],
    good: [
      ["functions/agent.ts", "export default {};"],
      ["vitest.config.ts", "export default {};"],
      ["test/durable/link-worker.ts", "export default {};"],
    ],
  },
  "no-export-star": {
    bad: [
      ["durable/a.ts", 'export * from "./b.ts";'],
      ["durable/a.ts", 'export * as b from "./b.ts";'],
    ],
    good: [["durable/a.ts", 'export { b } from "./b.ts"; import * as c from "./c.ts"; f(c);']],
  },
  "no-any": {
    bad: [
      ["durable/a.ts", "f(x as any);"],
      ["durable/a.ts", "function f(x: any[]) {}"],
    ],
    good: [["durable/a.ts", 'const any = "as any"; f(any as unknown);']],
  },
  "no-pattern-name": {
    bad: [
      ["shared/ceremony/step.ts", 'if (policy.kind === "auction") f();'],
      ["shared/ceremony/step.ts", 'if ("vote" != policy.kind) f();'],
      ["shared/ceremony/step.ts", 'switch (kind) { case "custody-chain": f(); }'],
      ["durable/a.ts", "if (kind === `n-party-ceremony`) f();"],
      ["functions/a.ts", 'if (["escrow", "vote"].includes(kind)) f();'],
      ["cli/a.ts", 'if (kind === "quorum") f();'],
      ["shared/ceremony/step.ts", 'f("auction");'],
      ["shared/outcome/a.ts", 'const rules = { "pair-settlement": f };'],
      ["shared/outcome/a.ts", 'type Rule = "approval";'],
    ],
    good: [
      ["shared/ceremony/step.ts", 'if (verdict === "met") f(); // an auction'],
      ["shared/policy/policy.ts", 'type Rule = "plurality" | "approval";'],
      ["shared/policy/patterns/auction.ts", 'export const sealed = (rule: string) => rule === "auction";'],
      ["cli/demo/scenarios.ts", 'if (name === "auction") f();'],
    ],
  },
  "test-claims": {
    bad: [
      ["test/a.test.ts", 'it("does a thing", () => { f(); });'],
      ["test/a.test.ts", 'it.each([1])("does %s", (n) => f(n));'],
      ["test/a.test.ts", 'it("is for later");'],
      ["test/a.test.ts", 'test.skipIf(x)("does a thing", async () => { await f(); });'],
      ["test/a.test.ts", 'it("names it", () => { f("expect(1)"); });'],
    ],
    good: [
      ["test/a.test.ts", 'it("does", () => { for (const n of rows) expect(n).toBe(1); });'],
      ["test/a.test.ts", 'it("refuses", () => expectFault(f(), "X"));'],
      ["test/a.test.ts", 'it("holds", () => fc.assert(property));'],
      ["test/a.test.ts", 'it.skipIf(absent).each(rows)("does", () => expect(1).toBe(1));'],
      ["test/a.test.ts", 'it.skipIf(absent)("does", () => expect(1).toBe(1));'],
      ["test/a.test.ts", 'it.runIf(present)("does", () => expect(1).toBe(1)); it.for(rows)("does", assertIt);'],
      ["test/a.test.ts", 'it.each([1])("does %s", assertOdd); describe.each([1])("x", () => {});'],
    ],
  },
  "test-switch": {
    bad: [
      ["test/a.test.ts", 'it.only("x", () => expect(1).toBe(1));'],
      ["test/a.test.ts", 'describe.skip("x", () => {});'],
      ["test/a.test.ts", 'it.concurrent.todo("x", assertIt);'],
      ["test/a.test.ts", 'xit("x", () => expect(1).toBe(1));'],
      ["test/a.test.ts", 'it("x", (ctx) => { ctx.skip(); expect(1).toBe(1); });'],
      ["test/a.test.ts", 'it("x", { skip: true }, () => expect(1).toBe(1));'],
    ],
    good: [
      ["test/a.test.ts", 'it.skipIf(absent)("x", () => expect(rows.skip).toBe(1));'],
      ["cli/a.ts", "const { only } = flags; rows.skip(2);"],
    ],
  },
  "test-chance": {
    bad: [["test/a.test.ts", "const n = Math.random();"]],
    good: [["cli/a.ts", "const jitter = Math.random();"]],
  },
  "left-open": {
    bad: [
      ["durable/a.ts", `// TO${"DO"}: more`],
      ["README.md", `${long(12, "text")}FIX${"ME"} later`],
    ],
    good: [["durable/a.ts", `const word = "TO${"DO"}";`]],
  },
  silenced: {
    bad: [
      ["test/a.test.ts", `// @ts-${"ignore"}\nf();`],
      ["durable/a.ts", `// @ts-${"expect-error"}\nf();`],
    ],
    good: [["test/a.test.ts", `// @ts-${"expect-error"}: a stranger's frame is not admitted\nf();`]],
  },
  machine: {
    bad: [
      ["cli/a.ts", `const place = "/wo${"rk/main"}";`],
      ["README.md", `${long(12, "text")}cd /ro${"ot/quorate"}`],
      ["package-lock.json", `{ "resolved": "https:/${"/npm"}.mirror.example:4873/a.tgz" }`],
      [".npmrc", `registry=https:/${"/registry"}.acme.example/`],
    ],
    good: [
      ["functions/a.ts", 'app.get("/v1/root/work/:id"); const registry = registryOf(a); registry.get(a);'],
      ["README.md", `${long(12, "text")}See https://acme.example/work/ and registry.ts`],
    ],
  },
  "empty-document": {
    bad: [["shared/SPEC.md", long(10, "A clause.")]],
    good: [["shared/SPEC.md", long(11, "A clause.")]],
  },
  "top-level": {
    bad: [
      ["docs/a.md", long(20, "text")],
      ["notes.txt", "x"],
    ],
    good: [
      [".ci/run", "x"],
      ["wrangler.toml", "x"],
    ],
  },
  "empty-name": {
    bad: [
      ["shared/utils.ts", ""],
      ["durable/helpers/a.ts", ""],
      ["test/common.test.ts", ""],
    ],
    good: [["shared/common-ground.ts", ""]],
  },
  "kebab-case": {
    bad: [
      ["shared/myFile.ts", ""],
      ["shared/My/file.ts", ""],
      ["shared/my_file.ts", ""],
    ],
    good: [
      ["durable/migrations/0001-init.ts", ""],
      ["shared/SPEC.md", long(20, "A clause.")],
      ["test/vectors/rfc-8032.v1.json", ""],
    ],
  },
};
