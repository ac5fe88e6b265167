// A witness' list has the root that it names: also where another witness of that root is held, with which it is compared.
import { expect, it } from "vitest";
import { electorateOf } from "../../../shared/closing/power.ts";
import { receive } from "../../../shared/closing/receive.ts";
import { rootOfSet } from "../../../shared/closing/root.ts";
import { type Closing, openClosing, type Witness } from "../../../shared/closing/state.ts";
import { idOf } from "../../support/statements.ts";

const all = Array.from({ length: 4 }, (_, n) => idOf(`contribution ${n}`)).sort();
const held = all.slice(0, 3);
const electorate = electorateOf(
  [0, 1, 2, 3].map((seat) => [seat, 1]),
  { num: 33, den: 100 },
);

/** Of a seat under the root of `held`, whatever it lists. */
function witness(seat: number, ids: readonly string[]): Witness {
  const body = { kind: "witness", ids, root: rootOfSet(held) };
  return { id: idOf(`witness of ${seat}`), slot: { seat, attempt: null, item: null }, body } as unknown as Witness;
}

function told(closing: Closing, said: Witness): readonly [string, Closing] {
  const received = receive(closing, said);
  return [received.ok ? "taken" : received.fault.code, received.closing];
}

it.each([
  ["the same ids", "taken", held],
  ["fewer", "WITNESS_ROOT", held.slice(1)],
  ["others, as many", "WITNESS_ROOT", all.slice(1)],
  ["more", "WITNESS_ROOT", all],
])("a list of %s under the root of a witness that is held: %s", (_, answer, ids) => {
  const [first, closing] = told(openClosing(idOf("ceremony"), 0, electorate, null), witness(0, held));
  expect([first, told(closing, witness(1, [...ids]))[0]]).toEqual(["taken", answer]);
});
