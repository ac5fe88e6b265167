// A hundred thousand structured mutants of a real ceremony's frames through the door, warm as it is in service. Each answer is a value, no
// mutant leaves a trace in what the door remembers, and what is admitted after all changes nothing in a ceremony that refuses it.
// Replay with FUZZ_SEED, look longer with FUZZ_MUTANTS.
import { describe, expect, it } from "vitest";
import { rootsOf } from "../../cli/stack/party.ts";
import { assembleTrust, type Trust } from "../../shared/authority/trust.ts";
import { equalBytes, toHex } from "../../shared/bytes.ts";
import { step } from "../../shared/ceremony/step.ts";
import { admit } from "../../shared/observation/admit.ts";
import { authorFor } from "../../shared/observation/author.ts";
import type { VerifiedObservation } from "../../shared/observation/observation.ts";
import { REFUSALS } from "../../shared/refusals.ts";
import { Random } from "../simulation/random.ts";
import { finishedApproval } from "../support/evidence.ts";
import { storedBy } from "../support/network.ts";
import { MESH, testParties } from "../support/parties.ts";
import { draftOf } from "../support/statements.ts";
import { type Base, fastSigner, mutant } from "./mutate.ts";

const SEED = Number(process.env.FUZZ_SEED ?? 20_261_121);
const MUTANTS = Number(process.env.FUZZ_MUTANTS ?? 100_000);

const parties = testParties(4);
const net = finishedApproval(4, ["dune"]);
const [agent] = net.agents as readonly [(typeof net.agents)[number]];

const signers = new Map(parties.map(({ identity, secret }) => [toHex(identity.signer.key), fastSigner(secret)]));
const [acme] = parties as readonly [(typeof parties)[number]];
const carried = authorFor(acme.identity)({ ...draftOf("notice"), ceremony: net.call.id, at: [net.now, net.now] });
/** Every frame of the ceremony, and a revocation carried into it, under the key that signed it. */
const bases: readonly Base[] = [...storedBy(agent), carried].map(({ frame, key }) => {
  const sign = signers.get(key);
  if (sign === undefined) throw new Error("a stranger signed");
  return { frame, sign };
});
const originals = new Set(bases.map(({ frame }) => toHex(frame)));

async function warmTrust() {
  const trust = assembleTrust({ mesh: MESH, pins: rootsOf(parties) });
  for (const { frame } of bases) expect((await admit(frame, trust)).ok).toBe(true);
  return trust;
}

/** What is wrong with the ceremony's answer to an observation: a refusal must leave what it holds as it was. */
function traceOf(observation: VerifiedObservation): string | null {
  const input = { on: "observations", now: net.now, observations: [observation] } as const;
  const { state, receipts } = step(agent.state, input, agent.author);
  const refused = receipts.every(({ verdict }) => verdict === "refused" || verdict === "ignored");
  const kept = state.rounds.every((round, index) => round.held === agent.state.rounds[index]?.held);
  return refused && !kept ? "a refused contribution is held" : null;
}

/** What is wrong with the door's answer to a mutant; null where nothing is. Counts the answers by code. */
async function objectionTo(frame: Uint8Array, trust: Trust, counts: Map<string, number>): Promise<string | null> {
  try {
    const answer = await admit(frame, trust);
    const code = answer.ok ? "admitted" : answer.fault.code;
    counts.set(code, (counts.get(code) ?? 0) + 1);
    if (!answer.ok) return Object.hasOwn(REFUSALS, code) ? null : `${code} is not listed`;
    if (!equalBytes(answer.value.frame, frame)) return "other bytes were admitted";
    return originals.has(toHex(frame)) ? null : traceOf(answer.value);
  } catch (thrown) {
    return `${toHex(frame)} threw ${String(thrown)}`;
  }
}

describe("mutants at the door", () => {
  it(
    `gives ${MUTANTS} of them a value each, and keeps nothing of those it refuses (FUZZ_SEED=${SEED})`,
    async () => {
      const random = new Random(SEED, "adversary");
      const trust = await warmTrust();
      const remembered = () => [...trust.memory.byName.keys(), ...trust.memory.keys].join();
      const before = remembered();
      const counts = new Map<string, number>();
      const started = process.cpuUsage();
      for (let index = 0; index < MUTANTS; index++) {
        const objection = await objectionTo(mutant(random, random.pick(bases), random.pick(bases)), trust, counts);
        expect(objection, `mutant ${index}`).toBeNull();
      }
      const { user } = process.cpuUsage(started);
      expect(remembered()).toBe(before);
      const reached = FAMILIES.filter((family) => [...counts.keys()].some((code) => code.startsWith(family)));
      expect(reached).toEqual(FAMILIES);
      expect(counts.get("admitted") ?? 0).toBeGreaterThan(MUTANTS / 2_000);
      const codes = [...counts].sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`);
      console.info(`${MUTANTS} mutants, ${Math.round(user / MUTANTS)} µs each: ${codes.join(", ")}`);
    },
    30_000 + 2 * MUTANTS,
  );
});

/** Steps of the door that the mutants must reach, or they are too tame. */
const FAMILIES = [
  "CBOR_",
  "COSE_",
  "FIELD_",
  "CHAIN_",
  "KIND_",
  "SIGNATURE_",
  "KEY_",
  "TIME_",
  "TTL_",
  "ROOT_",
  "CLASS_",
];
