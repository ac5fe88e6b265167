// Chains with exactly one defect each, four grants deep, and the one code that each is refused by. Of several defects the earliest in the fixed
// order is said, whichever were made first. A link that is revoked takes down what stands below it from that instant on, and not before.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emptyMemory } from "../../../shared/authority/chain.ts";
import { toHex } from "../../../shared/bytes.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { sha256 } from "../../../shared/hash.ts";
import { CHAIN_LENGTH_MAX } from "../../../shared/limits.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { admitAll } from "../../../shared/observation/admit-all.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { DEEP, DEFECTS, DEPTH, type Defect, deep, keyAt } from "../../support/broken-chains.ts";
import { encodable } from "../../support/oracles.ts";
import {
  frameOf,
  grantTo,
  type Link,
  linkFrame,
  opened,
  type Recipe,
  revocationOf,
  signerNamed,
  statementId,
  trustOf,
  unchanged,
  withInner,
} from "../../support/recipes.ts";
import { HOUR, START } from "../../support/statements.ts";

async function faultOf(recipe: Recipe) {
  const admitted = await admit(frameOf(recipe), await trustOf(recipe, emptyMemory()));
  return admitted.ok ? null : admitted.fault;
}

/** Two defects of one part cannot stand together, nor any beside a chain that is another's altogether. */
function together(a: Defect, b: Defect): boolean {
  const replaces = ["length", "links"];
  return a.part !== b.part && ![a, b].some(({ part }) => replaces.includes(part));
}

describe("a chain with one defect", () => {
  it("is refused, where the chain without it is admitted", async () => {
    expect(await faultOf(DEEP)).toBeNull();
    expect(await faultOf(deep(CHAIN_LENGTH_MAX))).toBeNull();
  });

  it.each(DEFECTS.map((defect) => [defect.name, defect] as const))("%s", async (_name, { code, detail, apply }) => {
    const found = await faultOf(apply(DEEP));
    expect(found).toMatchObject({ code, ...(detail === undefined ? {} : { detail }) });
  });
});

describe("a chain with several defects", () => {
  const place = new Map(DEFECTS.map(({ name }, index) => [name, index]));
  const applied = (defects: readonly Defect[]) => defects.reduce((recipe, { apply }) => apply(recipe), DEEP);

  it("is refused by the earlier of two neighbours in the order, whichever was made first", async () => {
    let pairs = 0;
    for (const [index, one] of DEFECTS.entries())
      for (const other of DEFECTS.slice(index + 1)
        .filter((each) => together(one, each))
        .slice(0, 3)) {
        const made = pairs % 2 === 0 ? [one, other] : [other, one];
        expect((await faultOf(applied(made)))?.code, made.map(({ name }) => name).join(", then ")).toBe(one.code);
        pairs += 1;
      }
    expect(pairs).toBeGreaterThan(50);
  });

  it("is refused by the earliest of any number, in whatever order they were made", async () => {
    const anyDefects = fc
      .shuffledSubarray([...DEFECTS], { minLength: 2, maxLength: 6 })
      .map((drawn) => drawn.filter((one, at) => drawn.slice(0, at).every((other) => together(one, other))));
    await fc.assert(
      fc.asyncProperty(anyDefects, async (defects) => {
        const [earliest] = defects.toSorted((a, b) => (place.get(a.name) as number) - (place.get(b.name) as number));
        expect((await faultOf(applied(defects)))?.code).toBe(earliest?.code);
      }),
      { numRuns: 40 },
    );
  });
});

describe.each([0, 1, 2, 3, 4, 5, 6, 7])("a revoked link at depth %i of eight", (depth) => {
  const chain = deep(CHAIN_LENGTH_MAX);
  const grantFrame = linkFrame(chain.links[depth] as Link);
  const said = (at: number) => frameOf(withInner(chain, "temporal_reference", "at", [at, at]));
  const idOf = (frame: Uint8Array) => {
    const parsed = parseObservation(frame);
    if (!parsed.ok) throw new Error(parsed.fault.code);
    return parsed.value.observation.id;
  };
  const early = said(START - 1);
  const verdicts = async (frames: readonly Uint8Array[], cut: readonly string[] = []) => {
    const revocation = revocationOf(grantFrame, START, keyAt(depth), cut);
    const trust = await trustOf(chain, undefined, { statements: await opened([revocation]) });
    return (await admitAll(frames, trust)).verdicts.map((each) => (each.ok ? "ok" : each.fault.code));
  };

  it("takes down what stands below it from the instant of the revocation on, and not what its cut covers", async () => {
    const frames = [early, said(START), said(START + HOUR)];
    expect(await verdicts(frames, [idOf(early)])).toEqual(["ok", "CREDENTIAL_REVOKED", "CREDENTIAL_REVOKED"]);
    expect(await verdicts(frames)).toEqual(["OBSERVATION_BACKDATED", "CREDENTIAL_REVOKED", "CREDENTIAL_REVOKED"]);
  });

  it("names the credential, and leaves what stands above it alone", async () => {
    const [statement] = await opened([revocationOf(grantFrame, START, keyAt(depth))]);
    const trust = await trustOf(chain, undefined, { statements: [statement as never] });
    const refused = await admit(said(START), trust);
    const credential = toHex(statementId(grantFrame));
    expect(refused).toMatchObject({ fault: { code: "CREDENTIAL_REVOKED", detail: { credential } } });
    if (depth === 0) return;
    const above = { ...deep(CHAIN_LENGTH_MAX), links: chain.links.slice(0, depth), signer: keyAt(depth) };
    const frame = frameOf(withInner(above, "temporal_reference", "at", [START, START]));
    expect((await admit(frame, trust)).ok).toBe(true);
  });
});

describe("a second path", () => {
  const other = signerNamed("the root of bolt");
  const short = linkFrame({
    grant: grantTo(keyAt(DEPTH).key, { jurisdictions: ["*"] }),
    issuer: other,
    frame: unchanged,
  });
  const roots = new Map([...DEEP.roots, [toHex(other.key), "bolt"]]);
  const crossed = (paths: readonly (readonly Uint8Array[])[]): Recipe => ({
    ...DEEP,
    roots,
    payload: () =>
      encodeCanonical(
        encodable(
          new Map(DEEP.fields).set("authority_credential", paths as never).set("device_hash", sha256(keyAt(DEPTH).key)),
        ),
      ),
  });
  const own = DEEP.links.map(linkFrame);

  it("that is sound is carried, and every single defect of it refuses the whole, whichever path counts", async () => {
    expect(await admitted(crossed([own, [short]]))).toBe("ok");
    const broken = DEFECTS.filter(({ code }) => code === "CHAIN_SIGNATURE" || code === "CHAIN_NOT_NARROWER");
    for (const { name, code, apply } of broken) {
      const path = apply(DEEP).links.map(linkFrame);
      for (const paths of [
        [path, [short]],
        [[short], path],
      ])
        expect(await admitted(crossed(paths)), name).toBe(code);
    }
    expect(broken.length).toBeGreaterThan(5);
  });

  const admitted = async (recipe: Recipe) => (await faultOf(recipe))?.code ?? "ok";
});
