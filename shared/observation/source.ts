// Where the frames of a batch's members are, for whoever keeps the members small.
import { decodeCanonical } from "../cbor/decode.ts";
import { readAs } from "../cbor/read.ts";
import type { CborMap } from "../cbor/value.ts";
import { parseStatement } from "../cose/sign1.ts";
import { invariant } from "../result.ts";
import { type PackedBatch, readPacked, unpackFrames } from "./batch.ts";

/** Where a batch's frame is: in memory until a store has it. Before it is signed there is only what is packed. */
export class Source {
  #bytes: Uint8Array | null;
  #read: (() => Uint8Array) | null = null;
  readonly packed: PackedBatch | null;

  constructor(bytes: Uint8Array | null, packed: PackedBatch | null = null) {
    this.#bytes = bytes;
    this.packed = packed;
  }

  get bytes(): Uint8Array {
    const bytes = this.#bytes ?? this.#read?.();
    invariant(bytes !== undefined, "a batch that was let go is in its store");
    return bytes;
  }

  letGo(read: () => Uint8Array): void {
    this.#read = read;
    this.#bytes = null;
  }
}

/** The frames of the batch whose members were asked for last: whoever reads one reads the next. */
let unpacked: { readonly source: Source; readonly frames: readonly Uint8Array[] } | null = null;

export function framesIn(source: Source): readonly Uint8Array[] {
  if (unpacked?.source === source) return unpacked.frames;
  const frames = source.packed === null ? framesOf(source.bytes) : unpackFrames(source.packed, "pack");
  unpacked = { source, frames };
  return frames;
}

function framesOf(batch: Uint8Array): readonly Uint8Array[] {
  const statement = parseStatement(batch, "quorate/observation/1");
  const fields = statement.ok ? decodeCanonical(statement.value.sign1.payload) : statement;
  const read = fields.ok
    ? readAs((fields.value as CborMap).get("payload") ?? null, (value, path) =>
        unpackFrames(readPacked(value, path), path),
      )
    : fields;
  invariant(read.ok, "a batch that is held opens");
  return read.value;
}
