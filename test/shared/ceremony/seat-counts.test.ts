// Numbers of seats: what was taken stays as it was, whatever is added to it later.
import { expect, it } from "vitest";
import { CountsDraft, countOf, countsOf, entriesOf, NO_COUNTS } from "../../../shared/ceremony/seat-counts.ts";
import { SEATS_MAX } from "../../../shared/limits.ts";

it("adds up what each seat has, and leaves what was taken before", () => {
  const draft = new CountsDraft(NO_COUNTS);
  draft.add(3, 2);
  const before = draft.take();
  draft.add(3, 5);
  draft.add(SEATS_MAX - 1, 1);
  const after = draft.take();
  expect(entriesOf(before)).toEqual([[3, 2]]);
  expect(entriesOf(after)).toEqual([
    [3, 7],
    [SEATS_MAX - 1, 1],
  ]);
  expect(entriesOf(NO_COUNTS)).toEqual([]);
  expect([draft.of(3), draft.of(4), countOf(after, SEATS_MAX)]).toEqual([7, 0, 0]);
});

it("hands on the same numbers where none has changed", () => {
  const held = countsOf([[1, 4]]);
  const draft = new CountsDraft(held);
  expect(draft.take()).toBe(held);
  draft.add(1, 1);
  expect(draft.take()).not.toBe(held);
});
