// What a bundle's `readme` says is done here, word for word: with OpenSSL, and a CBOR library that is not ours.
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode, encode } from "cborg";
import { expect, it } from "vitest";
import { bundleOf, finishedApproval } from "../../support/evidence.ts";
import type { Agent } from "../../support/network.ts";
import { scratchFolder } from "../../support/scratch.ts";

const absent = spawnSync("openssl", ["version"]).status !== 0;

it.skipIf(absent)("checks every signature of a bundle by hand (skipped without openssl)", () => {
  const { readme, frames } = bundleOf(finishedApproval(3).agents[0] as Agent);
  const command = String(readme)
    .split("\n")
    .find((line) => line.startsWith("openssl")) as string;
  const context = /the text (\S+) as bytes/.exec(String(readme))?.[1] as string;
  const der = /\(DER: ([0-9a-f]+) and 32 bytes\)/.exec(String(readme))?.[1] as string;
  const { dir, remove } = scratchFolder("by-hand");
  try {
    for (const { id, frame } of frames) {
      const [header, , payload, signature] = decode(Buffer.from(frame, "base64"), { useMaps: true }) as Uint8Array[];
      const signed = encode(["Signature1", header, Buffer.from(context), payload]);
      expect(createHash("sha256").update(signed).digest("hex")).toBe(id);
      const key = (decode(header as Uint8Array, { useMaps: true }) as Map<number, Uint8Array>).get(4) as Uint8Array;
      writeFileSync(join(dir, "signature.bin"), signature as Uint8Array);
      writeFileSync(join(dir, "signed.bin"), signed);
      writeFileSync(join(dir, "key.der"), Buffer.concat([Buffer.from(der, "hex"), key]));
      const [program, ...words] = command.split(" ") as [string, ...string[]];
      expect(execFileSync(program, words, { cwd: dir, encoding: "utf8" })).toContain("Verified Successfully");
    }
    writeFileSync(join(dir, "signed.bin"), "other bytes");
    expect(spawnSync("sh", ["-c", command], { cwd: dir }).status).not.toBe(0);
  } finally {
    remove();
  }
});
