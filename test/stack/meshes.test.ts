// Two meshes live: facts go to their partners, an agent that stands in both carries them across, and whoever stands apart on purpose
// is no alarm.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Stage } from "../../cli/demo/stage.ts";
import type { LocalAgent } from "../../cli/stack/agent.ts";
import { buildBundle } from "../../cli/stack/bundle.ts";
import type { Party } from "../../cli/stack/party.ts";
import { type Stack, startStack } from "../../cli/stack/stack.ts";
import { issueStatement } from "../../shared/authority/statement.ts";
import { parseBase64, toBase64, toHex } from "../../shared/bytes.ts";
import { reopen } from "../../shared/observation/reopen.ts";
import { agreementOf, EAST, WEST } from "../support/cloud-meshes.ts";

const dir = mkdtempSync(join(tmpdir(), "quorate-meshes-"));
let stack: Stack;
let stage: Stage;
let acme: LocalAgent;
let bolt: LocalAgent;
let crux: LocalAgent;

type Said = { readonly ids?: readonly string[]; readonly code?: string };
type Shown = {
  readonly subject: string;
  readonly values: readonly ShownValue[];
  readonly resolution: Resolution | null;
};
type ShownValue = { readonly value: unknown; readonly by: readonly { readonly origin: string; readonly as: string }[] };
type Resolution = { readonly state: string; readonly winner: string; readonly ceremony: string | null };
type View = {
  readonly held: Readonly<Record<string, number>>;
  readonly subjects: readonly Shown[];
  readonly links: readonly Link[];
};
type Link = { readonly state: string; readonly mode: string; readonly queued: number; readonly deferred: number };
type Answer = {
  readonly code?: string;
  readonly digest: string;
  readonly verdict: string;
  readonly stopped?: { readonly code: string };
  readonly pending?: { readonly subjects: readonly string[] };
  readonly written: { readonly imports: number };
  readonly withheld: { readonly gaps: readonly unknown[]; readonly stubs: readonly unknown[] };
};
type File = { readonly frames: readonly string[] };
const view = (agent: LocalAgent, mesh: string) => agent.json<View>(`/v1/meshes/${mesh}`);
const declare = (agent: LocalAgent, mesh: string, type: string, content: unknown = {}) =>
  agent.post<Said>(`/v1/meshes/${mesh}/declarations`, { type, content });
const held = (agent: LocalAgent, mesh: string, type: string, count: number) =>
  stage.until(
    `${agent.name} holds ${count} of ${type} in ${mesh}`,
    15,
    async () => ((await view(agent, mesh)).held[type] ?? 0) >= count,
  );

beforeAll(async () => {
  const { script } = await buildBundle();
  stack = await startStack({
    names: ["acme", "bolt", "crux"],
    mesh: "test-mesh",
    dir,
    script,
    sources: {},
    meshes: [EAST, WEST],
  });
  stage = new Stage(stack, () => undefined);
  [acme, bolt, crux] = ["acme", "bolt", "crux"].map(stack.agent) as [LocalAgent, LocalAgent, LocalAgent];
  await stage.connected();
});

afterAll(async () => {
  await stack?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const reconcile = (mesh: string, other: string) => crux.post<Answer>(`/v1/meshes/${mesh}/reconcile`, { with: other });
const fact = (agent: LocalAgent, mesh: string, subject: string, value: unknown) =>
  agent.post<Said>(`/v1/meshes/${mesh}/facts`, { subject, value }).then(({ ids }) => ids?.[0] as string);

/** A statement as crux holds it in the east. */
async function statementOf(id: string) {
  const { frames } = await crux.json<File>("/v1/meshes/east/statements");
  return frames.map((frame) => reopen(parseBase64(frame) as Uint8Array)).find((statement) => statement.id === id);
}

describe("two meshes", () => {
  let ours: string;
  let theirs: string;

  it("exchange nothing until an agreement, and an agent that is proven in both, let them", async () => {
    expect(await acme.post("/v1/meshes/west/facts", { subject: "a", value: 1 })).toMatchObject({ code: "MESH_ABSENT" });
    ours = await fact(acme, "east", "vm-7", "running");
    theirs = await fact(bolt, "west", "vm-7", "stopped");
    await fact(bolt, "west", "vm-8", "running");
    await held(crux, "east", "fact", 1);
    await held(crux, "west", "fact", 2);
    expect(await reconcile("east", "west")).toMatchObject({ code: "AGREEMENT_UNSIGNED" });
    const file = await crux.json<File>("/v1/meshes/west/statements");
    const early = await acme.post<{ answers: readonly Said[] }>("/v1/meshes/east/statements", file);
    expect(early.answers.map(({ code }) => code)).toEqual(["MESH_UNKNOWN", "MESH_UNKNOWN"]);
    const agreement = agreementOf(stack.parties);
    await declare(acme, "east", "agreement", agreement);
    await declare(bolt, "west", "agreement", agreement);
    for (const mesh of ["east", "west"]) await held(crux, mesh, "agreement", 1);
    expect(await reconcile("east", "west")).toMatchObject({ code: "AGENT_UNPROVEN" });
    for (const mesh of ["east", "west"]) await declare(crux, mesh, "boundary");
  });

  it("too far apart are not merged until a ceremony decides, and then everyone sees who said what and what prevailed", async () => {
    const stopped = await reconcile("east", "west");
    const mirrored = await reconcile("west", "east");
    expect(stopped).toMatchObject({ stopped: { code: "DIVERGENCE_OVER_LIMIT" }, pending: { subjects: ["vm-7"] } });
    expect([stopped.written.imports, mirrored.written.imports]).toEqual([0, 0]);
    expect(mirrored.digest).toBe(stopped.digest);
    expect(stopped.withheld).toEqual({ gaps: [], stubs: [] });
    expect((await view(crux, "east")).held.import).toBeUndefined();
    const { ceremony } = await crux.post<{ ceremony: string }>("/v1/ceremonies", {
      pattern: "approval",
      title: "merge east and west",
      subject: { reconciliation: stopped.digest },
      parties: stack.parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 })),
      closesIn: 60,
      expiresIn: 120,
    });
    const merge = () => crux.post<Answer>("/v1/meshes/east/merge", { with: "west", ceremony });
    expect(await merge()).toMatchObject({ code: "MERGE_UNDECIDED" });
    stage.ceremony = ceremony;
    await stage.attestAll(stage.running());
    await stage.agreed(45);
    expect((await merge()).written.imports).toBe(2);
    expect(await merge()).toMatchObject({ code: "MERGE_NOT_PENDING" });
    await held(acme, "east", "reconciliation", 1);
    const { subjects } = await view(acme, "east");
    const [contended, single] = subjects as [Shown, Shown];
    expect(contended.values.map(({ value, by }) => [value, by[0]?.origin]).sort()).toEqual([
      ["running", "east"],
      ["stopped", "west"],
    ]);
    expect(contended.resolution).toMatchObject({ state: "resolved", winner: ours, ceremony });
    expect(single.values[0]?.by[0]).toMatchObject({ origin: "west", as: "bolt/agent" });
    const told = await crux.json(`/v1/meshes/east/facts/${theirs}/story`);
    expect(told).toMatchObject({
      replayed: true,
      story: { said: { mesh: "west", authority: "bolt/agent" }, competed: [{ against: [ours], winner: ours }] },
      imports: [{ acts: [{ from: "west", by: "crux/agent" }] }],
    });
    expect(await acme.json(`/v1/meshes/east/facts/${theirs}/story`)).toMatchObject({ imports: [{ acts: [{}] }] });
  });

  it("are shown to people with every word's origin, what prevailed and which ceremony decided", async () => {
    const cookieIn = ({ headers }: Response) => (headers.get("set-cookie") ?? "").split(";")[0] as string;
    const form = await fetch(new URL("/login", crux.url));
    const token = /name="form-token" value="([^"]+)"/.exec(await form.text())?.[1] ?? "";
    const body = new URLSearchParams({ key: crux.apiKey, "form-token": token });
    const headers = { cookie: cookieIn(form) };
    const login = await fetch(new URL("/login", crux.url), { method: "POST", headers, body, redirect: "manual" });
    const cookie = cookieIn(login);
    const page = async (path: string) => (await fetch(new URL(path, crux.url), { headers: { cookie } })).text();
    expect(await page("/mesh")).toContain("/mesh/east");
    const html = await page("/mesh/east");
    for (const words of ["In contention (1)", "said in west by bolt/agent", "prevails", "the ceremony that decided"])
      expect(html).toContain(words);
    expect(html).toContain("decided by a ceremony, and merged");
  });

  it("are told of one another by a file too: what it would do is what it does, once, and its receipt is for both", async () => {
    const [id] = await Promise.all([fact(bolt, "west", "vm-9", "running"), fact(acme, "east", "vm-9", "running")]);
    await Promise.all([held(crux, "west", "fact", 3), held(crux, "east", "fact", 2)]);
    const { ids } = await crux.json<{ ids: readonly string[] }>("/v1/exchange/east/want");
    const release = { to: "east", policy: { classes: ["inventory"] }, held: ids };
    const file = await crux.post<object>("/v1/exchange/west/files", release);
    const told = await crux.post<object>("/v1/exchange/east/verify", file);
    expect(told).toMatchObject({ ok: true, sequence: 1, admit: [id], refuse: [] });
    const taken = await crux.post<{ receipt: File }>("/v1/exchange/east/import", file);
    expect(taken).toMatchObject({ ...told, written: { imports: 1 }, receipt: { format: "quorate-frames/1" } });
    expect(await crux.post("/v1/exchange/east/import", file)).toMatchObject({ code: "EXCHANGE_REPLAYED" });
    await held(acme, "east", "import", 3);
    expect(taken.receipt.frames).toHaveLength(1);
  });

  it("refuse what a boundary agent has edited, byte by byte, and take the original from anyone", async () => {
    const file = await crux.json<File>("/v1/meshes/west/statements");
    const frame = parseBase64(file.frames[0] as string) as Uint8Array;
    const edited = [40, frame.length - 1].map((at) =>
      toBase64(frame.map((byte, index) => (index === at ? byte ^ 1 : byte))),
    );
    const { answers } = await acme.post<{ answers: readonly { verdict: string }[] }>("/v1/meshes/east/statements", {
      ...file,
      frames: edited,
    });
    expect(answers.map(({ verdict }) => verdict)).toEqual(["refused", "refused"]);
  });

  it("stand apart by declaration: what goes out is queued, what comes in is deferred, and the return merges", async () => {
    const terms = { with: "west", condition: "the audit is over", reason: "regulatory" };
    expect(await crux.post("/v1/meshes/east/disconnection", { ...terms, condition: null })).toMatchObject({
      code: "BODY_INVALID",
    });
    await crux.post("/v1/meshes/east/disconnection", terms);
    for (const half of [0, 1]) {
      const facts = Array.from({ length: 25 }, (_, index) => ({ subject: `rack-${half}-${index}`, value: index }));
      await acme.post("/v1/meshes/east/facts", { facts });
    }
    await bolt.post("/v1/meshes/west/facts", {
      facts: Array.from({ length: 20 }, (_, index) => ({ subject: `rack-0-${index}`, value: index })),
    });
    await held(crux, "east", "fact", 53);
    await held(crux, "west", "fact", 22);
    const after = (await crux.json<File>("/v1/meshes/west/statements")).frames.slice(-20);
    const sent = await crux.post<{ answers: readonly { verdict: string }[] }>("/v1/meshes/east/statements", {
      format: "quorate-frames/1",
      frames: after,
    });
    expect(new Set(sent.answers.map(({ verdict }) => verdict))).toEqual(new Set(["held"]));
    expect((await view(crux, "east")).links).toMatchObject([{ mode: "disconnected", queued: 50, deferred: 20 }]);
    const refused = await crux.request("/v1/meshes/east/reconcile", {
      method: "POST",
      body: JSON.stringify({ with: "west" }),
      headers: { "content-type": "application/json" },
    });
    expect([refused.status, ((await refused.json()) as Answer).code]).toEqual([202, "MESH_APART"]);
    expect((await crux.request("/readyz")).status).toBe(200);
    expect(await crux.json("/v1/refusals")).toEqual({ refusals: [], next: null });
    expect(crux.log).not.toMatch(/error|fail|warn/i);
    const returned = await crux.json<{ queued: number; deferred: number; merge: Answer }>(
      "/v1/meshes/east/disconnection",
      { method: "DELETE", body: JSON.stringify({ with: "west" }), headers: { "content-type": "application/json" } },
    );
    expect(returned).toMatchObject({
      queued: 50,
      deferred: 20,
      merge: { verdict: "resolvable", written: { imports: 20 } },
    });
    expect((await view(crux, "east")).links).toMatchObject([{ mode: "connected", queued: 0, deferred: 0 }]);
  });

  it("are not spoken to twice under one number by a party whose agent was restored from an older copy", async () => {
    const copy = join(dir, "copy");
    await acme.kill();
    await acme.backup(copy);
    await acme.start();
    await stage.connected();
    const said = await fact(acme, "east", "lamp", "on");
    await stage.until("crux holds it", 15, async () => (await statementOf(said)) !== undefined);
    await acme.kill();
    await acme.restore(copy);
    await acme.start();
    await stage.connected();
    const after = await fact(acme, "east", "lamp", "off");
    await stage.until("crux holds the next", 15, async () => (await statementOf(after)) !== undefined);
    const before = await statementOf(said);
    expect((await statementOf(after))?.lineage).toMatchObject({
      sequence: (before?.lineage.sequence ?? 0) + 1,
      prev: said,
    });
  });

  it("carry what an authority says of its own policy, and nothing in another's name; each answers what holds at its own", async () => {
    const policy = (authority: string, clauses: readonly object[], admits: readonly string[] = []) => ({
      number: 1,
      document: { authority, clauses, admits },
    });
    const effective = (agent: LocalAgent) => agent.json<object>("/v1/meshes/east/coalition?operation=lantern");
    expect(await effective(acme)).toMatchObject({ code: "AUTHORITY_ABSENT", status: 404 });
    const forged = await declare(acme, "east", "coalition-policy", policy("crux", []));
    expect(forged.code).toBe("POLICY_NOT_OWN");
    const permit = (id: string, scope: string | null) => ({ id, effect: "permit", value: id, label: null, scope });
    await declare(acme, "east", "coalition-policy", policy("acme", [permit("A1", null)], ["crux/ca"]));
    const theirs = [permit("C1", "lantern"), permit("C2", "other")];
    await declare(crux, "east", "coalition-policy", policy("crux", theirs));
    const document = { id: "crux/ca", from: "crux", to: "acme", signer: "crux", terms: {} };
    await declare(crux, "east", "coalition-translator", { number: 2, document });
    await held(acme, "east", "coalition-translator", 1);
    expect(await effective(acme)).toMatchObject({
      clauses: [{ id: "A1" }, { id: "C1", from: "crux", via: "crux/ca" }],
    });
    expect(await effective(crux)).toMatchObject({ home: "crux", clauses: [{ id: "C1" }] });
  });

  it("carry nothing more through an agent that one of them has revoked, and say so", async () => {
    const party = stack.parties.find(({ name }) => name === "crux") as Party;
    const { frames } = await crux.json<File>("/v1/meshes/west/statements");
    const own = frames
      .map((frame) => reopen(parseBase64(frame) as Uint8Array))
      .find(({ key, mesh }) => key === toHex(party.identity.signer.key) && mesh === "west");
    const credential = own?.chain[0].id as string;
    const from = 1_577_836_800_000_000;
    const revocation = issueStatement(
      { kind: "revocation", version: 1, mesh: "west", credential, from, at: from, cut: [], reason: "left" },
      party.root,
    );
    await fact(bolt, "west", "vm-9", "running");
    await held(crux, "west", "fact", 23);
    const file = { format: "quorate-frames/1", frames: [], statements: [toBase64(revocation)] };
    await crux.post("/v1/meshes/west/statements", file);
    expect(await reconcile("east", "west")).toMatchObject({ code: "AGENT_UNPROVEN", why: "it is not proven in west" });
  });
});
