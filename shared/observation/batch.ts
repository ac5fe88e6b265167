// Batches (SPEC §7.12): contributions of seats that run no agent, packed into one signed statement of an elector's agent. Here is their form:
// what follows from the bytes alone, for everyone alike. Their signatures are the door's business, their seats the fold's.
import { toHex } from "../bytes.ts";
import { bytes, bytesUpTo, integer, list, misfit, type Reader, recordWith } from "../cbor/read.ts";
import type { CborMap, CborValue, Encodable } from "../cbor/value.ts";
import { rootOfSet } from "../closing/root.ts";
import { BATCH_MEMBER_BYTES_MAX, BATCH_MEMBERS_MAX, BATCH_UNPACKED_BYTES_MAX, FRAME_BYTES_MAX } from "../limits.ts";
import { pack, unpack } from "../lz4.ts";
import { fault, ok, type Result } from "../result.ts";
import { type ColumnBytes, columnsOf } from "./columns.ts";
import type { BatchBody, ContributionBody, Id, Observation } from "./observation.ts";

export type Member = Observation<ContributionBody>;
/** A batch's payload as it stands: frames are packed one behind the other, and `sizes` say where each ends. */
export type PackedBatch = { readonly sizes: readonly number[]; readonly block: Uint8Array };

/** A batch that is packed and not signed yet, with what is kept of its members. */
export type BatchPack = PackedBatch & { readonly ids: readonly Id[]; readonly columns: ColumnBytes };

/** A batch as it stands: its members are read behind it, each as a frame of its own. Earlier engines stated a root over their ids. */
export const readPacked: Reader<PackedBatch> = recordWith<PackedBatch, { root: Uint8Array }>(
  { sizes: list(integer(1, BATCH_MEMBER_BYTES_MAX), BATCH_MEMBERS_MAX, 1), block: bytesUpTo(FRAME_BYTES_MAX) },
  { root: bytes(32) },
);

/** The frames that a batch holds. */
export function unpackFrames({ sizes, block }: PackedBatch, path: string): readonly Uint8Array[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total > BATCH_UNPACKED_BYTES_MAX)
    return misfit(`${path}.sizes`, `at most ${BATCH_UNPACKED_BYTES_MAX} bytes in all`);
  const unpacked = unpack(block, total) ?? misfit(`${path}.block`, `an LZ4 block of ${total} bytes`);
  let end = 0;
  return sizes.map((size) => {
    end += size;
    return unpacked.subarray(end - size, end);
  });
}

/** The body of a batch of these members: in their order, and with the root over them where the payload states one. */
export function membersIn(payload: CborValue, members: readonly Observation[]): Result<BatchBody> {
  for (const [index, member] of members.entries()) {
    const before = members[index - 1];
    const unordered = before !== undefined && before.id >= member.id;
    const need = unfitness(member) ?? (unordered ? "behind all of lower ids, once" : null);
    if (need !== null) return memberFault(index, need);
  }
  const stated = (payload as CborMap).get("root") as Uint8Array | undefined;
  const root = stated === undefined ? null : rootOfSet(members.map(({ id }) => id));
  if (stated !== undefined && toHex(stated) !== root)
    return fault("FIELD_INVALID", { path: "payload.root", need: `that of its members, ${root}` });
  return ok({ kind: "batch", members: members as readonly Member[] });
}

export function memberFault(index: number, need: string): ReturnType<typeof fault> & { readonly ok: false } {
  return fault("FIELD_INVALID", { path: `payload.members[${index}]`, need });
}

/**
 * What an observation would need to travel in a batch; null where it may. Whatever is judged by what a party recognises besides roots (tiers,
 * devices) cannot: a batch has the same verdict everywhere.
 */
export function unfitness({ frame, body, slot, chain, otherPaths, deviceLinks }: Observation): string | null {
  if (body.kind !== "contribution") return "a contribution";
  if (slot.seat === null) return "a seat";
  if (chain.some(({ grant }) => grant.tier !== null)) return "a credential without a tier";
  if (otherPaths.length > 0) return "one chain of credentials";
  if (deviceLinks.length > 0) return "no links of a device";
  return frame.length <= BATCH_MEMBER_BYTES_MAX ? null : `at most ${BATCH_MEMBER_BYTES_MAX} bytes`;
}

/** A batch of some members, in any order. */
export function batchOf(members: readonly Member[]): BatchBody {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1));
  return { kind: "batch", members: sorted };
}

const packedBlocks = new WeakMap<BatchBody, Uint8Array>();

/** Bytes of a batch's block: what its frame has besides some hundreds for everything else. */
export function packedBytes(body: BatchBody): Uint8Array {
  const known = packedBlocks.get(body);
  if (known !== undefined) return known;
  const whole = new Uint8Array(body.members.reduce((sum, { frame }) => sum + frame.length, 0));
  let end = 0;
  for (const { frame } of body.members) {
    whole.set(frame, end);
    end += frame.length;
  }
  const block = pack(whole);
  packedBlocks.set(body, block);
  return block;
}

/** The payload map of a batch of our own making. */
export function batchFields(body: BatchBody): Encodable {
  return { sizes: body.members.map(({ frame }) => frame.length), block: packedBytes(body) };
}

/** The block of a body whose members were packed elsewhere. */
export function knowBlock(body: BatchBody, block: Uint8Array): void {
  packedBlocks.set(body, block);
}

/** Packs some members, in any order, for whoever signs the batch. */
export function packUp(members: readonly Member[]): BatchPack {
  const body = batchOf(members);
  const sizes = body.members.map(({ frame }) => frame.length);
  const ids = body.members.map(({ id }) => id);
  return { sizes, block: packedBytes(body), ids, columns: columnsOf(body.members).bytes };
}
