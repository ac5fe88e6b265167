// What the acts of one closed round make of its seats (SPEC §24): the seats of the next round. Pure; all acts of a round take effect together.
import type { Id } from "../observation/observation.ts";
import { JOIN } from "../observation/observation.ts";
import { type Contribution, compareText, nameOf, type Seat, weigh } from "../outcome/contribution.ts";
import { needed } from "../outcome/exact.ts";
import { type Act, actOf } from "./act.ts";
import type { MembershipRules } from "./rules.ts";

export type MembershipChange = {
  readonly action: "left" | "joined";
  readonly why: "departed" | "ejected" | "admitted";
  readonly seat: Seat;
  /** The statements that brought it about. */
  readonly about: readonly Id[];
  readonly reason: string;
  /** Name of the party whose place this one takes, or that takes this one's. */
  readonly bound: string | null;
};

export type Changed = {
  readonly seats: readonly Seat[];
  readonly changes: readonly MembershipChange[];
  /** Seats whose earlier words a successor takes over, by the numbers of both. */
  readonly succeeds: ReadonlyMap<number, number>;
};

type Said = { readonly seat: Seat; readonly id: Id; readonly act: Act };
type Leaving = Omit<MembershipChange, "action" | "bound"> & { readonly successor: string | null };

/** `guests` are those who asked to join; `first` is the number of the first new seat. */
export function changeMembership(
  rules: MembershipRules,
  seats: readonly Seat[],
  guests: readonly Seat[],
  acts: readonly Contribution[],
  first: number,
): Changed {
  const byIndex = new Map([...seats, ...guests].map((seat) => [seat.index, seat]));
  const said = acts.flatMap((contribution): Said[] => {
    const [seat, act] = [byIndex.get(contribution.seat), actOf(contribution)];
    return seat === undefined || act === null || guests.includes(seat) ? [] : [{ seat, id: contribution.id, act }];
  });
  const entering = joined(rules, seats, guests, acts, said);
  const comes = (name: string) => entering.some(({ seat }) => seat.authority === name);
  const leaving = [...departures(said), ...ejections(rules, seats, said)].filter(
    ({ seat, successor }, index, all) =>
      (successor === null || comes(successor)) && all.findIndex((other) => other.seat === seat) === index,
  );
  const predecessor = (name: string) => leaving.find(({ successor }) => successor === name);
  const newcomers = entering.map((entry, at): MembershipChange => {
    const before = predecessor(entry.seat.authority);
    const fits = before !== undefined && before.seat.role === entry.seat.role;
    const seat = { ...entry.seat, index: first + at, power: fits ? before.seat.power : 1 };
    return { ...entry, action: "joined", seat, bound: fits ? nameOf(before.seat) : null };
  });
  const gone = leaving.map(
    ({ successor, ...entry }): MembershipChange => ({ ...entry, action: "left", bound: successor }),
  );
  const out = new Set(gone.map(({ seat }) => seat.index));
  const succeeds = newcomers.flatMap(({ seat, bound }): (readonly [number, number])[] => {
    const before = bound === null ? undefined : gone.find((change) => nameOf(change.seat) === bound);
    return before === undefined ? [] : [[before.seat.index, seat.index]];
  });
  return {
    seats: [...seats.filter(({ index }) => !out.has(index)), ...newcomers.map(({ seat }) => seat)],
    changes: [...gone, ...newcomers],
    succeeds: new Map(succeeds),
  };
}

/** By the leaver's own word, and nobody else's. */
function departures(said: readonly Said[]): readonly Leaving[] {
  return said.flatMap(({ seat, id, act }) =>
    act.act === "depart"
      ? [{ why: "departed" as const, seat, about: [id], reason: act.reason ?? "", successor: act.successor ?? null }]
      : [],
  );
}

/** By enough of the others, or by a supervisor; whom it concerns has no say in it. The words must name one successor, or none. */
function ejections(rules: MembershipRules, seats: readonly Seat[], said: readonly Said[]): readonly Leaving[] {
  return seats.flatMap((seat): Leaving[] => {
    const others = seats.filter((other) => other.authority !== seat.authority);
    const against = said.filter(
      ({ act, seat: by }) =>
        act.act === "eject" && (act.party === nameOf(seat) || act.party === seat.authority) && others.includes(by),
    );
    const groups = Map.groupBy(against, ({ act }) => ("successor" in act ? (act.successor ?? "") : ""));
    const carried = [...groups].find(([, words]) => suffices(rules.eject, rules, others, words));
    if (carried === undefined) return [];
    const [successor, words] = carried;
    const reasons = words.map(({ act }) => act.reason ?? "").sort(compareText);
    const about = words.map(({ id }) => id).sort(compareText);
    const bound = successor === "" ? null : successor;
    return [{ why: "ejected", seat, about, reason: [...new Set(reasons)].join("; "), successor: bound }];
  });
}

/** Whoever asked for it itself, and was let in by enough of those present, or by a supervisor: an organisation once, by the first of its roots. */
function joined(
  rules: MembershipRules,
  seats: readonly Seat[],
  guests: readonly Seat[],
  acts: readonly Contribution[],
  said: readonly Said[],
): readonly Omit<MembershipChange, "action" | "bound">[] {
  const entering = guests.flatMap((guest) => {
    const asked = acts.find(({ seat, content }) => seat === guest.index && content.get("choice") === JOIN);
    const present = seats.some(({ authority, role }) => authority === guest.authority && role === guest.role);
    const words = said.filter(
      ({ act }) => act.act === "admit" && act.party === guest.authority && act.role === guest.role,
    );
    if (asked === undefined || present || !suffices(rules.admit, rules, seats, words)) return [];
    const about = [asked.id, ...words.map(({ id }) => id)].sort(compareText);
    return [
      { why: "admitted" as const, seat: guest, about, reason: words.find(({ act }) => act.reason)?.act.reason ?? "" },
    ];
  });
  const isSame = (one: Seat, other: Seat) => one.authority === other.authority && one.role === other.role;
  return entering.filter(({ seat }, index) => entering.findIndex((other) => isSame(other.seat, seat)) === index);
}

function suffices(
  threshold: MembershipRules["eject"],
  { supervisors }: MembershipRules,
  among: readonly Seat[],
  words: readonly Said[],
): boolean {
  if (words.some(({ seat }) => supervisors.includes(seat.role))) return true;
  const seats = [...new Set(words.map(({ seat }) => seat))];
  return seats.length > 0 && weigh(threshold, seats) >= needed(threshold, weigh(threshold, among));
}
