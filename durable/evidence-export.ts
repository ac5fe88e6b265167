// What a party exports of a ceremony, from what its object keeps.
import type { Json } from "../shared/cbor/json.ts";
import type { CeremonyState } from "../shared/ceremony/state.ts";
import { makeBundle, writeBundle } from "../shared/evidence/bundle.ts";
import { statementFrames } from "../shared/evidence/trust-statement.ts";
import type { CeremonyLedger } from "./ceremony-ledger.ts";
import type { AgentConfig } from "./config.ts";

/** The evidence bundle as JSON text; null while the ceremony has no certified ending. */
export function exportEvidence(state: CeremonyState, ledger: CeremonyLedger, config: AgentConfig): string | null {
  const statements = statementFrames(config.party.trust).filter((frame) => frame !== null);
  const [refused, lineage] = [ledger.refused(), ledger.lineage()];
  const bundle = makeBundle(state, ledger.frames(), refused, lineage, statements, config.identity.signer);
  return bundle === null ? null : JSON.stringify(writeBundle(bundle) satisfies Json, null, 1);
}
