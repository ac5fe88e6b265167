// What becomes of a statement that reaches a mesh's keeper, while the mesh is together with another and while it is apart.
import { describe, expect, it } from "vitest";
import type { Json } from "../../../../shared/cbor/json.ts";
import { agedDesk, checkAllowed, checkTogether, type Desk, linkTo, takeIn } from "../../../../shared/mesh/live/turn.ts";
import { vetDeclaration } from "../../../../shared/mesh/signed/vet.ts";
import type { VerifiedObservation } from "../../../../shared/observation/observation.ts";
import { TRUE_START } from "../../../support/meshes.ts";
import { contentOf, TestMesh } from "../../../support/signed-meshes.ts";

const DAY = 86_400_000_000;
const plant = new TestMesh("plant");
const office = new TestMesh("office");
const TOGETHER: Desk = { mesh: "plant", links: new Map() };
const terms = (changes: { readonly [key: string]: Json } = {}): Json => ({
  with: "office",
  condition: "the audit is over",
  reason: "regulatory",
  forbidden: ["suspension"],
  ...changes,
});

function told(desk: Desk, statements: readonly VerifiedObservation[], now = TRUE_START) {
  return statements.reduce(
    (before, statement) => {
      const turn = takeIn(before.desk, statement, now);
      return { desk: turn.desk, kept: [...before.kept, turn.keep], links: [...before.links, turn.link] };
    },
    { desk, kept: [] as string[], links: [] as ReturnType<typeof takeIn>["link"][] },
  );
}

describe("a mesh's keeper", () => {
  it("queues its own facts and defers another's while they are apart, and takes all in on the return", () => {
    const board = plant.voice("board");
    const declared = board.declare("disconnection", terms());
    const [ops, clerk] = [plant.voice("ops"), office.voice("clerk")];
    const local = Array.from({ length: 50 }, (_, index) => ops.fact(`rack-${index}`, index));
    const inbound = Array.from({ length: 20 }, (_, index) => clerk.fact(`rack-${index}`, index));
    const apart = told(TOGETHER, [declared, ...local, ...inbound]);
    expect(apart.kept.filter((kept) => kept === "deferred")).toHaveLength(20);
    expect(linkTo(apart.desk, "office")).toMatchObject({ mode: "disconnected", by: { id: declared.id } });
    expect(linkTo(apart.desk, "office").outbound).toEqual(local.map(({ id }) => id));
    expect(checkTogether(apart.desk, "office", "reconcile")).toMatchObject({ fault: { code: "MESH_APART" } });
    expect(checkTogether(apart.desk, "depot", "reconcile").ok).toBe(true);
    expect([checkAllowed(apart.desk, "suspension").ok, checkAllowed(apart.desk, "fact").ok]).toEqual([false, true]);
    const back = board.declare("return", { with: "office", declaration: declared.id });
    const merged = told(apart.desk, [back]);
    expect(merged.links[0]?.effects).toMatchObject([
      { do: "merge", steps: ["time", "divergence", "conflict"], inbound: inbound.map(({ id }) => id) },
    ]);
    expect(linkTo(merged.desk, "office").mode).toBe("connected");
    expect(told(merged.desk, [clerk.fact("later", 1)]).kept).toEqual(["history"]);
  });

  it("heeds a declaration by whoever may give its reason, and no other", () => {
    const safety = plant.voice("safety", { roles: ["disconnection-authority/security"] });
    const porter = plant.voice("porter", { roles: ["porter"] });
    for (const [voice, reason, heeded] of [
      [safety, "security", true],
      [safety, "covert", false],
      [porter, "security", false],
    ] as const) {
      const declared = voice.declare("disconnection", terms({ reason }));
      const turn = takeIn(TOGETHER, declared, TRUE_START);
      expect(linkTo(turn.desk, "office").mode).toBe(heeded ? "disconnected" : "connected");
      const vetted = vetDeclaration("disconnection", contentOf(terms({ reason })), declared.chain, new Map());
      expect(vetted.ok).toBe(heeded);
    }
  });

  it("knows of another mesh's going apart, and is not apart for it", () => {
    const theirs = office.voice("board").declare("disconnection", terms({ with: "plant" }));
    const turn = takeIn(TOGETHER, theirs, TRUE_START);
    expect([turn.keep, turn.desk.links.size]).toEqual(["history", 0]);
  });

  it("lets what it deferred lapse after thirty days, and keeps its id", () => {
    const apart = told(TOGETHER, [plant.voice("board").declare("disconnection", terms())]).desk;
    const fact = office.voice("clerk").fact("rack", 1);
    const deferred = told(apart, [fact]).desk;
    expect(linkTo(agedDesk(deferred, TRUE_START + 30 * DAY), "office").inbound).toHaveLength(1);
    const aged = linkTo(agedDesk(deferred, TRUE_START + 30 * DAY + 1), "office");
    expect([aged.inbound, aged.lapsed]).toEqual([[], [fact.id]]);
  });

  it("refuses to sign what it could not read", () => {
    const { chain } = plant.voice("board").declare("boundary", {});
    const code = (type: string, content: Json) => {
      const vetted = vetDeclaration(type, contentOf(content), chain, new Map());
      return vetted.ok ? null : vetted.fault.code;
    };
    expect(code("disconnection", { with: "office", reason: "regulatory" })).toBe("MESH_DOCUMENT_INVALID");
    expect(code("agreement", { meshes: ["plant"] })).toBe("MESH_DOCUMENT_INVALID");
    expect(code("import", {})).toBe("BODY_INVALID");
    expect(code("boundary", {})).toBeNull();
  });
});
