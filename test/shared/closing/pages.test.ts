// Witnesses of lists that are too long for a frame: pages and witnesses come in any order and as often as they like, and what a closing knows of them
// then is the same. What a liar makes of its pages counts for nothing.
import { describe, expect, it } from "vitest";
import { inPages, spoiltBy } from "../../../shared/closing/pages.ts";
import { electorateOf } from "../../../shared/closing/power.ts";
import { receive } from "../../../shared/closing/receive.ts";
import { rootOfPaged, rootOfSet } from "../../../shared/closing/root.ts";
import { nextMove, type Surroundings } from "../../../shared/closing/rules.ts";
import {
  type Closing,
  type ClosingMessage,
  openClosing,
  type Page,
  type Witness,
} from "../../../shared/closing/state.ts";
import { PAGE_IDS, WITNESS_PAGES_MAX } from "../../../shared/limits.ts";
import { bodyFields } from "../../../shared/observation/body.ts";
import type { Body, Id } from "../../../shared/observation/observation.ts";
import { Random } from "../../simulation/random.ts";
import { idOf } from "../../support/statements.ts";

const SEATS = [0, 1, 2, 3];
const electorate = electorateOf(
  SEATS.map((seat) => [seat, 1]),
  { num: 33, den: 100 },
);
const all = Array.from({ length: 4_150 }, (_, index) => idOf(`held ${index}`)).sort();
const most = all.slice(0, 4_110);

let signed = 0;
function said<B extends Body>(seat: number, body: B, attempt: number | null = null): ClosingMessage {
  signed += 1;
  return { id: idOf(`statement ${signed}`), slot: { seat, attempt, item: null }, body } as never;
}
const pagesBy = (seat: number, ids: readonly Id[]) =>
  inPages(ids).map((page) => said(seat, { kind: "page", ids: page }));
const rootOf = (ids: readonly Id[]) => rootOfPaged(ids, inPages(ids));
function named(
  seat: number,
  pages: readonly ClosingMessage[],
  ids: readonly Id[],
  change: object = {},
): ClosingMessage {
  const body = { kind: "witness", root: rootOf(ids), count: ids.length, pages: pages.map(({ id }) => id) } as const;
  return said(seat, { ...body, ...change } as Body);
}
/** A witness behind its pages. */
function witness(seat: number, ids: readonly Id[], change: object = {}): readonly ClosingMessage[] {
  const pages = pagesBy(seat, ids);
  return [...pages, named(seat, pages, ids, change)];
}

const opened = () => openClosing(idOf("ceremony"), 0, electorate, null);
const take = (closing: Closing, messages: readonly ClosingMessage[]) =>
  messages.reduce((next, message) => receive(next, message).closing, closing);

const around: Surroundings = {
  now: 0,
  held: new Map(all.map((id) => [id, {} as never])),
  mayClose: false,
  perSeat: 64,
  batches: 0,
  timing: { attemptTimeout: 1_000 } as never,
};
const decisionOf = (closing: Closing) => {
  const move = nextMove(closing, around);
  return move !== null && "closing" in move ? move.closing.decision : null;
};

describe("a list in pages", () => {
  it.each([2_401, 4_096, 4_097, 6_144, 6_145, 8_191, 8_192])("of %i ids has the root of the whole", (size) => {
    const ids = Array.from({ length: size }, (_, index) => idOf(`id ${index}`)).sort();
    const pages = inPages(ids);
    expect(pages.length).toBeLessThanOrEqual(WITNESS_PAGES_MAX);
    expect(rootOfPaged([...ids], pages)).toBe(rootOfSet(ids));
  });
});

describe("pages and witnesses", () => {
  it("give one closing and one decision in a thousand orders, with repeats and a liar's among them", () => {
    const [some, fewer] = [all.slice(0, 2_450), all.slice(0, 2_410)];
    const lists = [some, some, fewer];
    const honest = lists.flatMap((ids, seat) => witness(seat, ids));
    const lies = [...witness(3, fewer.slice(5)), ...witness(3, all.slice(20, 2_460)), ...pagesBy(3, most.slice(900))];
    const ids = honest.flatMap((message) => (message.body.kind === "witness" ? [message.id] : [])).sort();
    const root = rootOfSet(some);
    const proposer = SEATS[opened().rotation] as number;
    const proposal = { kind: "propose", root, justification: ids, validAttempt: -1, polka: [] } as const;
    const votes = [0, 1, 2].map((seat) => said(seat, { kind: "precommit", root }, 0));
    const random = new Random(7, "network");
    const firsts: unknown[] = [];
    for (let order = 0; order < 1_000; order++) {
      // The set that a proposal names is worked out anew for each: in some of the orders only.
      const contested = order % 10 === 0 ? [said(proposer, proposal, 0), ...votes] : [];
      const messages = random.shuffled([...honest, ...lies, ...contested]);
      // What was refused for lack of room comes again, as repair sends it.
      const closing = take(opened(), [...messages, ...random.subset(messages), ...random.shuffled(messages)]);
      const listed = ({ id, body }: Witness) => `${id} ${body.root} ${body.ids.length}`;
      const seen = {
        lists: SEATS.map((seat) => closing.witnesses.get(seat)?.map(listed).sort()),
        unread: [...closing.unread.values()].flat().length,
        faulty: [...closing.faulty.keys()],
      };
      firsts[0] ??= seen;
      expect(seen).toEqual(firsts[0]);
      if (contested.length === 0) continue;
      const decision = decisionOf(closing);
      firsts[1] ??= decision;
      expect(decision).toEqual(firsts[1]);
    }
    expect(firsts).toMatchObject([
      { unread: 0, faulty: [3] },
      { root, certificate: { path: "contested" } },
    ]);
  });

  it("make known what others witness under the same root, whoever sends the pages", () => {
    const [absent] = witness(1, all).slice(-1) as [ClosingMessage];
    const wrong = said(2, { ...(absent.body as object), count: all.length - 1 } as Body);
    const before = take(opened(), [absent, wrong]);
    expect(before.witnesses.size).toBe(0);
    const after = take(before, witness(0, all));
    expect([...after.witnesses.keys()]).toEqual([0, 1]);
    expect(after.witnesses.get(1)?.[0]?.body.ids).toBe(after.witnesses.get(0)?.[0]?.body.ids);
    expect(take(opened(), [...witness(0, all), absent, wrong]).witnesses.size).toBe(2);
  });

  it("keep an elector that lost its own pages from witnessing another list", () => {
    const own = { ...opened(), own: 3 };
    const closes = { ...around, mayClose: true, held: new Map() };
    const timing = { witnessTimeout: 1_000 } as never;
    expect(nextMove(own, { ...closes, timing })).toMatchObject({ say: { kind: "witness", ids: [] } });
    expect(nextMove(take(own, witness(3, all).slice(-1)), { ...closes, timing })).toBeNull();
  });

  it("need every page, and nothing else", () => {
    const messages = witness(0, all);
    for (const absent of messages) {
      const closing = take(
        opened(),
        messages.filter((message) => message !== absent),
      );
      expect([closing.witnesses.size, decisionOf(closing)]).toEqual([0, null]);
      expect(take(closing, [absent]).witnesses.get(0)?.[0]?.body.ids).toEqual(all);
    }
  });
});

describe("a liar's pages", () => {
  const [one, two, three] = inPages(all) as [readonly Id[], readonly Id[], readonly Id[]];
  const page = (seat: number, ids: readonly Id[]) => said(seat, { kind: "page", ids });
  const cases: readonly (readonly [string, () => readonly ClosingMessage[]])[] = [
    ["out of order", () => from([two, one, three])],
    ["that overlap", () => from([one, [...one.slice(-1), ...two.slice(1)], three])],
    [
      "one of which has an id too few",
      () => {
        const lists = [one.slice(1), two, three];
        return from(lists, { root: rootOfPaged(lists.flat(), lists) });
      },
    ],
    ["that hold fewer than it says", () => from([one, two, three], { count: all.length + 1 })],
    ["under the root of another list", () => from([one, two, three], { root: rootOf(most) })],
    [
      "with an id that nobody has",
      () => from([one, two, [...three.slice(0, -1), "f".repeat(64)]], { root: rootOf(all) }),
    ],
    [
      "that another elector signed",
      () => {
        const pages = [page(3, one), page(1, two), page(3, three)];
        return [...pages, named(3, pages, all)];
      },
    ],
  ];
  function from(lists: readonly (readonly Id[])[], change: object = {}): readonly ClosingMessage[] {
    const pages = lists.map((ids) => page(3, ids));
    return [...pages, named(3, pages, lists.flat(), change)];
  }

  it.each(cases)("%s are no list: it is as if it were silent", (_, make) => {
    const messages = make();
    for (const order of [messages, [...messages].reverse()]) {
      const closing = take(opened(), order);
      expect([closing.witnesses.size, closing.unread.get(3)?.length]).toEqual([0, 1]);
      // Told once, by whichever came last.
      expect(spoiltBy(closing, order.at(-1) as ClosingMessage)).toHaveLength(1);
      const others = take(
        closing,
        [0, 1, 2].flatMap((seat) => witness(seat, most)),
      );
      expect([...others.witnesses.keys()]).toEqual([0, 1, 2]);
    }
  });

  it("fill no memory: those that no witness names are few, and those that one names are taken whatever came before", () => {
    const flood = Array.from({ length: 50 }, (_, index) => page(3, [idOf(`ghost ${index}`)]));
    const flooded = take(opened(), flood);
    expect(flooded.pages.size).toBe(WITNESS_PAGES_MAX);
    expect(receive(flooded, flood[49] as Page)).toMatchObject({ ok: false, fault: { code: "PAGES_FULL" } });
    const [first, ...rest] = [...witness(3, all)].reverse() as [ClosingMessage, ...ClosingMessage[]];
    expect(take(flooded, [...rest, first]).witnesses.size).toBe(0);
    expect(take(flooded, [first, ...rest]).witnesses.get(3)).toHaveLength(1);
    expect(receive(opened(), page(7, one))).toMatchObject({ ok: false, fault: { code: "NOT_AN_ELECTOR" } });
  });

  it("keep a third witness where others' agreement may rest on it, and none of many that only say so", () => {
    const twice = take(opened(), [
      witness(3, all.slice(1)).at(-1),
      witness(3, all.slice(2)).at(-1),
    ] as ClosingMessage[]);
    const agreed = take(
      twice,
      [0, 1].flatMap((seat) => witness(seat, most)),
    );
    const liars = Array.from({ length: 20 }, (_, index) => named(3, [], most, { count: most.length + 1 + index }));
    expect(take(agreed, liars).unread.get(3)).toHaveLength(2);
    const third = named(3, pagesBy(3, most), most);
    const complete = take(take(agreed, liars), [third, named(3, pagesBy(3, most), most)]);
    expect(complete.witnesses.get(3)?.map(({ id }) => id)).toEqual([third.id]);
    expect(complete.unread.get(3)).toHaveLength(2);
  });

  it("keep one witness for each proposal that names it, however many a proposal names", () => {
    const many = Array.from({ length: 20 }, (_, index) => witness(3, all.slice(index)).at(-1) as ClosingMessage);
    const proposer = SEATS[opened().rotation] as number;
    const justification = many
      .slice(2)
      .map(({ id }) => id)
      .sort();
    const proposal = { kind: "propose", root: rootOf(all), justification, validAttempt: -1, polka: [] } as const;
    expect(take(opened(), [said(proposer, proposal, 0), ...many]).unread.get(3)).toHaveLength(3);
  });

  it("prove a fault where it signs two lists, whether anybody can read them", () => {
    const [a, b] = [witness(3, all).at(-1), witness(3, most).at(-1)] as [ClosingMessage, ClosingMessage];
    expect(take(opened(), [a, b]).faulty.get(3)).toEqual([a.id, b.id]);
    expect(bodyFields(a.body as never)).toMatchObject({ count: all.length });
    expect(PAGE_IDS * WITNESS_PAGES_MAX).toBe(8_192);
  });
});
