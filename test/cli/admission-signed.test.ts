// `admit` on signed frames: the door first, then the factors, by what the frame itself carries.
import { describe, expect, it } from "vitest";
import { toBase64, toHex } from "../../shared/bytes.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
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
  soundRecipe,
  withField,
  withInner,
} from "../support/recipes.ts";
import { HOUR, START } from "../support/statements.ts";

const sound = withInner(soundRecipe(), "temporal_reference", "at", [START, START]);
const trust = writeTrustStatement(MESH, new Map([[toHex(ROOT.key), "acme"]]));
const policy = {
  admission: {
    factors: [
      { kind: "granted", class: "coordination" },
      { kind: "place" },
      { kind: "window", tolerance: "2 min" },
      { kind: "weight", least: "20 %" },
    ],
    weight: { authority: {} },
  },
  proximity: { constraints: [{ kind: "shared-key", frame: "logical", key: "acme" }] },
};
const window = { opensAt: START, closesAt: START + HOUR };

async function admit(recipe: Recipe | Uint8Array, context: object = {}) {
  const frame = recipe instanceof Uint8Array ? recipe : frameOf(recipe);
  const answer = await run("admit", "--policy", policy, "--observation", frame, "--context", {
    trust,
    window,
    ...context,
  });
  return { exit: answer.exit, refusal: answer.refusal, ...(answer.data as { readonly factors: readonly unknown[] }) };
}

describe("quorate admit on a signed observation", () => {
  it("answers the shipped example", async () => {
    const file = (name: string) => `cli/examples/${name}`;
    const words = ["--policy", file("signed-policy.json"), "--observation", file("frame.hex")];
    const { exit, data } = await run("admit", ...words, "--context", file("signed-context.json"));
    expect([exit, data]).toMatchObject([0, { verdict: "partial", score: 900_000 }]);
  });

  it("judges what the frame carries, by the organisation's name in the trust statement", async () => {
    const told = await admit(sound, { records: { acme: [] } });
    expect(told).toMatchObject({ exit: 0, verdict: "admit", factors: [{}, { got: "acme" }, {}, { got: "0.20" }] });
  });

  it("is refused for its signature with every factor met, and for what the door finds besides", async () => {
    const forged = await admit({ ...sound, signature: (bytes: Uint8Array) => flipBit(bytes, 3) });
    expect(forged).toMatchObject({ exit: 5, verdict: "refuse", code: "SIGNATURE_INVALID" });
    expect(forged.factors).toMatchObject(Array.from({ length: 4 }, () => ({ verdict: "met" })));
    const grant = linkFrame(sound.links[1] as never);
    const revocations = [toBase64(revocationOf(grant, START, BOARD))];
    expect(await admit(sound, { revocations })).toMatchObject({ exit: 5, code: "CREDENTIAL_REVOKED" });
    const elsewhere = withField(
      sound,
      "spatial_reference",
      new Map([
        ["frame", "logical"],
        ["key", "bolt"],
      ]),
    );
    expect(await admit(elsewhere)).toMatchObject({ exit: 5, verdict: "refuse", code: "PLACE_KEY" });
    expect(await admit(sound, { at: START + 99 * HOUR })).toMatchObject({ exit: 5, code: "TTL_EXPIRED" });
    expect(await admit(new Uint8Array([0x84]))).toMatchObject({ exit: 5, verdict: "refuse", code: "CBOR_TRUNCATED" });
  });

  it("is corroborated by words of others, and not by itself again", async () => {
    const again = { others: [toBase64(frameOf(sound))] };
    expect(await admit(sound, again)).toMatchObject({ verdict: "admit", factors: [{}, {}, {}, { got: "0.20" }] });
  });

  it("asks for a trust statement, and for one that can be read", async () => {
    const without = await admit(sound, { trust: null });
    expect([without.exit, without.refusal?.code, without.refusal?.why]).toEqual([
      64,
      "FILE_SHAPE",
      "trust must be there, since a signed observation is judged: a trust statement",
    ]);
    expect((await admit(sound, { trust: { mesh: MESH } })).refusal?.code).toBe("TRUST_INVALID");
    expect((await admit(sound, { others: ["abc"] })).refusal?.why).toContain("others[0] must be a frame in base64");
  });
});
