// What a round may hold, so that the lists of its witnesses fit into memory and into their frames (SPEC §8.15).
import {
  BATCHES_MAX,
  BATCHES_PACED,
  GATHERED_BYTES_MAX,
  ITEMS_PER_SEAT_MAX,
  LISTED_IDS_MAX,
  PAGE_IDS,
  SEATS_MAX,
  UNBATCHED_IDS,
  WITNESS_IDS_MAX,
  WITNESS_PAGES_MAX,
} from "../limits.ts";
import type { Gathered } from "./gathered.ts";
import type { Round } from "./state.ts";

type Sizes = Pick<Round, "seats" | "stage" | "batched" | "closing">;

const electorsOf = ({ closing }: Sizes) => Math.max(closing.electorate.seats.length, 1);

/** Ids that one witness lists at most: those of one frame, or of as many pages as the memory for all electors' has room for. */
export function idsPerWitness(round: Sizes): number {
  const share = Math.floor(LISTED_IDS_MAX / electorsOf(round));
  return Math.max(WITNESS_IDS_MAX, Math.min(PAGE_IDS * WITNESS_PAGES_MAX, share));
}

/** Batches of one elector that a witness lists. */
export function batchesPerElector(round: Sizes): number {
  if (round.batched.size === 0) return 0;
  return Math.floor(Math.min(BATCHES_MAX, idsPerWitness(round) - UNBATCHED_IDS) / electorsOf(round));
}

/** Batches over which an elector spreads what it takes in: it signs more only where they come full. */
export function batchesPaced(round: Sizes): number {
  return round.batched.size === 0 ? 0 : Math.floor(BATCHES_PACED / electorsOf(round));
}

/** Those among whom what a round may hold is shared. Of joins, whoever else may come counts too. */
const places = ({ seats, stage, batched }: Sizes) =>
  batched.size > 0 ? seats.length - batched.size : stage.is === "join" ? SEATS_MAX : seats.length;

/** Contributions that one seat may have whatever their size: what all of them may fits into one frame. */
export function itemsOfAnySize(round: Sizes): number {
  return Math.min(itemsPerSeat(round), Math.floor(WITNESS_IDS_MAX / places(round)));
}

/** Contributions that one seat may have in a round: what all of them may is what one witness can list. */
export function itemsPerSeat(round: Sizes): number {
  const listed = round.batched.size > 0 ? UNBATCHED_IDS : idsPerWitness(round);
  return Math.min(ITEMS_PER_SEAT_MAX, Math.floor(listed / places(round)));
}

/** Whether one more contribution of an author may be kept: some of any size, and more while they are small. */
export function hasRoomFor(round: Sizes, own: readonly Gathered[], more: Pick<Gathered, "frame">): boolean {
  if (own.length >= itemsPerSeat(round)) return false;
  if (own.length < itemsOfAnySize(round)) return true;
  const bytes = own.reduce((sum, { frame }) => sum + frame.length, more.frame.length);
  return bytes <= bytesPerSeat(round);
}

/** Bytes of frames that one seat may have, where they are more than those of any size. */
export function bytesPerSeat(round: Sizes): number {
  return Math.floor(GATHERED_BYTES_MAX / places(round));
}
