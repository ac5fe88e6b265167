// What the evidence of a burst holds: bids, the batches that carry them, and credentials.
import { parseBase64 } from "../../shared/bytes.ts";
import { contributionsOf } from "../../shared/ceremony/gathered.ts";
import { parseObservation } from "../../shared/observation/decode.ts";

export type Counted = ReturnType<typeof countIn>;

/** How many of the bids the evidence carries, in how many batches of how many bytes, and what it holds in all. */
export function countIn(evidence: Uint8Array, bids: ReadonlySet<string>) {
  const { frames } = JSON.parse(new TextDecoder().decode(evidence)) as { frames: { frame: string }[] };
  const statements = frames.flatMap(({ frame }) => {
    const parsed = parseObservation(parseBase64(frame) as Uint8Array);
    return parsed.ok ? [parsed.value.observation] : [];
  });
  const batches = statements.filter(({ body }) => body.kind === "batch");
  const held = contributionsOf(batches);
  return {
    bids: contributionsOf(statements).filter(({ id }) => bids.has(id)).length,
    held: held.length,
    credentials: new Set([...statements, ...held].flatMap(({ chain }) => chain.map(({ id }) => id))).size,
    frames: statements.length,
    batches: batches.length,
    batchBytes: batches.reduce((sum, { frame }) => sum + frame.length, 0),
    largest: Math.max(...statements.map(({ frame }) => frame.length)),
  };
}
