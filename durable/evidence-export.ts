// What a party exports of a ceremony, from what its object keeps: written piece by piece, since the whole may be larger than its memory.
import type { CeremonyState } from "../shared/ceremony/state.ts";
import { type BundleParts, bundlePieces, makeBundle } from "../shared/evidence/bundle.ts";
import { provingStatements } from "../shared/evidence/select.ts";
import { statementFrames } from "../shared/evidence/trust-statement.ts";
import { sha256Hex } from "../shared/hash.ts";
import { BUNDLE_READ_MAX } from "../shared/limits.ts";
import type { CeremonyLedger } from "./ceremony-ledger.ts";
import { collect } from "./collect.ts";
import type { AgentConfig } from "./config.ts";

/** The file's text, and a name for it that changes with it. */
export type Exported = { readonly tag: string; readonly body: ReadableStream<Uint8Array> };

/** Bytes that are handed on at a time. */
const PIECE_BYTES = 65_536;
const utf8 = new TextEncoder();

/** The evidence bundle as JSON text; null while the ceremony has no certified ending. */
export function exportEvidence(state: CeremonyState, ledger: CeremonyLedger, config: AgentConfig): Exported | null {
  const statements = statementFrames(config.party.trust).filter((frame) => frame !== null);
  const [refused, lineage] = [ledger.refused(), ledger.lineage()];
  const bundle = makeBundle(state, ledger.frames(), refused, lineage, statements, config.identity.signer);
  if (bundle === null) return null;
  return { tag: tagOf(bundle, provingStatements(state, ledger.ids())), body: streamOf(bundlePieces(bundle)) };
}

/** Of everything but the frames, and of their ids: frames of one id are stored once and never change. */
function tagOf(bundle: BundleParts, frames: Iterable<{ readonly id: string }>): string {
  const rest = [...bundlePieces({ ...bundle, frames: [] })].join("");
  return sha256Hex(utf8.encode([rest, ...[...frames].map(({ id }) => id)].join("\n")));
}

function streamOf(pieces: Generator<string>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      let text = "";
      let next = pieces.next();
      while (!next.done) {
        text += next.value;
        if (text.length >= PIECE_BYTES) break;
        next = pieces.next();
      }
      if (text !== "") controller.enqueue(utf8.encode(text));
      if (next.done) controller.close();
    },
    cancel() {
      pieces.return(undefined);
    },
  });
}

/** The whole file, for whoever reads it in an object or a Worker of its own; null where that would take more memory than there is. */
export function readWhole({ body }: Exported): Promise<Uint8Array | null> {
  return collect(body, BUNDLE_READ_MAX);
}
