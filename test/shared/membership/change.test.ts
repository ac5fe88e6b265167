// Who is in after the acts of a round.
import { expect, it } from "vitest";
import type { CborMap } from "../../../shared/cbor/value.ts";
import { changeMembership } from "../../../shared/membership/change.ts";
import type { Contribution, Seat } from "../../../shared/outcome/contribution.ts";

const seat = (index: number, authority: string, root: string, role = "voter"): Seat => ({
  index,
  authority,
  root,
  role,
  power: 1,
});
const said = (id: string, by: number, content: CborMap): Contribution => ({
  id,
  seat: by,
  role: "voter",
  item: null,
  content,
  at: [0, 0],
  until: 1,
});

it("lets an organisation that is known by two roots in once", () => {
  const rules = { admit: { count: 2 }, eject: { count: 3 }, supervisors: ["chair"] };
  const admit = new Map([
    ["act", "admit"],
    ["party", "echo"],
    ["role", "voter"],
  ]);
  const join = new Map([
    ["choice", "join"],
    ["as", "echo"],
  ]);
  const acts = [said("1", 0, new Map([["membership", admit]])), said("2", 2, join), said("3", 3, join)];
  const present = [seat(0, "acme", "a", "chair"), seat(1, "bolt", "b")];
  const guests = [seat(2, "echo", "first root"), seat(3, "echo", "second root")];
  const { seats } = changeMembership(rules as never, present, guests, acts, 2);
  expect(seats.map(({ authority }) => authority)).toEqual(["acme", "bolt", "echo"]);
});
