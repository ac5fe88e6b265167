import { describe, expect, it } from "vitest";
import { judge } from "../../support/admission.ts";

const policy = { rule: "weighted-intersection", factors: [{ kind: "standing", least: 0 }], standing: {} };
const deeds = (...kinds: readonly ("clean" | "fault")[]) => kinds.map((is, order) => ({ id: `c${order}`, order, is }));
const withRecord = (record: readonly object[], standing: object = {}) =>
  judge({ ...policy, standing }, {}, { records: { acme: record } });

describe("standing from carried evidence", () => {
  it("gives three histories three multipliers, and makes one an observer", () => {
    const histories = [deeds("clean", "clean", "clean"), deeds(), deeds("fault", "fault", "clean")];
    const judged = histories.map((history) => withRecord(history));
    expect(judged.map(({ standing }) => [standing?.multiplier, standing?.mode])).toEqual([
      [1_000_000, "full"],
      [800_000, "reduced"],
      [300_000, "observer"],
    ]);
    expect(judged.map(({ verdict }) => verdict)).toEqual(["admit", "admit", "refuse"]);
    expect(judged.map(({ share }) => share)).toEqual([1_000_000, 800_000, 0]);
    expect(judged[2]?.factors[0]?.fault?.code).toBe("STANDING_TOO_LOW");
  });

  it("makes no difference where the policy does not turn it on", () => {
    const off = { rule: "weighted-intersection", factors: [{ kind: "tier", among: ["operator"] }] };
    const judged = [deeds("clean", "clean"), deeds(), deeds("fault", "fault")].map((record) =>
      judge(off, { tier: "operator" }, { records: { acme: record } }),
    );
    expect(new Set(judged.map((admission) => JSON.stringify(admission))).size).toBe(1);
  });

  it("halves with every fault, recovers by tenths, and never falls below the floor", () => {
    const multiplier = (...kinds: readonly ("clean" | "fault")[]) => withRecord(deeds(...kinds)).standing?.multiplier;
    expect([multiplier("fault"), multiplier("fault", "clean"), multiplier("clean", "fault")]).toEqual([
      400_000, 500_000, 450_000,
    ]);
    expect(multiplier("fault", "fault", "fault", "fault", "fault")).toBe(100_000);
    expect(multiplier("clean", "clean", "clean", "clean")).toBe(1_000_000);
  });

  it("lets trivial good acts buy little", () => {
    const many = Array.from({ length: 8 }, (_, order) => ({
      id: `t${order}`,
      order: order + 1,
      is: "clean",
      class: "trivial",
    }));
    const record = [{ id: "bad", order: 0, is: "fault" }, ...many];
    expect(withRecord(record, { stakes: { trivial: 10_000 } }).standing?.multiplier).toBe(408_000);
  });

  it("counts an entry once, and in the order of its ceremonies, however it is shown", () => {
    const record = deeds("fault", "clean", "clean");
    const shown = [...record, ...record].reverse();
    expect(withRecord(shown)).toEqual(withRecord(record));
    expect(withRecord(record).standing?.from).toEqual(["c0", "c1", "c2"]);
  });
});
