// What the pages are made of: others' words made readable, the lineage as a graph that stays small, places in the plane, and silence told.
import { describe, expect, it } from "vitest";
import { plainly, plainTitle } from "../../../functions/console/foreign.tsx";
import { lineageGraph } from "../../../functions/console/lineage-graph.ts";
import { boxesOf, scattersOf } from "../../../functions/console/places.ts";
import { readable } from "../../../functions/console/readable.ts";
import { madeUp } from "../../../functions/console/scenario.ts";
import type { Act, Picture } from "../../../shared/ceremony/picture.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { tryPolicy } from "../../../shared/outcome/dry-run.ts";
import { PATTERNS } from "../../../shared/policy/catalogue.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import type { Place } from "../../../shared/reference/place.ts";

describe("others' words", () => {
  it.each([
    ["a reversed name", "\u202Egnp.exe", "⟨U+202E⟩gnp.exe"],
    ["an isolate", "a\u2066b\u2069", "a⟨U+2066⟩b⟨U+2069⟩"],
    ["nothing wide", "a\u200Bb\uFEFFc\u00AD", "a⟨U+200B⟩b⟨U+FEFF⟩c⟨U+00AD⟩"],
    ["a terminal's escape", "\u001b[2Jx", "⟨U+001B⟩[2Jx"],
    ["a line break", "a\nb", "a⟨U+000A⟩b"],
    ["a tag character", "a\u{E0041}", "a⟨U+E0041⟩"],
    ["a filler", "a\u3164b", "a⟨U+3164⟩b"],
    ["a private letter", "a\uE000", "a⟨U+E000⟩"],
  ])("write out %s", (_, text, shown) => {
    expect(readable(text)).toMatchObject({ shown, hidden: true });
  });

  it.each([
    ["Cyrillic in a Latin word", "p\u0430ypal", true],
    ["Greek in a Latin word", "\u03BFracle", true],
    ["words of one alphabet each", "paypal и Москва", false],
    ["names with accents", "Łódź naïve São", false],
    ["Japanese with Latin", "東京Tower", false],
  ])("tell of %s", (_, text, mixed) => {
    expect(readable(text).mixed !== null).toBe(mixed);
  });

  it("are cut by characters and say how much is left out", () => {
    const long = "😀".repeat(10_000);
    expect(readable(long)).toMatchObject({ more: 9_840, shown: "😀".repeat(160) });
    expect(readable(long, Number.POSITIVE_INFINITY).shown).toBe(long);
    expect(plainTitle(long).endsWith(" …")).toBe(true);
  });
});

describe("a value", () => {
  it("is said where it is small, and told as JSON where it is not", () => {
    expect(plainly({ by: ["acme", "bolt"], choice: "approve" })).toBe("by acme, bolt; choice approve");
    expect([plainly("as it is"), plainly(8_400), plainly(null)]).toEqual(["as it is", "8400", "none"]);
    for (const value of [{}, [], { a: { b: { c: 1 } } }, { a: "x".repeat(300) }])
      expect(plainly(value)).toBe(JSON.stringify(value));
  });
});

const ID = (n: number) => n.toString(16).padStart(64, "0");
const act = (n: number, changes: Partial<Act> = {}): Act => ({
  id: ID(n),
  kind: "contribution",
  by: `party-${n}`,
  role: "bidder",
  choice: "approve",
  item: null,
  round: 0,
  at: [n, n],
  parents: [],
  place: null,
  key: ID(n),
  chain: [],
  verdict: "admitted",
  code: null,
  ...changes,
});
const picture = (changes: Partial<Picture>): Picture => ({
  acts: [],
  folded: {},
  counts: { held: 0, refused: 0 },
  pace: null,
  closings: [{ round: 0, statements: 3, path: "unanimous", root: ID(9), set: 3 }],
  tally: null,
  adds: null,
  constraints: [],
  policy: null,
  ...changes,
});
const view = { ceremony: ID(0), title: "T", asSeenBy: "party-1", outcome: null } as unknown as CeremonyView;

describe("a lineage", () => {
  it("stays small whatever a burst brings, and counts what it does not draw", () => {
    const acts = Array.from({ length: 200 }, (_, n) => act(n + 1));
    const nodes = lineageGraph(view, picture({ acts, folded: { bidder: 9_800 } }));
    expect(nodes.length).toBeLessThan(40);
    expect(nodes.map(({ label }) => label)).toContain("+ 9,988 contributions");
    const drawn = nodes.filter(({ id }) => /^[0-9a-f]{64}$/.test(id)).length;
    expect(drawn + 9_988).toBe(10_000);
  });

  it("draws first what was not admitted, and lets it lead nowhere", () => {
    const refused = act(500, { verdict: "not admitted", code: "CONTENT_INVALID" });
    const nodes = lineageGraph(
      view,
      picture({ acts: [...Array.from({ length: 100 }, (_, n) => act(n + 1)), refused] }),
    );
    const closing = nodes.find(({ id }) => id === "closing 0");
    expect(nodes.some(({ id }) => id === refused.id)).toBe(true);
    expect(closing?.from).not.toContain(refused.id);
  });

  it("names only nodes that are there", () => {
    const nodes = lineageGraph(view, picture({ acts: [act(1, { parents: [ID(77)] })] }));
    const ids = new Set(nodes.map(({ id }) => id));
    expect(nodes.flatMap(({ from }) => from).filter((id) => !ids.has(id))).toEqual([]);
  });
});

describe("places", () => {
  const at = (x: number, y: number): Place => ({
    frame: "local:yard",
    position: [x, y, 0],
    uncertainty: 500,
    ranges: [],
  });

  it("lie in metres round the fence's centre, inside or outside", () => {
    const acts = [act(1, { place: at(3_000, 4_000) }), act(2, { place: at(0, -60_000) })];
    const fence = { kind: "fence", frame: "local:yard", fence: { centre: [0, 0, 0], radius: 50_000 } } as const;
    const [scatter] = scattersOf(acts, [fence]);
    expect(scatter?.rings).toEqual([50]);
    expect(scatter?.spots.map(({ distance, bearing, inside }) => [distance, bearing, inside])).toEqual([
      [5, 37, true],
      [60, 180, false],
    ]);
  });

  it("of the world lie east and north of their middle", () => {
    const world = (x: number, y: number, z: number): Place => ({
      frame: "EPSG:4978",
      position: [x, y, z],
      uncertainty: 0,
      ranges: [],
    });
    // On the equator at the prime meridian: y is east, z is north.
    const acts = [
      act(1, { place: world(6_378_137_000, 10_000, 0) }),
      act(2, { place: world(6_378_137_000, -10_000, 0) }),
    ];
    const [scatter] = scattersOf(acts, []);
    expect(scatter?.spots.map(({ bearing, inside }) => [bearing, inside])).toEqual([
      [90, null],
      [270, null],
    ]);
  });

  it("in a logical frame are boxes", () => {
    const acts = [
      act(1, { place: { frame: "site", key: "nl/zh" } }),
      act(2, { place: { frame: "site", key: "nl/zh" } }),
    ];
    const [frame] = boxesOf(acts);
    expect([...(frame?.boxes ?? [])].map(([key, inside]) => [key, inside.length])).toEqual([["nl/zh", 2]]);
  });
});

describe("a scenario to begin with", () => {
  it.each(PATTERNS.map((pattern) => [pattern.id, pattern] as const))("can be tried under %s", (_, pattern) => {
    const pinned = pinPolicy(pattern);
    if (!pinned.ok) throw new Error(pinned.fault.code);
    const scenario = madeUp(JSON.parse(JSON.stringify(pattern)), ["acme", "bolt"]);
    const tried = tryPolicy(pinned.value.policy, scenario, { silent: 0, equivocating: 0 });
    expect(tried.ok ? "tried" : tried.fault).toBe("tried");
  });
});
