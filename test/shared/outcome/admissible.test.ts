// A closed set counts each contribution once, in the order of ids, however it comes: sorted already, backwards, or some of it twice.
import { describe, expect, it } from "vitest";
import { admissible } from "../../../shared/outcome/admissible.ts";
import type { Contribution } from "../../../shared/outcome/contribution.ts";
import { APPROVAL } from "../../../shared/policy/patterns/approval.ts";
import { policyOf, seatsOf, votes, WINDOW } from "../../support/decisions.ts";

const policy = policyOf(APPROVAL);
const seats = seatsOf(policy, [1, 1, 1, 1]);
const sorted = votes(seats, "approve reject approve approve").toSorted((a, b) => (a.id < b.id ? -1 : 1));

describe("a closed set", () => {
  it.each<[string, readonly Contribution[]]>([
    ["in the order of ids", sorted],
    ["backwards", sorted.toReversed()],
    ["each twice in a row", sorted.flatMap((said) => [said, said])],
    ["the last of them once more", [...sorted, ...sorted.slice(-1)]],
    ["the whole of it once more", [...sorted, ...sorted]],
  ])("counts each once, in the order of ids: %s", (_, set) => {
    const { admitted, excluded } = admissible(policy, seats, set, WINDOW);
    expect(admitted.map(({ id }) => id)).toEqual(sorted.map(({ id }) => id));
    expect(excluded).toEqual([]);
  });
});
