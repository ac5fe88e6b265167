// A coalition through its members' agents, over every road: what each numbers, stages, pulls and drops, and who has seen a revocation.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { parseCredential } from "../../../shared/authority/credential.ts";
import { issueStatement } from "../../../shared/authority/statement.ts";
import { toBase64 } from "../../../shared/bytes.ts";
import { writeFramesFile } from "../../../shared/mesh/signed/frames-file.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { Nation } from "../../support/coalition.ts";
import { permit, type Shown, type Status, Three } from "../../support/coalition-agents.ts";
import { MESH } from "../../support/parties.ts";

const NAMES = ["acme", "bolt", "crux"] as const;

/** What stands at each path of a static server. */
const served = new Map<string, string>();
const server = createServer((request, response) => {
  const body = served.get(request.url ?? "");
  response.writeHead(body === undefined ? 404 : 200).end(body);
});
let origin = "";
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
const serve = (path: string, said: readonly VerifiedObservation[]) => {
  const frames = said.map(({ frame }) => frame);
  served.set(path, JSON.stringify(writeFramesFile({ frames, statements: [], mesh: MESH })));
};

const states = (shown: Shown | undefined) => shown?.partners.map(({ partner, state }) => `${partner} ${state}`);

describe("agents of a coalition", () => {
  it("number their party's statements, and go on from those that were signed elsewhere", async () => {
    const three = new Three();
    const courier = new Nation(three.party("acme"));
    const carried = courier.policy([permit("A0", "wait")], [], { version: 0 });
    const file = writeFramesFile({ frames: [carried.frame], statements: [], mesh: MESH });
    await three.json("acme", `/v1/meshes/${MESH}/statements`, file);
    await three.coalesce();
    expect(await three.clauses("acme")).toEqual(["A1", "B1", "C1"]);
    expect((await three.status("acme")).heads).toEqual({ acme: 2, bolt: 2, crux: 2 });
    const bad = await three.declare("acme", "policy", { authority: "bolt", clauses: [], admits: [] });
    expect(bad.code).toBe("POLICY_NOT_OWN");
  });

  it("record how they stand to each policy and translator, once for each change", async () => {
    const three = new Three();
    await three.coalesce({ staging: 3_600_000_000 });
    const issued = Date.now() * 1_000;
    await three.declare("bolt", "policy", {
      authority: "bolt",
      clauses: [permit("B2", "tow")],
      admits: [],
      version: 2,
      issued,
    });
    await three.declare("bolt", "translator", {
      id: "bolt/spare",
      from: "bolt",
      to: "acme",
      signer: "bolt",
      terms: {},
    });
    await three.deliver();
    const { items } = await three.status("acme");
    expect(items.map(({ item, status, code }) => [item, status, code])).toEqual([
      ["acme@1", "active", null],
      ["bolt/spare", "offered", null],
      ["bolt/to-acme", "active", null],
      ["bolt@1", "active", null],
      ["bolt@2", "staged", "POLICY_STAGED"],
      ["crux/to-acme", "active", null],
      ["crux@1", "active", null],
    ]);
    expect(items.every(({ since, statements }) => since !== null && statements.length === 1)).toBe(true);
    const noted = await three.entries("acme", "coalition");
    expect(noted.map(({ detail }) => detail.item).sort()).toEqual(items.map(({ item }) => item).sort());
    const at = vi.spyOn(Date, "now").mockReturnValue(issued / 1_000 + 3_600_001);
    await three.at("acme").mesh(MESH).tick();
    await three.at("acme").mesh(MESH).tick();
    at.mockRestore();
    const later = (await three.entries("acme", "coalition")).slice(noted.length).map(({ detail }) => detail);
    expect(later.map(({ item, status }) => `${item} ${status}`)).toEqual(["bolt@1 superseded", "bolt@2 active"]);
  });

  it("go by a revocation at once, and tell who has seen it and who has not been heard", async () => {
    const three = new Three();
    await three.coalesce();
    three.deaf.add("bolt");
    await three.declare("crux", "revocation", { revokes: "*", by: "crux", after: 1 });
    await three.deliver();
    expect(await three.clauses("acme")).toEqual(["A1", "B1"]);
    const [atCrux] = await three.revocations("crux");
    expect(atCrux).toMatchObject({ kind: "translator", by: "crux", revokes: "*" });
    expect(states(atCrux)).toEqual(["acme enforcing", "bolt told"]);
    expect(states((await three.revocations("acme"))[0])).toEqual(["bolt not-heard", "crux enforcing"]);
    expect((await three.status("crux")).unseen).toBe(1);
    three.deaf.clear();
    await three.deliver();
    expect(states((await three.revocations("crux"))[0])).toEqual(["acme enforcing", "bolt enforcing"]);
    expect(states((await three.revocations("acme"))[0])).toEqual(["bolt enforcing", "crux enforcing"]);
    expect((await three.status("crux")).unseen).toBe(0);
    const first = (await three.revocations("crux"))[0]?.partners.map(({ seen }) => seen);
    await three.at("bolt").mesh(MESH).tick();
    await three.deliver();
    expect((await three.revocations("crux"))[0]?.partners.map(({ seen }) => seen)).toEqual(first);
    const { held } = await three.json<{ held: Record<string, number> }>("acme", `/v1/meshes/${MESH}`);
    expect(held["revocation-seen"]).toBe(3);
    expect(await three.entries("bolt", "revocation")).toHaveLength(1);
  });

  it("say of a revocation by somebody who may not that it is seen, and do not go by it", async () => {
    const three = new Three();
    await three.coalesce();
    await three.declare("bolt", "revocation", { revokes: "crux/to-acme", by: "bolt", after: 1 });
    await three.deliver();
    expect(await three.clauses("acme")).toEqual(["A1", "B1", "C1"]);
    expect(states((await three.revocations("bolt"))[0])).toEqual(["acme seen", "crux seen"]);
  });

  it("tell of a withdrawn credential too who goes by it", async () => {
    const three = new Three();
    await three.coalesce();
    const { root, identity } = three.party("crux");
    const credential = parseCredential(identity.credentials[0] as Uint8Array);
    if (!credential.ok) throw new Error(credential.fault.code);
    const now = Date.now() * 1_000;
    const body = { credential: credential.value.id, from: now, at: now, cut: [], reason: "recall" };
    const frame = issueStatement({ kind: "revocation", version: 1, mesh: MESH, ...body }, root);
    const { revocation } = await three.json<{ revocation: string }>("acme", "/v1/revocations", {
      revocation: toBase64(frame),
    });
    three.deaf.add("crux");
    await three.deliver();
    const shown = (await three.revocations("acme")).find(({ id }) => id === revocation);
    expect(shown).toMatchObject({ kind: "credential", by: "crux", revokes: credential.value.id, reason: "recall" });
    expect(states(shown)).toEqual(["bolt enforcing", "crux told"]);
  });

  it("pull what partners serve, through the same door, and go on while an address is silent", async () => {
    const pulls = ["/bolt.json", "/crux.json"].map((path) => ({ mesh: MESH, url: `${origin}${path}` }));
    const three = new Three({ pulls });
    const [bolt, crux] = [new Nation(three.party("bolt")), new Nation(three.party("crux"))];
    const said = [bolt.policy([permit("B1", "tow")], []), bolt.translator("to-acme", "bolt", "acme")];
    const revocation = bolt.revoke("bolt/to-acme", 1);
    serve("/bolt.json", said);
    await three.declare("acme", "policy", { authority: "acme", clauses: [], admits: ["bolt/to-acme"] });
    const pull = () => three.json<{ sources: Status["sources"] }>("acme", `/v1/meshes/${MESH}/coalition/pull`, {});
    const row = ({ sources }: { sources: Status["sources"] }) => sources.map(({ state, code }) => [state, code]);
    expect(row(await pull())).toEqual([
      ["new", null],
      ["unreachable", "SOURCE_SILENT"],
    ]);
    expect(await three.clauses("acme")).toEqual(["B1"]);
    serve("/bolt.json", [...said, revocation]);
    serve("/crux.json", [
      crux.policy([permit("C1", "drop")], []),
      crux.sign("coalition-policy", { authority: "bolt", clauses: [], admits: [] }),
    ]);
    expect(row(await pull())).toEqual([
      ["new", null],
      ["new", null],
    ]);
    expect(await three.clauses("acme")).toEqual([]);
    serve("/bolt.json", said);
    served.set("/crux.json", '{"format":');
    expect(row(await pull())).toEqual([
      ["behind", "SOURCE_ROLLED_BACK"],
      ["refused", "SOURCE_UNREADABLE"],
    ]);
    expect(await three.clauses("acme")).toEqual([]);
    const { sources, items } = await three.status("acme");
    expect(sources.map(({ heads }) => heads)).toEqual([{ bolt: 3 }, { crux: 2 }]);
    expect(items.find(({ code }) => code === "POLICY_NOT_OWN")).toMatchObject({ status: "rejected", from: "crux" });
  });

  it("sign what is drawn from labelled facts with all of their labels", async () => {
    const three = new Three();
    const say = async (fact: object) =>
      (await three.json<{ ids: string[] }>("acme", `/v1/meshes/${MESH}/facts`, fact)).ids[0] as string;
    const first = await say({ subject: "fuel", value: 3, labels: ["ACME ONLY"] });
    const second = await say({ subject: "water", value: 4, labels: ["EYES", "MEDICAL"] });
    const sum = await say({ subject: "stores", value: 7, sources: [first, second] });
    await say({ subject: "report", value: "ready", sources: [sum], labels: ["DRAFT"] });
    await three.deliver();
    const { subjects } = await three.json<{ subjects: { subject: string; values: { labels: string[] }[] }[] }>(
      "bolt",
      `/v1/meshes/${MESH}`,
    );
    expect(subjects.map(({ subject, values }) => [subject, values[0]?.labels])).toEqual([
      ["fuel", ["ACME ONLY"]],
      ["report", ["ACME ONLY", "DRAFT", "EYES", "MEDICAL"]],
      ["stores", ["ACME ONLY", "EYES", "MEDICAL"]],
      ["water", ["EYES", "MEDICAL"]],
    ]);
    const bad = await three.json<{ code: string }>("acme", `/v1/meshes/${MESH}/facts`, {
      subject: "fuel",
      value: 3,
      labels: ["B", "A"],
    });
    expect(bad.code).toBe("BODY_INVALID");
  });

  it.each(NAMES)("go on alike without the host of %s", async (absent) => {
    const three = new Three();
    await three.coalesce();
    const others = NAMES.filter((name) => name !== absent);
    const before = await Promise.all(others.map((name) => three.clauses(name)));
    three.deaf.add(absent);
    await three.declare(others[0] as string, "policy", {
      authority: others[0],
      clauses: [permit("N1", "new")],
      admits: [],
      version: 2,
    });
    await three.deliver();
    expect(await Promise.all(others.map((name) => three.clauses(name)))).toEqual([["N1"], before[1]]);
  });
});
