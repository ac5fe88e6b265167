// What a development stack keeps between two starts.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newSecret } from "../../cli/party/secret.ts";
import { holdFolder, keptSecrets } from "../../cli/stack/kept-keys.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "quorate-kept-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("the keys of a development stack", () => {
  it("are the same at the next start, whoever joins, and are for their owner's eyes only", () => {
    const first = keptSecrets(dir, ["acme", "bolt"]);
    const second = keptSecrets(dir, ["acme", "bolt", "crux"]);
    expect(second.get("acme")).toEqual(first.get("acme"));
    expect(second.get("crux")?.root).not.toEqual(second.get("acme")?.root);
    expect(statSync(join(dir, "keys.json")).mode & 0o777).toBe(0o600);
  });

  it("are refused where they are none", () => {
    writeFileSync(join(dir, "keys.json"), '{"acme":{"root":"00","agent":"00"}}');
    expect(() => keptSecrets(dir, ["acme"])).toThrow("FILE_SHAPE");
  });
});

describe("a secret", () => {
  it("can follow a flag, since none begins as a flag does", () => {
    const many = Array.from({ length: 1_000 }, newSecret);
    expect(many.filter((secret) => secret.startsWith("-"))).toEqual([]);
    expect(new Set(many).size).toBe(many.length);
  });
});

describe("the folder of a development stack", () => {
  it("is refused while another process holds it, and free again when that one has ended", () => {
    writeFileSync(join(dir, "process"), String(process.ppid));
    expect(() => holdFolder(dir)).toThrow("STACK_RUNNING");
    writeFileSync(join(dir, "process"), String(2 ** 30));
    expect(() => holdFolder(dir)).not.toThrow();
  });
});
