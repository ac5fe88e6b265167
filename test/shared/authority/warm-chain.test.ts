// What a credential chain costs once it was proved: less than one signature check, at any length. Measured in one process, turn by turn,
// so that a busy machine slows both alike.
import { describe, expect, it } from "vitest";
import { checkMesh, parseChain, proveSignatures, rootOf } from "../../../shared/authority/chain.ts";
import { checkCompetence } from "../../../shared/authority/competence.ts";
import { checkFreshness, checkRevocations, checkValidity } from "../../../shared/authority/validity.ts";
import { toHex } from "../../../shared/bytes.ts";
import { verifyEd25519 } from "../../../shared/cose/ed25519.ts";
import { CHAIN_LENGTH_MAX } from "../../../shared/limits.ts";
import { admit } from "../../../shared/observation/admit.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { MESH } from "../../support/parties.ts";
import { frameOf, grantTo, linkFrame, signerNamed, soundRecipe, trustOf, unchanged } from "../../support/recipes.ts";

const TURNS = 60;
const EACH = 20;

/** A chain of as many links as are followed. */
function longest() {
  const signers = Array.from({ length: CHAIN_LENGTH_MAX + 1 }, (_, index) => signerNamed(`link ${index}`));
  const links = signers.slice(1).map((signer, index) => ({
    grant: grantTo(signer.key, { delegations: CHAIN_LENGTH_MAX - 1 - index }),
    issuer: signers[index] as (typeof signers)[number],
    frame: unchanged,
  }));
  const roots = new Map([[toHex((signers[0] as (typeof signers)[number]).key), "acme"]]);
  return { ...soundRecipe(), links, signer: signers.at(-1) as (typeof signers)[number], roots };
}

async function microsPer(work: () => unknown): Promise<number> {
  const started = performance.now();
  for (let count = 0; count < EACH; count++) await work();
  return ((performance.now() - started) * 1_000) / EACH;
}

const median = (list: readonly number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] as number;

describe("a chain of eight links that was proved before", () => {
  it("costs less than one signature check for each observation", async () => {
    const recipe = longest();
    const trust = await trustOf(recipe);
    const frame = frameOf(recipe);
    expect((await admit(frame, trust)).ok).toBe(true);
    const parsed = parseObservation(frame, trust);
    if (!parsed.ok) throw new Error(parsed.fault.code);
    const { observation, statement } = parsed.value;
    const frames = recipe.links.map(linkFrame);
    const warm = () => {
      const chain = parseChain(frames, trust.memory);
      if (!chain.ok || !trust.memory.proved.has(chain.value)) throw new Error("the chain is not remembered");
      return [
        checkMesh(chain.value, MESH),
        trust.roots.has(rootOf(chain.value)),
        checkValidity(chain.value, observation.at, trust),
        checkRevocations(chain.value, observation, trust),
        checkFreshness(chain.value, observation.at, trust),
        checkCompetence(observation, trust),
      ];
    };
    const signature = () => verifyEd25519(statement.key, statement.toBeSigned, statement.sign1.signature);
    const cold = async () => {
      const chain = parseChain(frames);
      return chain.ok ? proveSignatures(chain.value) : chain;
    };
    const times = { warm: [] as number[], signature: [] as number[], cold: [await microsPer(cold)] };
    for (let turn = 0; turn < TURNS; turn++) {
      times.warm.push(await microsPer(warm));
      times.signature.push(await microsPer(signature));
    }
    const [chain, check, first] = [median(times.warm), median(times.signature), median(times.cold)];
    const figures = `warm ${chain.toFixed(0)} µs, signature ${check.toFixed(0)} µs, ratio ${(chain / check).toFixed(2)}`;
    console.info(`8 links: ${figures}; not yet proved ${first.toFixed(0)} µs`);
    expect(chain / check).toBeLessThan(1);
  });
});
