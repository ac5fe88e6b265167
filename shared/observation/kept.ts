// A batch as a ceremony keeps it: a hundred thousand members must fit into one object's memory, and of each the fold asks a few numbers and a
// short content. Those are kept in columns; whatever else is asked of a member is read from the batch's frame when it is asked.
import type { Chain } from "../authority/chain.ts";
import { concatBytes, equalBytes, toHex } from "../bytes.ts";
import { decodeCanonical } from "../cbor/decode.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { bytesUpTo, integer, readAs, record } from "../cbor/read.ts";
import type { CborMap } from "../cbor/value.ts";
import { ID_BYTES, idBytes, sha256, writeId } from "../hash.ts";
import { BATCH_MEMBERS_MAX, KEPT_EACH_BYTES } from "../limits.ts";
import { type BatchPack, knowBlock, type Member } from "./batch.ts";
import { COLUMN_READERS, type ColumnBytes, Columns, columnsOf } from "./columns.ts";
import { contentLength } from "./content.ts";
import { readId } from "./id-list.ts";
import {
  type BatchBody,
  type ContributionBody,
  type Id,
  isKind,
  type Observation,
  type VerifiedObservation,
} from "./observation.ts";
import { reopen, reopenAround } from "./reopen.ts";
import { framesIn, Source } from "./source.ts";

type Batch = Observation<BatchBody>;

class KeptBody implements ContributionBody {
  readonly kind = "contribution";
  readonly #member: KeptMember;

  constructor(member: KeptMember) {
    this.#member = member;
  }

  get role(): string {
    return this.#member.columns.role(this.#member.row);
  }

  get content(): CborMap {
    return this.#member.columns.content(this.#member.row);
  }
}

const NONE: readonly never[] = [];

/** A member whose fields are read where they are kept. It has no tier, no other path and no links, or it would be in no batch. */
class KeptMember implements Member {
  readonly id: Id;
  readonly columns: Columns;
  readonly row: number;
  readonly source: Source;

  constructor(id: Id, columns: Columns, row: number, source: Source) {
    this.id = id;
    this.columns = columns;
    this.row = row;
    this.source = source;
  }

  get whole(): Member {
    return reopen(framesIn(this.source)[this.row] as Uint8Array) as Observation as Member;
  }

  get slot() {
    return { seat: this.columns.seat(this.row), attempt: null, item: this.columns.item(this.row) };
  }
  get at() {
    return this.columns.at(this.row);
  }
  get timeToLive() {
    return this.columns.timeToLive(this.row);
  }
  get timeFrame() {
    return this.columns.timeFrame(this.row);
  }
  get body() {
    return new KeptBody(this);
  }
  get otherPaths() {
    return NONE;
  }
  get deviceLinks() {
    return NONE;
  }
  get critical() {
    return NONE;
  }
  get frame() {
    return framesIn(this.source)[this.row] as Uint8Array;
  }
  get key() {
    return this.whole.key;
  }
  get chain(): Chain {
    return this.whole.chain;
  }
  get version() {
    return this.whole.version;
  }
  get mesh() {
    return this.whole.mesh;
  }
  get ceremony() {
    return this.whole.ceremony;
  }
  get round() {
    return this.whole.round;
  }
  get deviceHash() {
    return this.whole.deviceHash;
  }
  get place() {
    return this.whole.place;
  }
  get governanceClass() {
    return this.whole.governanceClass;
  }
  get lineage() {
    return this.whole.lineage;
  }
}

/** The same batch, its members kept small. */
export function keepSmall<B extends Batch>(batch: B): B {
  const { body, frame } = batch;
  // Where signatures are symbolic there are no frames to read from.
  const [first] = body.members;
  const kept = first instanceof KeptMember ? first : null;
  if (frame.length === 0 || (kept !== null && kept.source.packed === null)) return batch;
  const ids = body.members.map(({ id }) => id);
  const source = new Source(frame);
  return from(source, batch, bodyOf(ids, kept?.columns ?? columnsOf(body.members), source));
}

/** The body of a batch that another object of this party has packed and is still to be signed. */
export function openPack({ ids, columns, ...packed }: BatchPack): BatchBody {
  const body = bodyOf(ids, new Columns(columns), new Source(null, packed));
  knowBlock(body, packed.block);
  return body;
}

/** A member as it was said, whatever is kept of it. */
export function wholeOf(member: Member): VerifiedObservation {
  return (member instanceof KeptMember ? member.whole : member) as Observation as VerifiedObservation;
}

function bodyOf(ids: readonly Id[], columns: Columns, source: Source): BatchBody {
  return { kind: "batch", members: ids.map((id, row) => new KeptMember(id, columns, row, source)) };
}

/** A batch whose frame is where `source` says. */
function from<B extends Observation>(source: Source, { frame: _, ...batch }: B, body: BatchBody): B {
  const kept = {
    ...batch,
    body,
    get frame() {
      return source.bytes;
    },
  };
  return kept as unknown as B;
}

/** What a ceremony keeps of a contribution to a batch, in bytes. */
export function keptBytes(member: Member): number {
  if (member instanceof KeptMember) {
    const { columns, row } = member;
    return KEPT_EACH_BYTES + columns.contentBytes(row) + textBytes(columns.textLength(row));
  }
  const { slot, body, timeFrame } = member;
  const texts = (slot.item ?? "").length + body.role.length + timeFrame.length;
  return KEPT_EACH_BYTES + contentLength(body) + textBytes(texts);
}

/** Texts of a seat's own: a few short ones are in what each is taken for; a long one takes two bytes a unit, in its column and in the index. */
const textBytes = (length: number) => 4 * Math.max(0, length - TEXTS_INCLUDED);
const TEXTS_INCLUDED = 48;

const keptOf = new WeakMap<BatchBody, number>();

/** The same of all members of a batch. */
export function keptBytesOf(body: BatchBody): number {
  const known = keptOf.get(body) ?? body.members.reduce((sum, member) => sum + keptBytes(member), 0);
  keptOf.set(body, known);
  return known;
}

/** From now on the frame of a batch that is kept small is read from a store; it is there already. */
export function letGo({ body }: Batch, read: () => Uint8Array): void {
  const [first] = body.members;
  if (first instanceof KeptMember) first.source.letGo(read);
}

/** Batches that were taken in before, by what their store kept of them. */
const takenIn = new WeakSet<BatchBody>();

/** Whether this party's own fold has found the members in place before. */
export function wasTakenIn(body: BatchBody): boolean {
  return takenIn.has(body);
}

/** The last instant of the link of its chain that ends first, in microseconds. */
export function grantedUntil(said: Observation): number {
  return said instanceof KeptMember
    ? said.columns.grantedUntil(said.row)
    : said.chain.reduce((first, { grant }) => Math.min(first, grant.not_after), Number.POSITIVE_INFINITY);
}

/** Counts up when what is kept, or what a batch must be to be taken in, becomes another: what earlier versions kept is then made anew. */
const KEPT_VERSION = 2;

type Kept = ColumnBytes & {
  readonly version: number;
  readonly batch: Id;
  readonly ids: Uint8Array;
};
const readKept = record<Kept>({
  version: integer(KEPT_VERSION, KEPT_VERSION),
  batch: readId,
  ids: bytesUpTo(32 * BATCH_MEMBERS_MAX),
  ...COLUMN_READERS,
});

/** What a store keeps beside a batch's frame, so that its members need not be read again; null where they are not kept small. */
export function writeKept({ id, body }: Batch): Uint8Array | null {
  const [first] = body.members;
  if (!(first instanceof KeptMember)) return null;
  const ids = new Uint8Array(ID_BYTES * body.members.length);
  for (const [row, member] of body.members.entries()) writeId(member.id, ids, ID_BYTES * row);
  const named = { version: KEPT_VERSION, batch: idBytes(id), ids };
  const bytes = encodeCanonical({ ...named, ...first.columns.bytes });
  return concatBytes(sha256(bytes), bytes);
}

/** A statement, and where it is a batch, one that is kept small. */
export function smallOf(statement: VerifiedObservation): VerifiedObservation {
  return isKind(statement, "batch") ? keepSmall(statement) : statement;
}

/** Opens a frame that was admitted before; a batch is made small at once. */
export function reopenSmall(frame: Uint8Array): VerifiedObservation {
  return smallOf(reopen(frame));
}

/** Opens a batch by what was kept beside it; null where that is not whole, not of this version, or not of this batch. */
export function reopenKept(frame: Uint8Array, kept: Uint8Array): VerifiedObservation | null {
  const bytes = kept.subarray(32);
  if (!equalBytes(sha256(bytes), kept.subarray(0, 32))) return null;
  const decoded = decodeCanonical(bytes);
  const read = decoded.ok ? readAs(decoded.value, readKept) : decoded;
  if (!read.ok) return null;
  const { batch, ids, rows, texts, contents } = read.value;
  const columns = new Columns({ rows, texts, contents });
  if (ids.length !== 32 * columns.count) return null;
  const names = Array.from({ length: columns.count }, (_, row) => toHex(ids.subarray(32 * row, 32 * row + 32)));
  const source = new Source(frame);
  const body = bodyOf(names, columns, source);
  const opened = reopenAround(frame, body);
  if (opened.id !== batch) return null;
  takenIn.add(body);
  return from(source, opened, body);
}
