// What a stranger does with the evidence of a burst: every signature in it is checked, and the outcome computed again.
import { type Party, rootsOf } from "../../cli/stack/party.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { MESH } from "./auction.ts";
import { besideCeiling, type Ceiling, meanOf, mediansOf, ratio, spentOn } from "./ceiling.ts";
import { processorMicros } from "./processes.ts";
import type { Runtime } from "./runtime.ts";

export type Verifying = {
  readonly frames: number;
  readonly perSecond: number;
  /** Checks a second, beside it. */
  readonly ceiling: number;
  /** Over the ceiling beside it: the median of some times, and each. */
  readonly ratioToCeiling: number;
  readonly ratios: readonly number[];
  /** Signatures that are checked: those of frames, and of the credentials that they bear, each once. */
  readonly signatures: number;
  /** All of them a second, over the ceiling: what is checked counts on both sides. */
  readonly signaturesToCeiling: number;
  /** Of the processor: one check, over what verifying takes for each of them. */
  readonly checkToSignature: number | null;
};

const TIMES = 7;
/** Times before, until its code is compiled. */
const WARM = 2;

export async function measureVerify(
  runtime: Runtime,
  ceiling: Ceiling,
  evidence: Uint8Array,
  parties: readonly Party[],
  { frames, signatures }: { readonly frames: number; readonly signatures: number },
): Promise<Verifying> {
  await runtime.post("/bundle", evidence);
  const trust = JSON.stringify(writeTrustStatement(MESH, rootsOf(parties)));
  const verify = async () => {
    const ms = await runtime.once("/verify", trust, (verdict) => verdict === "passed");
    const used = processorMicros(runtime.pid);
    await runtime.post("/verify", trust);
    return { perSecond: (1_000 * frames) / ms, micros: spentOn(signatures, used, processorMicros(runtime.pid)) };
  };
  for (let time = 0; time < WARM; time++) await verify();
  const done = await besideCeiling(
    ceiling,
    Array.from({ length: TIMES }, () => verify),
  );
  const { perSecond, ratioToCeiling, ratios, checkToEach } = mediansOf(done);
  const checks = meanOf(done.map((each) => each.ceiling));
  return {
    frames,
    perSecond,
    ceiling: Math.round(checks.perSecond),
    ratioToCeiling,
    ratios,
    signatures,
    signaturesToCeiling: ratio(ratioToCeiling * signatures, frames),
    checkToSignature: checkToEach,
  };
}
