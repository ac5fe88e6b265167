// What a credential chain costs once it was proved, beside one signature check. Measured turn by turn in one process, so that a busy machine
// slows both alike.
import { checkMesh, parseChain, proveSignatures, rootOf } from "../../shared/authority/chain.ts";
import { checkCompetence } from "../../shared/authority/competence.ts";
import { checkFreshness, checkRevocations, checkValidity } from "../../shared/authority/validity.ts";
import { toHex } from "../../shared/bytes.ts";
import { verifyEd25519 } from "../../shared/cose/ed25519.ts";
import { CHAIN_LENGTH_MAX } from "../../shared/limits.ts";
import { admit } from "../../shared/observation/admit.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { MESH } from "../support/parties.ts";
import { frameOf, grantTo, linkFrame, signerNamed, soundRecipe, trustOf, unchanged } from "../support/recipes.ts";

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

export type ChainCost = {
  readonly links: number;
  /** Microseconds for each observation: a proved chain, one signature check, and a chain that was not proved yet. */
  readonly warmMicros: number;
  readonly signatureMicros: number;
  readonly coldMicros: number;
  /** The proved chain over the signature check. */
  readonly ratio: number;
};

export async function measureChain(): Promise<ChainCost> {
  const recipe = longest();
  const trust = await trustOf(recipe);
  const frame = frameOf(recipe);
  const admitted = await admit(frame, trust);
  if (!admitted.ok) throw new Error(admitted.fault.code);
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
  return {
    links: CHAIN_LENGTH_MAX,
    warmMicros: Math.round(chain),
    signatureMicros: Math.round(check),
    coldMicros: Math.round(first),
    ratio: Math.round((1_000 * chain) / check) / 1_000,
  };
}
