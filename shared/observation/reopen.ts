// Frames that this party's own door has admitted before: from its store, or from its own consumer, which often runs in the same process.
import { type ChainMemory, emptyMemory, remember } from "../authority/chain.ts";
import { FRAMES_HANDED_BYTES_MAX } from "../limits.ts";
import { parseObservation } from "./decode.ts";
import type { BatchBody, VerifiedObservation } from "./observation.ts";

/** Chains read before: whoever speaks once speaks again. No door asks it, since nothing here was proved. */
const chains: ChainMemory = emptyMemory();

/** What the door has read and nobody has opened again yet, by 30 bits of its signature. It changes no answer. */
const handed = new Map<number, VerifiedObservation>();
let bytes = 0;

const SIGNATURE_BYTES = 64;

function nameOf(frame: Uint8Array): number {
  let name = 0;
  for (let at = frame.length - SIGNATURE_BYTES; at < frame.length - SIGNATURE_BYTES + 4; at++)
    name = (name << 8) | (frame[at] as number);
  return name >>> 2;
}

/** Both were admitted, so both signatures hold, and they end their frames: two statements of one signature would be a forgery. */
function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = one.length - SIGNATURE_BYTES; at < one.length; at++) if (one[at] !== other[at]) return false;
  return true;
}

/** Bytes that were read for an observation: of a batch those of its members too, which take several times as much once they are read. */
function bytesOf({ frame, body }: VerifiedObservation): number {
  if (body.kind !== "batch") return frame.length;
  return body.members.reduce((sum, member) => sum + member.frame.length, frame.length);
}

/** Keeps what was admitted for whoever opens the same frame next. */
export function handOn(observation: VerifiedObservation): void {
  const name = nameOf(observation.frame);
  const before = handed.get(name);
  bytes += bytesOf(observation) - (before === undefined ? 0 : bytesOf(before));
  if (bytes > FRAMES_HANDED_BYTES_MAX) {
    handed.clear();
    bytes = bytesOf(observation);
  }
  handed.set(name, observation);
}

/** Opens a frame that was admitted before. */
export function reopen(frame: Uint8Array): VerifiedObservation {
  const name = nameOf(frame);
  const known = handed.get(name);
  if (known !== undefined && isSame(known.frame, frame)) {
    handed.delete(name);
    bytes -= bytesOf(known);
    return known;
  }
  return readAgain(frame);
}

/** The same of a batch whose members are known: only what stands around them is read. */
export function reopenAround(frame: Uint8Array, known: BatchBody): VerifiedObservation {
  return readAgain(frame, known);
}

function readAgain(frame: Uint8Array, known?: BatchBody): VerifiedObservation {
  const parsed = parseObservation(frame, { memory: chains, consents: null, ...(known === undefined ? {} : { known }) });
  if (!parsed.ok) throw new Error(`broken invariant: a stored frame does not parse: ${parsed.fault.code}`);
  const { observation, members } = parsed.value;
  for (const { chain } of [observation, ...members.map((member) => member.observation)]) remember(chains, chain);
  return observation as VerifiedObservation;
}
