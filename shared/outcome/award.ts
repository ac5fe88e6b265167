// Awards to bids (SPEC §6.4): the best bids win until the units are used up, each item by itself. Amounts are for one unit.
import type { AwardOutcome, Policy } from "../policy/policy.ts";
import { type Bid, collectBids, compareBids, outbids } from "./bids.ts";
import { abandoned, type Contribution, compareText, decided, nameOf, type Seat, type Verdict } from "./contribution.ts";

/** Units that a bid wins. */
export type Filled = { readonly bid: Bid; readonly quantity: number };
/** Units of a bidder at one price. */
type Winner = { readonly bid: Bid; readonly quantity: number; readonly price: number };

export function decideAward(
  _policy: Policy,
  rule: AwardOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): Verdict {
  const bids = collectBids(seats, contributions);
  const bidders = new Set(bids.map(({ seat }) => seat.index)).size;
  if (bidders < rule.minimum)
    return abandoned("TOO_FEW_BIDDERS", [`${bidders} of at least ${rule.minimum} bidders made a bid`]);
  const items = [...new Set([...rule.items, ...bids.map(({ item }) => item)])].filter(
    (item) => item !== "" || rule.items.length === 0,
  );
  const byItem = Map.groupBy(bids, (bid) => bid.item);
  const parts = items.sort(compareText).map((item) => awardItem(rule, item, byItem.get(item) ?? []));
  const winners = parts.flatMap(({ winners: some }) => some);
  const explanation = parts.flatMap(({ explanation: lines }) => lines);
  const value = {
    winners: winners.map(({ bid, quantity, price }) => ({
      party: nameOf(bid.seat),
      quantity,
      price,
      ...(bid.item === "" ? {} : { item: bid.item }),
    })),
  };
  const cause = bids.length === 0 ? "NO_BIDS" : "RESERVE_NOT_MET";
  return winners.length > 0 ? decided(value, explanation) : decided(value, explanation, cause);
}

function awardItem(
  rule: AwardOutcome,
  item: string,
  bids: readonly Bid[],
): { readonly winners: readonly Winner[]; readonly explanation: readonly string[] } {
  const admitted = bids.filter(({ amount }) => meetsReserve(rule, amount)).sort(compareBids(rule));
  const filled = fill(admitted, rule.units, rule.partial);
  const label = item === "" ? "" : `${item}: `;
  const below = bids
    .filter(({ amount }) => !meetsReserve(rule, amount))
    .map(
      ({ seat, amount }) => `${label}${nameOf(seat)} bid ${amount}, which does not meet the reserve ${rule.reserve}`,
    );
  const rejected = rest(admitted, filled);
  const winners = merge(PRICES[rule.rule](rule, filled, rejected));
  const lines = winners.map(
    ({ bid, quantity, price }) => `${label}${nameOf(bid.seat)} wins ${quantity} at ${price} each`,
  );
  const lost = rejected
    .filter(({ bid, quantity }) => quantity === bid.quantity)
    .map(({ bid: { seat, amount } }) => `${label}${nameOf(seat)} bid ${amount} and wins nothing`);
  return { winners, explanation: [...lines, ...lost, ...below] };
}

function meetsReserve({ reserve, direction }: AwardOutcome, amount: number): boolean {
  return reserve === null || amount === reserve || outbids(direction, amount, reserve);
}

/** Gives units to bids from the best on; a bid that does not fit is cut where the policy allows that, else left out. */
export function fill(sorted: readonly Bid[], units: number, partial: boolean): readonly Filled[] {
  const filled: Filled[] = [];
  let left = units;
  for (const bid of sorted) {
    if (left === 0) break;
    const quantity = Math.min(bid.quantity, left);
    if (quantity < bid.quantity && !partial) continue;
    filled.push({ bid, quantity });
    left -= quantity;
  }
  return filled;
}

/** Units that bids ask for and do not get, best first. */
function rest(admitted: readonly Bid[], filled: readonly Filled[]): readonly Filled[] {
  const won = new Map(filled.map(({ bid, quantity }) => [bid, quantity]));
  return admitted.flatMap((bid) => {
    const quantity = bid.quantity - (won.get(bid) ?? 0);
    return quantity > 0 ? [{ bid, quantity }] : [];
  });
}

type Pricing = (rule: AwardOutcome, filled: readonly Filled[], rejected: readonly Filled[]) => readonly Winner[];

const PRICES: { readonly [R in AwardOutcome["rule"]]: Pricing } = {
  "first-price": (_rule, filled) => filled.map((one) => ({ ...one, price: one.bid.amount })),
  "second-price": secondPrice,
  "uniform-price": uniformPrice,
};

/** Everyone pays the amount of the last bid that wins, or of the best unit that does not: the policy says which. */
function uniformPrice(rule: AwardOutcome, filled: readonly Filled[], rejected: readonly Filled[]): readonly Winner[] {
  const last = filled[filled.length - 1]?.bid.amount ?? 0;
  const price = rule.clearing === "lowest-accepted" ? last : (rejected[0]?.bid.amount ?? floorPrice(rule, last));
  return filled.map((one) => ({ ...one, price }));
}

/** What is paid where no bid is left to set the price: the reserve, else nothing, or when buying, the bid itself. */
function floorPrice({ reserve, direction }: AwardOutcome, own: number): number {
  return reserve ?? (direction === "highest" ? 0 : own);
}

/**
 * Vickrey's rule: for its units a winner pays what they would have fetched from the others: the best units it keeps out, one by one.
 * For one unit that is the second-best bid.
 */
function secondPrice(rule: AwardOutcome, filled: readonly Filled[], rejected: readonly Filled[]): readonly Winner[] {
  const bySeat = new Map<Seat, Filled[]>();
  for (const one of filled) bySeat.set(one.bid.seat, [...(bySeat.get(one.bid.seat) ?? []), one]);
  return [...bySeat].flatMap(([seat, mine]) => {
    const [{ bid }] = mine as [Filled, ...Filled[]];
    const worst = (mine[mine.length - 1] as Filled).bid.amount;
    let units = mine.reduce((sum, { quantity }) => sum + quantity, 0);
    const paid: Winner[] = [];
    for (const other of rejected) {
      if (units === 0) break;
      if (other.bid.seat === seat) continue;
      const quantity = Math.min(units, other.quantity);
      paid.push({ bid, quantity, price: other.bid.amount });
      units -= quantity;
    }
    return units === 0 ? paid : [...paid, { bid, quantity: units, price: floorPrice(rule, worst) }];
  });
}

/** One line for each bidder, item and price. */
function merge(winners: readonly Winner[]): readonly Winner[] {
  const lines = new Map<string, Winner>();
  for (const winner of winners) {
    const key = `${winner.bid.seat.index}/${winner.price}`;
    const known = lines.get(key);
    lines.set(key, known === undefined ? winner : { ...known, quantity: known.quantity + winner.quantity });
  }
  return [...lines.values()];
}
