import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { toBase64, toHex } from "../../shared/bytes.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { quorate } from "../support/cli.ts";
import { run } from "../support/command.ts";
import { MESH } from "../support/parties.ts";
import {
  BOARD,
  flipBit,
  frameOf,
  linkFrame,
  type Recipe,
  ROOT,
  revocationOf,
  signerNamed,
  soundRecipe,
  withField,
  withGrant,
} from "../support/recipes.ts";
import { START } from "../support/statements.ts";

const folder = mkdtempSync(join(tmpdir(), "quorate-frame-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const statement = writeTrustStatement(MESH, new Map([[toHex(ROOT.key), "acme"]]));
const trust = file("trust.json", JSON.stringify(statement));
const sound = soundRecipe();

async function verify(recipe: Recipe, ...more: readonly string[]) {
  const frame = file("frame.cbor", frameOf(recipe));
  const { exit, stdout } = await quorate("frame", "verify", frame, "--trust", trust, "-o", "json", ...more);
  const data = JSON.parse(stdout) as Record<string, unknown> & {
    readonly checks: readonly { name: string; result: string }[];
  };
  return { exit, data, results: data.checks.map(({ name, result }) => `${name} ${result}`) };
}

const NAMES = [
  "size",
  "form",
  "structure",
  "key",
  "signature",
  "credential",
  "revocation",
  "competence",
  "continuity",
  "validity",
];

/** All checks up to `at` passed, that one failed, none behind it was reached. */
const failingAt = (at: string) =>
  NAMES.map((name, place) => {
    const failing = NAMES.indexOf(at);
    return `${name} ${place < failing ? "passed" : place === failing ? "failed" : "not reached"}`;
  });

describe("quorate frame verify", () => {
  it("reports each check of a sound frame by name, and whose authority it is", async () => {
    const { exit, data, results } = await verify(sound);
    expect([exit, data.ok, data.kind, data.authority]).toEqual([0, true, "contribution", "acme"]);
    expect(results).toEqual(NAMES.map((name) => `${name} passed`));
    expect(data.path).toHaveLength(2);
  });

  it.each([
    ["KIND_UNKNOWN", "structure", withField(sound, "kind", "decree")],
    ["SIGNATURE_INVALID", "signature", { ...sound, signature: (bytes: Uint8Array) => flipBit(bytes, 3) }],
    ["CHAIN_NOT_NARROWER", "credential", withGrant(sound, 1, { roles: ["*"] })],
    ["SIGNER_MISMATCH", "credential", { ...sound, signer: signerNamed("stranger") }],
    ["CLASS_NOT_GRANTED", "competence", withField(sound, "governance_class", "emergency")],
    ["TTL_RANGE", "validity", withField(sound, "time_to_live", 0)],
  ] as const)("answers %s at the check %s, with what, why and do", async (code, at, recipe) => {
    const { exit, data, results } = await verify(recipe);
    expect([exit, data.ok, data.code]).toEqual([5, false, code]);
    expect(results).toEqual(failingAt(at));
    for (const field of ["what", "why", "do"]) expect(String(data[field]).length).toBeGreaterThan(3);
  });

  it("takes revocations from a file, and says which it ignored", async () => {
    const grant = linkFrame(sound.links[1] as never);
    const list = (signer: typeof ROOT) =>
      file("revocations.json", JSON.stringify([toBase64(revocationOf(grant, START, signer))]));
    const revoked = await verify(sound, "--revocations", list(BOARD));
    expect([revoked.exit, revoked.data.code]).toEqual([5, "CREDENTIAL_REVOKED"]);
    expect(revoked.results).toEqual(failingAt("revocation"));
    const ignored = await verify(sound, "--revocations", list(signerNamed("stranger")));
    expect([ignored.exit, ignored.data.revocations]).toMatchObject([
      0,
      { counted: [], withoutStanding: [expect.any(String)] },
    ]);
  });

  it("cannot tell where trust asks for fresher revocations than there are", async () => {
    file("trust.json", JSON.stringify({ ...statement, revocationAge: 1 }));
    const { exit, data } = await verify(sound);
    expect([exit, data.code]).toEqual([3, "REVOCATION_STALE"]);
  });
});

describe("the frame that help shows", () => {
  const frame = "cli/examples/frame.hex";

  it("is the tests' own, and passes; hexadecimal, base64 and bytes are one frame", async () => {
    const bytes = frameOf(sound);
    expect(readFileSync(frame, "utf8").replace(/\s/g, "")).toBe(toHex(bytes));
    const verified = await run("frame", "verify", frame, "--trust", "cli/examples/trust.json");
    expect([verified.exit, verified.data]).toMatchObject([0, { ok: true, authority: "acme" }]);
    const spelled = [bytes, new TextEncoder().encode(`${toBase64(bytes)}\n`), new TextEncoder().encode(toHex(bytes))];
    for (const given of spelled) expect((await run("frame", "inspect", given)).data).toMatchObject({ ok: true });
    expect((await run("frame", "inspect", "--hex", `0x${toHex(bytes).toUpperCase()}`)).data).toMatchObject({
      ok: true,
    });
  });

  it("is refused with a code once it is no frame", async () => {
    for (const given of [new Uint8Array(), new TextEncoder().encode("hello"), frameOf(sound).slice(0, 99)]) {
      const { exit, data } = await run("frame", "inspect", given);
      expect([exit, data]).toMatchObject([5, { ok: false, code: expect.any(String), do: expect.any(String) }]);
    }
    expect((await run("frame", "inspect", "--hex", "abc")).refusal?.code).toBe("USAGE");
  });
});
