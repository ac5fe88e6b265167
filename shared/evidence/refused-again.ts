// The verifier's check of what the exporter refused (SPEC §12.3): it must be refused again, for the same reason.
import { readAgain } from "../ceremony/restore.ts";
import type { CeremonyState } from "../ceremony/state.ts";
import { sha256Hex } from "../hash.ts";
import { admit } from "../observation/admit.ts";
import { parseObservation } from "../observation/decode.ts";
import { isKind } from "../observation/observation.ts";
import { REFUSALS, type RefusalCode } from "../refusals.ts";
import { fault } from "../result.ts";
import { type Case, failed, type Stopped } from "./case.ts";

/** Refusals for what had come before: they accuse nobody, and whoever took things in in another order would not repeat them. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set<RefusalCode>([
  "ATTEMPT_FAR",
  "EQUIVOCATION_FLOOD",
  "PARKED_FULL",
  "ROSTER_FULL",
  "ROUND_CLOSED",
]);

/** What the party refused must be refused here too, for the same reason. */
export async function checkRefusals(found: Case): Promise<Case | Stopped> {
  for (const { hash, code, frame } of found.bundle.refused) {
    if (sha256Hex(frame) !== hash) return failed(hash, fault("BUNDLE_ID", { entry: hash, found: sha256Hex(frame) }));
    if (!Object.hasOwn(REFUSALS, code))
      return failed(hash, fault("REFUSAL_MISMATCH", { entry: hash, found: "no such code", recorded: code }));
    if (OF_THE_MOMENT.has(code)) continue;
    const now = await refusalNow(found, frame);
    if (now !== code && !(code === "NOT_A_PARTY" && isQuestion(frame)))
      return failed(hash, fault("REFUSAL_MISMATCH", { entry: hash, found: now ?? "admitted", recorded: code }));
  }
  return found;
}

/** Whoever has joined by the end may have asked before it had, and accuses nobody by that. */
function isQuestion(frame: Uint8Array): boolean {
  const parsed = parseObservation(frame);
  return parsed.ok && isKind(parsed.value.observation, "status");
}

/** The code by which a frame is refused at the end of the ceremony; null where it would be taken in. */
async function refusalNow(found: Case, frame: Uint8Array): Promise<RefusalCode | null> {
  const admitted = await admit(frame, found.trust);
  if (!admitted.ok) return admitted.fault.code;
  const { receipts } = readAgain(found.state as CeremonyState, [admitted.value]);
  const last = receipts[receipts.length - 1];
  return last?.verdict === "refused" ? last.code : null;
}
