// The matched pair over closed sets: who gets custody, and what is written down where the halves do not fit.
import { describe, expect, it } from "vitest";
import { fromJson, type Json, toJson } from "../../../shared/cbor/json.ts";
import type { CborMap } from "../../../shared/cbor/value.ts";
import type { Contribution, Seat, Verdict } from "../../../shared/outcome/contribution.ts";
import { CUSTODY_CHAIN } from "../../../shared/policy/patterns/custody-chain.ts";
import { decideSet, policyOf, WINDOW } from "../../support/decisions.ts";
import { idOf } from "../../support/statements.ts";

const SEATS: readonly Seat[] = ["holder", "receiver", "receiver", "translator", "translator"].map((role, index) => ({
  index,
  authority: ["sea", "rail", "road", "port", "board"][index] as string,
  role,
  power: 1,
}));
const MINUTE = 60_000_000;

/** A statement of a party, so many minutes after the opening, give or take some seconds. */
function said(party: string, minute: number, content: Readonly<Record<string, Json>>, seconds = 1): Contribution {
  const seat = SEATS.find(({ authority }) => authority === party) as Seat;
  const at = WINDOW.opensAt + minute * MINUTE;
  const read = fromJson(content);
  if (!read.ok) throw new Error(read.fault.code);
  const id = idOf(JSON.stringify([party, minute, content]));
  const slack = seconds * 1_000_000;
  return {
    id,
    seat: seat.index,
    role: seat.role,
    item: id.slice(0, 8),
    content: read.value as CborMap,
    at: [at - slack, at + slack],
    until: WINDOW.closesAt,
  };
}

const release = (fields: Readonly<Record<string, Json>> = {}, minute = 1) =>
  said("sea", minute, { release: { id: "r", to: "rail", object: "box 88", ...fields } });
const accept = (fields: Readonly<Record<string, Json>> = {}, minute = 3, party = "rail") =>
  said(party, minute, { accept: { release: "r", object: "box 88", ...fields } });
const withdrawal = (minute: number, seconds = 1) => said("sea", minute, { withdraw: "r" }, seconds);

/** What becomes of a set: the cause where custody stays, and the value. */
function outcomeOf(set: readonly Contribution[], settings: Readonly<Record<string, Json>> = {}) {
  const verdict: Verdict = decideSet(policyOf(CUSTODY_CHAIN, settings), SEATS, set);
  const value = toJson(verdict.value ?? null) as { custodian: string; legs: Json[]; discrepancies?: Json[] };
  return { cause: verdict.is === "abandoned" ? verdict.cause : null, handovers: verdict.handovers ?? [], ...value };
}

const SEA = { vocabulary: "sea/1", state: { condition: "sound", seal: "S-1" } };
const RAIL = { vocabulary: "rail/2", state: { condition: "A1", seal: "S-1" } };
const words = (sound: string, more: Readonly<Record<string, Json>> = {}, party = "port", minute = 2) =>
  said(party, minute, {
    translation: { id: `t-${party}`, from: "sea/1", to: "rail/2", terms: { sound: { as: sound } }, ...more },
  });

describe("a release and its acceptance", () => {
  it("move custody together, as one leg", () => {
    const { cause, custodian, legs, handovers } = outcomeOf([release(), accept()]);
    expect([cause, custodian]).toEqual([null, "rail"]);
    expect(legs).toEqual([{ from: "sea", to: "rail", object: "box 88" }]);
    expect(handovers).toMatchObject([{ from: "sea", to: "rail", at: WINDOW.opensAt + 3 * MINUTE + 1_000_000 }]);
  });

  it.each([
    ["by someone else than the named receiver", accept({}, 3, "road"), "ACCEPTANCE_MISSING"],
    ["of another object", accept({ object: "box 99" }), "ACCEPTANCE_MISSING"],
    ["that is dated before the release", accept({}, 0), "ACCEPTANCE_MISSING"],
    ["that comes after the release has expired", accept({}, 9), "RELEASE_EXPIRED"],
  ])("do not where the acceptance is one %s", (_how, acceptance, code) => {
    const { cause, custodian, legs } = outcomeOf([release(), acceptance], { "outcome.within": 5 * MINUTE });
    expect([cause, custodian, legs]).toEqual([code, "sea", []]);
  });

  it("do not where two accept, and nobody is picked", () => {
    const open = said("sea", 1, { release: { id: "r", object: "box 88" } });
    const { cause, custodian } = outcomeOf([open, accept(), accept({}, 3, "road")]);
    expect([cause, custodian]).toEqual(["DISCREPANT", "sea"]);
  });

  it("do where the exception is noted, and do not where the policy does not allow it", () => {
    const set = [
      release({ state: { seal: "S-1" } }),
      accept({ state: { seal: "none" }, exceptions: ["seal: broken"] }),
    ];
    expect(outcomeOf(set)).toMatchObject({ cause: null, custodian: "rail", legs: [{ exceptions: ["seal: broken"] }] });
    expect(outcomeOf(set, { "outcome.exceptions": ["paint"] })).toMatchObject({
      cause: "DISCREPANT",
      custodian: "sea",
    });
    expect(outcomeOf(set, { "outcome.exceptions": ["seal"] })).toMatchObject({ cause: null, custodian: "rail" });
  });

  it("are held against each other field by field, and a difference is a record and no silent pick", () => {
    const set = [release({ state: { seal: "S-1", weight: 90 } }), accept({ state: { seal: "S-2", weight: 90 } })];
    const { cause, custodian, discrepancies } = outcomeOf(set);
    expect([cause, custodian]).toEqual(["DISCREPANT", "sea"]);
    expect(discrepancies).toEqual([{ field: "seal", released: "S-1", read: "S-1", accepted: "S-2" }]);
  });
});

describe("a release that is withdrawn", () => {
  it("surely before it is accepted has no effect", () => {
    expect(outcomeOf([release(), withdrawal(2), accept()])).toMatchObject({
      cause: "RELEASE_WITHDRAWN",
      custodian: "sea",
    });
    expect(outcomeOf([release(), withdrawal(2)])).toMatchObject({ cause: "RELEASE_WITHDRAWN", custodian: "sea" });
  });

  it("surely after it was accepted comes too late", () => {
    expect(outcomeOf([release(), accept(), withdrawal(5)])).toMatchObject({ cause: null, custodian: "rail" });
  });

  it("while it is accepted is discrepant: nobody can tell which came first", () => {
    expect(outcomeOf([release(), accept(), withdrawal(2, 70)])).toMatchObject({
      cause: "DISCREPANT",
      custodian: "sea",
    });
  });

  it("can be withdrawn by its author only", () => {
    const stranger = said("road", 2, { withdraw: "r" });
    expect(outcomeOf([release(), stranger, accept()])).toMatchObject({ cause: null, custodian: "rail" });
  });
});

describe("halves in two vocabularies", () => {
  it("match through a translation, which is named with its losses", () => {
    const { cause, custodian, legs } = outcomeOf([
      release(SEA),
      words("A1", { terms: { sound: { as: "A1", loss: "widened" } } }),
      accept(RAIL),
    ]);
    expect([cause, custodian]).toEqual([null, "rail"]);
    const losses = [{ element: "sound", as: "A1", loss: "widened" }];
    expect(legs).toMatchObject([{ vocabularies: ["sea/1", "rail/2"], translator: "port", losses }]);
  });

  it("contradict each other in the receiver's words, and both spellings are kept", () => {
    const { cause, discrepancies } = outcomeOf([release(SEA), words("B2"), accept(RAIL)]);
    expect(cause).toBe("DISCREPANT");
    expect(discrepancies).toEqual([{ field: "condition", released: "sound", read: "B2", accepted: "A1" }]);
  });

  it.each([
    ["is missing", []],
    ["has expired", [words("A1", { expires: WINDOW.opensAt + 2 * MINUTE })]],
    ["leads elsewhere", [words("A1", { to: "road/1" })]],
    ["was taken back before the acceptance", [words("A1"), said("port", 2, { withdraw: "t-port" })]],
  ])("do not match where the translation %s", (_how, translations) => {
    const { cause, custodian } = outcomeOf([release(SEA), ...translations, accept(RAIL)]);
    expect([cause, custodian]).toEqual(["TRANSLATION_MISSING", "sea"]);
  });

  it("do not match where two translators disagree on what was released", () => {
    const { cause } = outcomeOf([release(SEA), words("A1"), words("B2", {}, "board"), accept(RAIL)]);
    expect(cause).toBe("DISCREPANT");
    expect(outcomeOf([release(SEA), words("A1"), words("A1", {}, "board"), accept(RAIL)]).cause).toBeNull();
  });

  it("take no translation that loses something without saying so", () => {
    const merged = { terms: { sound: { as: "A1" }, dented: { as: "A1" } } };
    expect(outcomeOf([release(SEA), words("", merged), accept(RAIL)]).cause).toBe("TRANSLATION_MISSING");
  });
});

describe("an abandoned chain", () => {
  it("keeps the legs that were matched, and releases only what was not", () => {
    const onward = said("rail", 4, { release: { id: "r2", to: "road", object: "box 88" } });
    const { cause, custodian, handovers } = outcomeOf([release(), accept(), onward]);
    expect([cause, custodian, handovers.length]).toEqual(["ACCEPTANCE_MISSING", "rail", 1]);
  });
});
