// `signature check` and `cbor check` answer line by line what the published vectors say, and take a wrong line for no reason to stop.
import { describe, expect, it } from "vitest";
import { quorateReading } from "../support/cli.ts";
import { run } from "../support/command.ts";
import { everyCborVector, everySignatureVector } from "../support/published.ts";
import { needingVectors, readVectors, vectorsDir } from "../support/vectors.ts";
import { cborVerdict, signatureVerdict } from "../support/verdicts.ts";

const absent = vectorsDir === null;
const lines = (items: readonly unknown[]) =>
  new TextEncoder().encode(items.map((item) => `${JSON.stringify(item)}\n`).join(""));

async function answersTo(given: Uint8Array | string, ...words: readonly string[]) {
  const { exit, text } = await run(...words, given);
  return { exit, lines: text === "" ? [] : text.split("\n") };
}
const said = (line: string) => {
  const { ok, code } = JSON.parse(line) as { readonly ok: boolean; readonly code?: string };
  return ok ? "ok" : code;
};

type CoseExample = {
  readonly input: { readonly sign0?: { readonly key: { readonly crv: string; readonly x_hex?: string } } };
  readonly intermediates: { readonly ToBeSign_hex?: string };
  readonly output: { readonly cbor: string };
};

describe("quorate signature check", () => {
  it.skipIf(absent)(needingVectors("gives every published signature its verdict, in order"), async () => {
    const vectors = everySignatureVector();
    const { exit, lines: answers } = await answersTo(lines(vectors), "signature", "check");
    expect([exit, answers.length]).toEqual([0, vectors.length]);
    const published = vectors.filter(({ expected }) => expected !== "disputed");
    expect(published.length).toBeGreaterThan(150);
    for (const [index, { expected, name, ...vector }] of vectors.entries()) {
      const found = said(answers[index] as string);
      expect(found, name).toBe(await signatureVerdict(vector));
      if (expected === "valid") expect(found, name).toBe("ok");
      if (expected === "invalid") expect(found, name).not.toBe("ok");
    }
  });

  it.skipIf(absent)(
    needingVectors("verifies COSE's Ed25519 examples over their published bytes, and no others"),
    async () => {
      const examples = readVectors<{ vectors: readonly CoseExample[] }>("cose/cose_sign_examples.json").vectors;
      const cases = examples.flatMap(({ input, intermediates, output }) => {
        const { sign0 } = input;
        if (sign0?.key.crv !== "Ed25519") return [];
        const sound = { key: sign0.key.x_hex, message: intermediates.ToBeSign_hex, signature: output.cbor.slice(-128) };
        return [sound, { ...sound, message: `${sound.message}00` }];
      });
      const { lines: answers } = await answersTo(lines(cases), "signature", "check");
      expect(answers.map(said)).toEqual(["ok", "SIGNATURE_INVALID", "ok", "SIGNATURE_INVALID"]);
    },
  );
});

describe("quorate cbor check", () => {
  it.skipIf(absent)(needingVectors("gives every published item its verdict, in order"), async () => {
    const vectors = everyCborVector();
    const { exit, lines: answers } = await answersTo(
      lines(vectors.map(({ hex: cbor }) => ({ cbor }))),
      "cbor",
      "check",
    );
    expect(exit).toBe(0);
    expect(answers.map(said)).toEqual(vectors.map(({ hex }) => cborVerdict(hex)));
  });

  it("answers a line that it cannot read in its place, and goes on", async () => {
    const given = ['{"cbor":"0x A0"}', "nonsense", '{"cbor":"a"}', "{}", "[]", "", '{"cbor":"61 61"}'].join("\n");
    const { exit, lines: answers } = await quorateReading(given, "cbor", "check", "-o", "json");
    expect(answers.map(said)).toEqual(["ok", "FILE_SHAPE", "FIELD_INVALID", "FIELD_INVALID", "FILE_SHAPE", "ok"]);
    expect(exit).toBe(64);
    for (const answer of answers.slice(1, 5)) expect(JSON.parse(answer)).toMatchObject({ why: /line|hexadecimal/ });
  });

  it("answers nothing with nothing", async () => {
    expect(await answersTo(lines([]), "cbor", "check")).toEqual({ exit: 0, lines: [] });
  });
});

describe("the examples of help", () => {
  it.each([
    ["signature", ["ok", "SIGNATURE_INVALID"], "signatures"],
    ["cbor", ["ok", "CBOR_KEY_ORDER", "CBOR_FLOAT"], "cbor"],
  ])("%s check", async (name, verdicts, file) => {
    const { lines: answers } = await answersTo(`cli/examples/${file}.jsonl`, name, "check");
    expect(answers.map(said)).toEqual(verdicts);
  });
});
