// Apart on purpose: fifty local events and twenty from outside, then a return that merges in order. Nothing is refused, lost or alarming.
import { describe, expect, it } from "vitest";
import {
  CONNECTED,
  type Disconnection,
  type DisconnectTerms,
  describeLink,
  type LinkEffect,
  type LinkEvent,
  type LinkState,
  stepLink,
} from "../../../shared/mesh/disconnect.ts";

const TERMS: DisconnectTerms = {
  declarers: new Map([
    ["scheduled", ["plant/board", "plant/shift"]],
    ["covert", ["plant/board"]],
  ]),
  retention: 1_000,
};
const APART: Disconnection = {
  id: "d-1",
  authority: "plant/board",
  from: 0,
  until: 500,
  condition: null,
  reason: "scheduled",
  forbidden: ["award"],
};

function run(events: readonly LinkEvent[], from: LinkState = CONNECTED) {
  const effects: LinkEffect[] = [];
  const state = events.reduce((before, event) => {
    const step = stepLink(before, event, TERMS);
    effects.push(...step.effects);
    return step.state;
  }, from);
  return { state, effects };
}

const send = (count: number) =>
  Array.from({ length: count }, (_, index): LinkEvent => ({ on: "send", id: `out-${index}` }));
const receive = (count: number, at = 1) =>
  Array.from({ length: count }, (_, index): LinkEvent => ({ on: "receive", id: `in-${index}`, at }));

describe("a declared disconnection", () => {
  it("queues what goes out, defers what comes in, and merges both on the return: time, divergence, conflict", () => {
    const { state, effects } = run([{ on: "declare", declaration: APART }, ...send(50), ...receive(20)]);
    expect([state.outbound.length, state.inbound.length]).toEqual([50, 20]);
    expect(effects.filter((effect) => effect.do === "decline" || effect.do === "pass")).toEqual([]);
    expect(describeLink(state, 10)).toBe(
      "disconnected by declaration of plant/board (scheduled); 50 queued, 20 deferred",
    );
    const back = run([{ on: "return", authority: "plant/shift", at: 100 }], state);
    expect(back.state).toEqual(CONNECTED);
    expect(back.effects).toMatchObject([
      { do: "merge", steps: ["time", "divergence", "conflict"], reason: "scheduled" },
    ]);
    const [merge] = back.effects;
    expect(merge?.do === "merge" && [merge.inbound.length, merge.outbound.length]).toEqual([20, 50]);
  });

  it("lasts beyond its declared end until somebody with standing signs a return", () => {
    const { state } = run([
      { on: "declare", declaration: APART },
      { on: "clock", at: 900 },
    ]);
    expect([state.mode, describeLink(state, 900)]).toEqual([
      "disconnected",
      "disconnected by declaration of plant/board (scheduled), past its declared end, no return signed yet; 0 queued, 0 deferred",
    ]);
    const stranger = run([{ on: "return", authority: "office/board", at: 900 }], state);
    expect(stranger).toMatchObject({
      state: { mode: "disconnected" },
      effects: [{ do: "decline", why: "no-standing" }],
    });
  });

  it("is declared by whoever may give its reason, and a covert one is announced to nobody", () => {
    const covert: Disconnection = { ...APART, reason: "covert" };
    expect(run([{ on: "declare", declaration: { ...covert, authority: "plant/shift" } }])).toMatchObject({
      state: { mode: "connected" },
      effects: [{ do: "decline", why: "no-standing" }],
    });
    expect(run([{ on: "declare", declaration: covert }]).effects).toEqual([]);
    expect(run([{ on: "declare", declaration: APART }]).effects).toEqual([{ do: "announce", declaration: "d-1" }]);
    expect(
      run([
        { on: "declare", declaration: APART },
        { on: "declare", declaration: covert },
      ]).effects,
    ).toMatchObject([{ do: "announce" }, { do: "decline", why: "already-apart" }]);
  });

  it("declines what it forbids, keeps what the peer repeats once, and lists what outlived the retention", () => {
    const { state, effects } = run([
      { on: "declare", declaration: APART },
      { on: "operate", operation: "award" },
      { on: "operate", operation: "inspect" },
      ...receive(2),
      ...receive(2, 5),
      { on: "clock", at: 1_002 },
    ]);
    expect(effects.filter(({ do: what }) => what === "decline")).toEqual([
      { do: "decline", what: "award", why: "not-while-apart" },
    ]);
    expect([state.inbound, state.lapsed]).toEqual([[], ["in-0", "in-1"]]);
  });
});
