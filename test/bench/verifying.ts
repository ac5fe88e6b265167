// What a stranger does with the evidence of a burst: every signature in it is checked, and the outcome computed again.
import { type Party, rootsOf } from "../../cli/stack/party.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { MESH } from "./auction.ts";
import { besideCeiling, type Ceiling, medianOf, quotient, ratio, spentOn } from "./ceiling.ts";
import { processorMicros } from "./processes.ts";
import { quantile, type Runtime } from "./runtime.ts";

export type Verifying = {
  readonly frames: number;
  readonly perSecond: number;
  /** Over the ceiling beside it: the median of some times, and each. */
  readonly ratioToCeiling: number;
  readonly ratios: readonly number[];
  /** Signatures that are checked: those of frames, and of the credentials that they bear, each once. */
  readonly signatures: number;
  /** Of the processor: one check, over what verifying takes for each of them. */
  readonly checkToSignature: number | null;
};

const TIMES = 9;
/** Times before, until its code is compiled. */
const WARM = 4;

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
    const used = processorMicros(runtime.pid);
    const ms = await runtime.once("/verify", trust, (verdict) => verdict === "passed");
    return { perSecond: (1_000 * frames) / ms, micros: spentOn(signatures, used, processorMicros(runtime.pid)) };
  };
  for (let time = 0; time < WARM; time++) await verify();
  const found = await besideCeiling(
    ceiling,
    Array.from({ length: TIMES }, () => verify),
  );
  const rates = found.map(({ found: { perSecond } }) => perSecond);
  const ratios = found.map(({ found: { perSecond }, ceiling: checks }) => ratio(perSecond, checks.perSecond));
  const parts = found.map(({ found: { micros }, ceiling: checks }) => quotient(checks.micros, micros));
  return {
    frames,
    perSecond: Math.round(quantile(rates, 0.5)),
    ratioToCeiling: quantile(ratios, 0.5),
    ratios,
    signatures,
    checkToSignature: medianOf(parts),
  };
}
