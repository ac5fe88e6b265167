// Reconciling sets of ids: what either side lacks is found exactly, in bytes that go with the difference, and nonsense is refused.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { continueSession, joinSession, openSession } from "../../../shared/reconcile/session.ts";
import { exchange, idOf, saltOf } from "../../support/set-exchange.ts";

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => idOf(`${prefix}${index}`));

describe("two sets of ids", () => {
  it("are told apart exactly, whatever they share", () => {
    const law = fc.property(fc.nat(300), fc.nat(60), fc.nat(60), fc.nat(), (shared, left, right, seed) => {
      const both = names("both", shared);
      const [ours, theirs] = [names("ours", left), names("theirs", right)];
      const { first, second } = exchange([...both, ...ours], [...theirs, ...both], saltOf(`salt ${seed}`));
      expect([...first.have].sort()).toEqual([...ours].sort());
      expect([...second.have].sort()).toEqual([...theirs].sort());
      expect([first.need, second.need]).toEqual([right, left]);
    });
    fc.assert(law);
  });

  // The bench measures 100,000 against 100,000; this is as much as a test has time for.
  it("of 10,000 with 40 differences cost less than three times the ids that differ, beyond the opening", () => {
    const both = names("both", 10_000);
    const { first, second, messages } = exchange([...both, ...names("ours", 20)], [...both, ...names("theirs", 20)]);
    expect([first.have.length, second.have.length]).toEqual([20, 20]);
    const [opening, ...rest] = messages as [number, ...number[]];
    expect(opening).toBeLessThan(1_100);
    expect(rest.reduce((sum, length) => sum + length, 0)).toBeLessThan(3 * 32 * 40);
    expect(messages.length).toBeLessThanOrEqual(8);
  });

  it("that are equal are so after one message each way", () => {
    const both = names("both", 5_000);
    const { messages } = exchange(both, [...both].reverse());
    expect(messages).toHaveLength(2);
    expect(messages.reduce((sum, length) => sum + length)).toBeLessThan(128);
  });

  it("cannot be made to look equal by ids that were chosen before the salt was", () => {
    const both = names("both", 2_000);
    const costs = ["a", "b", "c"].map((salt) => exchange(both, [...both, idOf("new")], saltOf(salt)));
    expect(costs.map(({ second }) => second.have)).toEqual(costs.map(() => [idOf("new")]));
    const fingerprints = ["a", "b"].map((salt) => openSession(both, saltOf(salt)).message);
    expect(fingerprints[0]).not.toEqual(fingerprints[1]);
  });
});

describe("a message that is no answer", () => {
  it("is refused, and never more than that", () => {
    const ids = names("some", 200);
    const { session, message } = openSession(ids, saltOf("salt"));
    const law = fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const result of [joinSession(ids, bytes), continueSession(session, bytes)])
        expect(result.ok ? null : result.fault.code).toBeOneOf([null, "SET_MESSAGE_MALFORMED"]);
    });
    fc.assert(law);
    const cut = (message as Uint8Array).slice(0, -1);
    expect(joinSession(ids, cut).ok).toBe(false);
    expect(joinSession(ids, Uint8Array.of(...(message as Uint8Array), 0)).ok).toBe(false);
  });

  it("is one that answers a list with anything but a verdict, or points outside of it", () => {
    const { session } = openSession(names("few", 3), saltOf("salt"));
    const listed = session.open.map((open) => ({ ...open, listed: true }));
    const code = (bytes: readonly number[]) => {
      const result = continueSession({ ...session, open: listed }, Uint8Array.from(bytes));
      return result.ok ? null : result.fault.code;
    };
    expect(code([0])).toBe("SET_MESSAGE_MALFORMED");
    const verdict = 0b11_11_11_11;
    expect(code([verdict, 0, 0, 0, 0, 0, 0, 0, 0])).toBeNull();
    expect(code([verdict, 1, 9, 0, 0, 0, 0, 0, 0, 0])).toBe("SET_MESSAGE_MALFORMED");
  });
});
