// What a ceremony keeps of the members of one batch: a row of fixed width for each, and the texts and contents that rows point into.
import { concatBytes } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { bytesUpTo, list, nullable, text } from "../cbor/read.ts";
import type { CborMap } from "../cbor/value.ts";
import { BATCH_MEMBERS_MAX, BATCH_UNPACKED_BYTES_MAX } from "../limits.ts";
import { invariant } from "../result.ts";
import type { Member } from "./batch.ts";
import { contentBytes } from "./content.ts";
import type { Interval } from "./observation.ts";

/** Four numbers of eight bytes, four of two, and one of four. */
const ROW_BYTES = 44;

/** All the rows of a batch, as they are kept in memory and on disk. */
export type ColumnBytes = {
  readonly rows: Uint8Array;
  readonly texts: readonly (string | null)[];
  readonly contents: Uint8Array;
};

export const COLUMN_READERS = {
  rows: bytesUpTo(BATCH_MEMBERS_MAX * ROW_BYTES),
  texts: list(nullable(text()), 3 * BATCH_MEMBERS_MAX),
  contents: bytesUpTo(BATCH_UNPACKED_BYTES_MAX),
};

export class Columns {
  readonly bytes: ColumnBytes;
  readonly #rows: DataView;

  constructor(bytes: ColumnBytes) {
    this.bytes = bytes;
    this.#rows = new DataView(bytes.rows.buffer, bytes.rows.byteOffset, bytes.rows.length);
  }

  get count(): number {
    return this.bytes.rows.length / ROW_BYTES;
  }

  at(row: number): Interval {
    return [this.#rows.getFloat64(row * ROW_BYTES), this.#rows.getFloat64(row * ROW_BYTES + 8)];
  }

  timeToLive(row: number): number {
    return this.#rows.getFloat64(row * ROW_BYTES + 16);
  }

  /** The last instant of the first link of its chain to end. */
  grantedUntil(row: number): number {
    return this.#rows.getFloat64(row * ROW_BYTES + 24);
  }

  seat(row: number): number {
    return this.#rows.getUint16(row * ROW_BYTES + 32);
  }

  item(row: number): string | null {
    return this.#text(row * ROW_BYTES + 34);
  }

  role(row: number): string {
    return this.#text(row * ROW_BYTES + 36) as string;
  }

  timeFrame(row: number): string {
    return this.#text(row * ROW_BYTES + 38) as string;
  }

  /** Characters of all its texts. */
  textLength(row: number): number {
    return (this.item(row) ?? "").length + this.role(row).length + this.timeFrame(row).length;
  }

  #text(offset: number): string | null {
    return this.bytes.texts[this.#rows.getUint16(offset)] ?? null;
  }

  /** Where the content of a row ends; that of none ends at nothing. */
  #end(row: number): number {
    return row < 0 ? 0 : this.#rows.getUint32(row * ROW_BYTES + 40);
  }

  contentBytes(row: number): number {
    return this.#end(row) - this.#end(row - 1);
  }

  /** Read each time it is asked for. */
  content(row: number): CborMap {
    const content = decodeCanonical(this.bytes.contents.subarray(this.#end(row - 1), this.#end(row)));
    invariant(content.ok, "a content that is kept reads as it was written");
    return content.value as CborMap;
  }
}

export function columnsOf(members: readonly Member[]): Columns {
  const texts = new Map<string | null, number>();
  const textAt = (text: string | null) => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    texts.set(text, texts.size);
    return texts.size - 1;
  };
  const rows = new Uint8Array(members.length * ROW_BYTES);
  const view = new DataView(rows.buffer);
  const contents: Uint8Array[] = [];
  let end = 0;
  for (const [index, { at, timeToLive, chain, slot, body, timeFrame }] of members.entries()) {
    const row = index * ROW_BYTES;
    view.setFloat64(row, at[0]);
    view.setFloat64(row + 8, at[1]);
    view.setFloat64(row + 16, timeToLive);
    view.setFloat64(
      row + 24,
      chain.reduce((end, { grant }) => Math.min(end, grant.not_after), Number.POSITIVE_INFINITY),
    );
    view.setUint16(row + 32, slot.seat as number);
    view.setUint16(row + 34, textAt(slot.item));
    view.setUint16(row + 36, textAt(body.role));
    view.setUint16(row + 38, textAt(timeFrame));
    const content = contentBytes(body);
    contents.push(content);
    end += content.length;
    view.setUint32(row + 40, end);
  }
  return new Columns({ rows, texts: [...texts.keys()], contents: concatBytes(...contents) });
}
