// Lineage from an exported file alone: five observations of three organisations, each derived from the one before it, are walked to the leaf;
// what the file lacks is unresolved and never absent; circles, forgeries and two bodies of one id are refused.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { rootsOf } from "../../../cli/stack/party.ts";
import { assembleTrust } from "../../../shared/authority/trust.ts";
import { type Listed, traceFrames } from "../../../shared/evidence/trace.ts";
import { ancestryIn, type Claimed, traceSources, unresolvedIn } from "../../../shared/lineage/sources.ts";
import { writeFramesFile } from "../../../shared/mesh/signed/frames-file.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import { fault } from "../../../shared/result.ts";
import { run } from "../../support/command.ts";
import { trustIn } from "../../support/evidence.ts";
import { MESH, testParties } from "../../support/parties.ts";
import { flipBit } from "../../support/recipes.ts";
import { draftOf, idOf, START } from "../../support/statements.ts";

const parties = testParties(3);
const trust = () => assembleTrust({ mesh: MESH, pins: rootsOf(parties) });

/** Statements of the parties in turn, each derived from all that `rests` gives for it. */
function derived(count: number, rests: (index: number) => readonly number[]) {
  const said: { readonly id: string; readonly frame: Uint8Array }[] = [];
  for (let index = 0; index < count; index++) {
    const draft = draftOf(index % 2 === 0 ? "fact" : "contribution");
    const sources = rests(index).map((place) => (said[place] as { id: string }).id);
    const derivation = { name: "mean", version: 1, params: index };
    const party = parties[index % parties.length] as (typeof parties)[number];
    const at = [START + index, START + index] as const;
    const { id, frame } = authorFor(party.identity)({
      ...draft,
      at,
      lineage: { ...draft.lineage, sources, derivation: sources.length === 0 ? null : derivation },
    });
    said.push({ id, frame });
  }
  return said;
}

const line = derived(6, (index) => (index === 0 ? [] : [index - 1]));
const [leaf, second] = line as unknown as readonly [(typeof line)[number], (typeof line)[number]];
const last = line[5] as (typeof line)[number];

const folder = mkdtempSync(join(tmpdir(), "quorate-lineage-"));
afterAll(() => rmSync(folder, { recursive: true }));

const exported = (frames: readonly Uint8Array[]) => writeFramesFile({ frames, statements: [], mesh: null });

describe("a lineage of five links across three organisations", () => {
  it("is verified from the exported file to its leaf, whatever the order in the file", async () => {
    for (const frames of [line, [...line].reverse(), [...line, ...line]]) {
      const report = await traceFrames(
        frames.map(({ frame }) => ({ id: null, frame })),
        trust(),
        last.id,
      );
      expect(report).toMatchObject({ verdict: "passed", depth: 5, unresolved: [] });
      expect(report?.observations.map(({ id }) => id)).toEqual(line.map(({ id }) => id).sort());
      expect(new Set(report?.observations.map(({ authority }) => authority))).toEqual(
        new Set(["acme", "bolt", "crux"]),
      );
    }
  });

  it("is verified by another process that has the file, the roots, no network and nothing else", () => {
    const paths = { lineage: join(folder, "lineage.json"), trust: join(folder, "trust.json") };
    writeFileSync(paths.lineage, JSON.stringify(exported(line.map(({ frame }) => frame))));
    writeFileSync(paths.trust, JSON.stringify(trustIn(parties)));
    const main = new URL("../../../cli/main.ts", import.meta.url).pathname;
    // Whatever reaches for a socket or a name fails the run.
    const cut = `import dgram from "node:dgram"; import dns from "node:dns"; import net from "node:net";
      const refuse = () => { throw new Error("it reached for the network"); };
      net.Socket.prototype.connect = dns.lookup = dgram.createSocket = refuse;`;
    const cutPath = join(folder, "cut.mjs");
    writeFileSync(cutPath, cut);
    const words = ["lineage", "verify", paths.lineage, "--trust", paths.trust, "--of", last.id, "-o", "json"];
    const alone = { cwd: folder, env: { HOME: folder }, encoding: "utf8", stdio: "pipe" } as const;
    const output = execFileSync(process.execPath, ["--import", cutPath, main, ...words], alone);
    const probe = ["--import", cutPath, "-e", "require('net').connect(1)"];
    expect(() => execFileSync(process.execPath, probe, alone)).toThrow("it reached for the network");
    expect(JSON.parse(output)).toMatchObject({ verdict: "passed", depth: 5, network: 0, unresolved: [] });
  });

  it("of which a link is not held is unresolved, names what is missing, and is never taken for complete", async () => {
    const frames = line.filter(({ id }) => id !== second.id).map(({ frame }) => frame);
    const { exit, data } = await run("lineage", "verify", exported(frames), "--trust", trustIn(parties));
    expect(exit).toBe(3);
    expect(data).toMatchObject({ verdict: "indeterminate", unresolved: [{ id: second.id, citedBy: [line[2]?.id] }] });
    const verdicts = new Map(
      (data as { observations: readonly { id: string; verdict: string; code?: string }[] }).observations.map(
        ({ id, verdict, code }) => [id, `${verdict} ${code ?? ""}`.trim()],
      ),
    );
    expect(line.map(({ id }) => verdicts.get(id))).toEqual([
      "verified",
      undefined,
      "unresolved SOURCE_UNRESOLVED",
      "unresolved",
      "unresolved",
      "unresolved",
    ]);
    // The same source in a second file completes it.
    const both = [exported(frames), exported([second.frame])];
    expect((await run("lineage", "verify", ...both, "--trust", trustIn(parties))).exit).toBe(0);
  });

  it("of which a link is altered or of an unknown root is refused, and so is all that rests on it", async () => {
    const altered = line.map(({ id, frame }) =>
      id === second.id ? { id, frame: flipBit(frame, 150) } : { id, frame },
    );
    const report = await traceFrames(altered, trust());
    expect(report?.verdict).toBe("failed");
    const codes = new Map(report?.observations.map(({ id, fault }) => [id, fault?.code]));
    expect(line.map(({ id }) => codes.get(id))).toEqual([undefined, "BUNDLE_ID", ...Array(4).fill("SOURCE_REFUSED")]);
    const fewer = assembleTrust({ mesh: MESH, pins: rootsOf(parties.slice(0, 2)) });
    const unknown = await traceFrames(line, fewer);
    const first = unknown?.observations.find(({ id }) => id === line[2]?.id);
    expect(first?.fault?.code).toBe("ROOT_UNKNOWN");
  });

  it("that is not in the file is not found", async () => {
    const { exit, refusal } = await run(
      "lineage",
      "verify",
      exported([leaf.frame]),
      "--trust",
      trustIn(parties),
      "--of",
      idOf("nothing"),
    );
    expect([exit, refusal?.code]).toEqual([7, "NOT_FOUND"]);
  });

  it("refuses both bodies that one id is claimed for, in either order", async () => {
    const other = line[3] as (typeof line)[number];
    const listed: readonly Listed[] = [
      { id: leaf.id, frame: leaf.frame },
      { id: leaf.id, frame: other.frame },
    ];
    for (const each of [listed, [...listed].reverse()]) {
      const report = await traceFrames(each, trust());
      expect(report?.observations.map(({ id, verdict, fault }) => [id, verdict, fault?.code])).toEqual([
        [leaf.id, "refused", "FACT_CORRUPT"],
      ]);
    }
  });
});

describe("the sources of claims", () => {
  const claim = (id: string, sources: readonly string[], body = id): Claimed => ({ id, body, sources, fault: null });
  const codes = (claims: readonly Claimed[]) =>
    Object.fromEntries(traceSources(claims).map(({ id, verdict, fault }) => [id, fault?.code ?? verdict]));

  it("that lead back to themselves are refused, and so is what rests on them; what they rest on stands", () => {
    expect(codes([claim("a", ["a"])])).toEqual({ a: "LINEAGE_CYCLE" });
    const circle = [
      claim("a", ["b"]),
      claim("b", ["c"]),
      claim("c", ["a", "leaf"]),
      claim("leaf", []),
      claim("d", ["c"]),
    ];
    expect(codes(circle)).toEqual({
      a: "LINEAGE_CYCLE",
      b: "LINEAGE_CYCLE",
      c: "LINEAGE_CYCLE",
      leaf: "verified",
      d: "SOURCE_REFUSED",
    });
    expect(traceSources(circle).find(({ id }) => id === "d")?.fault?.detail.code).toBe("LINEAGE_CYCLE");
  });

  it("are walked once each: a diamond of 2^60 paths costs what its observations cost", () => {
    const layers = 60;
    const claims = Array.from({ length: 2 * layers }, (_, index) => {
      const layer = Math.floor(index / 2);
      return claim(`${index}`, layer === 0 ? [] : [`${2 * layer - 2}`, `${2 * layer - 1}`]);
    });
    const traced = traceSources(claims);
    expect(traced.every(({ verdict }) => verdict === "verified")).toBe(true);
    expect(Math.max(...traced.map(({ depth }) => depth))).toBe(layers - 1);
  });

  it("are walked however deep they are", () => {
    const claims = Array.from({ length: 50_000 }, (_, index) => claim(`${index}`, index === 0 ? [] : [`${index - 1}`]));
    const bottom = { ...(claims[0] as Claimed), fault: fault("SIGNATURE_INVALID").fault };
    const traced = traceSources([bottom, ...claims.slice(1)]);
    expect(traced.every(({ verdict }) => verdict === "refused")).toBe(true);
    expect(ancestryIn(claims, "49999")).toHaveLength(50_000);
  });

  it("have one verdict in every order: a reference walk without memory agrees", () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const anyClaim = fc.record({
      id: fc.constantFrom(...names),
      sources: fc.uniqueArray(fc.constantFrom(...names, "x"), { maxLength: 3 }),
      bad: fc.boolean(),
    });
    const anyClaims = fc.uniqueArray(anyClaim, { selector: ({ id }) => id, maxLength: 6 });
    const reference = (claims: readonly Claimed[], id: string, above: readonly string[]): string => {
      const held = claims.find((each) => each.id === id);
      if (held === undefined) return "unresolved";
      if (above.includes(id) || held.fault !== null) return "refused";
      const below = held.sources.map((source) => reference(claims, source, [...above, id]));
      return below.includes("refused") ? "refused" : below.includes("unresolved") ? "unresolved" : "verified";
    };
    fc.assert(
      fc.property(anyClaims, fc.nat(), (drawn, turn) => {
        const claims = drawn.map(({ id, sources, bad }) => ({
          ...claim(id, sources),
          fault: bad ? fault("SIGNATURE_INVALID").fault : null,
        }));
        const rotated = [...claims.slice(turn % 6), ...claims.slice(0, turn % 6)];
        const traced = traceSources(rotated);
        expect(traced).toEqual(traceSources(claims));
        for (const { id, verdict } of traced) expect(verdict).toBe(reference(claims, id, []));
        const lacking = claims.some(({ sources }) => sources.some((source) => !claims.some(({ id }) => id === source)));
        expect(unresolvedIn(claims).length > 0).toBe(lacking);
      }),
      { numRuns: 2_000 },
    );
  });
});
