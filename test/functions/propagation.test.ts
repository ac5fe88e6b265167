// A revocation that an agent learns of: exactly the decisions held there that rest on it are judged again, each with an entry of its own.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Party } from "../../cli/stack/party.ts";
import { DecisionIndex } from "../../durable/decision-index.ts";
import { DIRECTORY_NAME } from "../../durable/env.ts";
import { parseCredential } from "../../shared/authority/credential.ts";
import { issueStatement } from "../../shared/authority/statement.ts";
import { parseBase64, toBase64, toHex } from "../../shared/bytes.ts";
import { type Decision, dependantsOf } from "../../shared/evidence/propagate.ts";
import type { LinkedEntry } from "../../shared/lineage/entry.ts";
import { firstBrokenLink } from "../../shared/lineage/entry.ts";
import { declarationDraft, factDraft } from "../../shared/mesh/signed/draft.ts";
import { writeFramesFile } from "../../shared/mesh/signed/frames-file.ts";
import { authorFor } from "../../shared/observation/author.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { type AgentHere, agentHere, KEYED } from "../support/agent-here.ts";
import { approvalNetwork, bundleOf } from "../support/evidence.ts";
import { type Agent, SECOND, START } from "../support/network.ts";
import { MESH, testParties } from "../support/parties.ts";
import { sqliteStorage } from "../support/sqlite-storage.ts";
import { idOf } from "../support/statements.ts";

/** Two hundred decisions under twenty departments: ten are signed under department 7, and 27 others rest on one of those. */
function graph(): readonly Decision[] {
  return Array.from({ length: 200 }, (_, index) => {
    const cites = index >= 108 && index < 136 ? [`decision ${index === 108 ? 7 : index - 1} outcome`] : [];
    return {
      id: idOf(`decision ${index}`),
      credentials: new Set([idOf(`root ${index % 2}`), idOf(`department ${index % 20}`), idOf(`desk ${index}`)]),
      citable: new Set([idOf(`decision ${index}`), idOf(`decision ${index} outcome`)]),
      cites: new Set(cites.map(idOf)),
    };
  });
}

function indexOf(decisions: readonly Decision[]): DecisionIndex {
  const index = new DecisionIndex(sqliteStorage().sql);
  for (const decision of decisions) index.add(decision, decision.credentials, true);
  return index;
}

describe("the index of decisions", () => {
  it("finds exactly what rests on a credential in the middle of the chains, of two hundred, in the order of the walk over all", () => {
    const all = graph();
    const index = indexOf([...all, ...all]);
    expect(index.consider("r", [idOf("department 7")])).toBe(37);
    const expected = dependantsOf(all, idOf("department 7")).map(({ id }) => id);
    expect(index.due(200).map(({ decision }) => decision)).toEqual(expected);
    expect([index.consider("none", [idOf("department 99")]), index.reach("r")]).toEqual([
      0,
      { continued: 0, downgraded: 0, deactivated: 0, pending: 37 },
    ]);
  });

  it("agrees with the walk over all for any graph and any credential, in whatever order it was filled", () => {
    const node = fc.record({
      under: fc.nat(4),
      cites: fc.array(fc.nat(11), { maxLength: 3 }),
    });
    const law = fc.property(
      fc.array(node, { minLength: 1, maxLength: 12 }),
      fc.nat(4),
      fc.nat(),
      (nodes, what, turn) => {
        const all = nodes.map(({ under, cites }, at): Decision => {
          const others = cites.filter((other) => other !== at).map((other) => idOf(`n${other}`));
          return {
            id: idOf(`n${at}`),
            credentials: new Set([idOf(`c${under}`)]),
            citable: new Set([idOf(`n${at}`)]),
            cites: new Set(others),
          };
        });
        const cut = turn % all.length;
        const index = indexOf([...all.slice(cut), ...all.slice(0, cut)]);
        index.consider("r", [idOf(`c${what}`)]);
        expect(index.due(20).map(({ decision }) => decision)).toEqual(
          dependantsOf(all, idOf(`c${what}`)).map(({ id }) => id),
        );
      },
    );
    fc.assert(law, { numRuns: 200 });
  });

  it("passes harm on to whatever rests on what was harmed, and on to nothing else", () => {
    const index = indexOf(graph());
    index.consider("r", [idOf("department 7")]);
    const due = index.due(200);
    const [first] = due.filter(({ decision }) => decision === idOf("decision 7"));
    const [next] = due.filter(({ decision }) => decision === idOf("decision 108"));
    if (first === undefined || next === undefined) throw new Error("they rest on it");
    expect(index.harmed(next)).toEqual([]);
    index.settle(first, "deactivated");
    expect([index.harmed(next), index.due(200).length]).toEqual([[first.decision], 36]);
  });
});

const parties = testParties(5);
const named = (name: string) => parties.find((party) => party.name === name) as Party;

function finished(...names: readonly string[]) {
  const net = approvalNetwork(names.map(named));
  net.open();
  net.deliverAll();
  for (const name of names) net.attest(name, "approve");
  net.run(60, () => net.agents.every(({ state }) => state.ending !== null));
  net.run(1);
  const bundle = bundleOf(net.agents[0] as Agent);
  return { id: String(bundle.ceremony), text: JSON.stringify(bundle) };
}

const HELD = [
  finished("acme", "bolt", "crux"),
  finished("acme", "bolt", "dune"),
  finished("acme", "crux", "dune", "echo"),
];

/** The agent of acme, which holds what it took part in. */
async function holder(): Promise<{ readonly agent: AgentHere; readonly read: ReadonlyMap<string, number> }> {
  const agent = agentHere(named("acme"), parties);
  const read = new Map<string, number>();
  const evidence = (id: string) => async () => {
    read.set(id, (read.get(id) ?? 0) + 1);
    const text = HELD.find((held) => held.id === id)?.text;
    return text === undefined ? null : { body: new Blob([text]).stream() };
  };
  Object.assign(agent.env, {
    CEREMONY: { getByName: (id: string) => ({ evidence: evidence(id), submit: async () => [] }) },
  });
  for (const { id } of HELD) {
    const row = {
      ceremony: id,
      title: "approval",
      phase: "final",
      atMs: 1,
      pattern: "approval",
      openedBy: "acme",
      parties: [],
    };
    await agent.env.DIRECTORY.getByName(DIRECTORY_NAME).note(row);
  }
  return { agent, read };
}

/** All that a party said in what is held. */
function saidBy(name: string): readonly string[] {
  const key = toHex(named(name).identity.signer.key);
  const frames = HELD.flatMap(({ text }) => (JSON.parse(text) as { frames: { frame: string }[] }).frames);
  const ids = frames.flatMap(({ frame }) => {
    const parsed = parseObservation(parseBase64(frame) as Uint8Array);
    return parsed.ok && parsed.value.observation.key === key ? [parsed.value.observation.id] : [];
  });
  return [...new Set(ids)].sort();
}

function revocationOf(name: string, from: number, cut: readonly string[] = []): Uint8Array {
  const { root, identity } = named(name);
  const credential = parseCredential(identity.credentials[0] as Uint8Array);
  if (!credential.ok) throw new Error(credential.fault.code);
  const body = { credential: credential.value.id, from, at: from, cut, reason: "tampered with" };
  return issueStatement({ kind: "revocation", version: 1, mesh: MESH, ...body }, root);
}

async function announce({ request }: AgentHere, revocation: Uint8Array): Promise<void> {
  const headers = { ...KEYED, "content-type": "application/json" };
  const body = JSON.stringify({ revocation: toBase64(revocation) });
  const answer = await request("/v1/revocations", { method: "POST", headers, body });
  expect(answer.status, await answer.text()).toBe(201);
}

/** Until nothing is left to be done. */
async function settle(agent: AgentHere): Promise<void> {
  const keeper = agent.mesh(MESH);
  for (let turn = 0; turn < 10; turn++) await keeper.alarm();
}

async function entriesOf(agent: AgentHere): Promise<readonly LinkedEntry[]> {
  const { lineage } = (await (await agent.request(`/v1/meshes/${MESH}/lineage`, { headers: KEYED })).json()) as {
    lineage: LinkedEntry[];
  };
  expect(firstBrokenLink(lineage)).toBeNull();
  return lineage.filter(({ kind }) => kind === "re-evaluation");
}

async function reachOf(agent: AgentHere) {
  const answer = await agent.request(`/v1/meshes/${MESH}/revocations`, { headers: KEYED });
  return ((await answer.json()) as { revocations: { id: string; decisions: object }[] }).revocations[0];
}

describe("an agent that learns of a revocation", () => {
  it("judges again, once, what rests on it and nothing else; what was done is marked and stays", async () => {
    const { agent, read } = await holder();
    await settle(agent);
    const indexed = new Map(read);
    await announce(agent, revocationOf("crux", START - SECOND));
    await settle(agent);
    const entries = await entriesOf(agent);
    const [first, , third] = HELD;
    expect(entries.map(({ about }) => about[0]).sort()).toEqual([first?.id, third?.id].sort());
    const shown = await reachOf(agent);
    for (const { about, detail } of entries) {
      expect(about[1]).toBe(shown?.id);
      expect(detail).toMatchObject({ before: "passed", acted: "effects were released, and stay" });
      expect(["downgraded", "deactivated"]).toContain(detail.status);
    }
    expect(HELD.map(({ id }) => (read.get(id) ?? 0) - (indexed.get(id) ?? 0))).toEqual([1, 0, 1]);
    await settle(agent);
    expect(await entriesOf(agent)).toHaveLength(2);
    expect(shown?.decisions).toMatchObject({ continued: 0, pending: 0 });
  });

  it("says of what was signed before the credential was withdrawn, and that its cut stands by, that it continues", async () => {
    const { agent } = await holder();
    await announce(agent, revocationOf("dune", START + 3_600 * SECOND, saidBy("dune")));
    await settle(agent);
    const entries = await entriesOf(agent);
    expect(entries.map(({ detail }) => [detail.status, detail.after])).toEqual([
      ["continued", "passed"],
      ["continued", "passed"],
    ]);
    expect((await reachOf(agent))?.decisions).toEqual({ continued: 2, downgraded: 0, deactivated: 0, pending: 0 });
  });

  it("judges nothing again by the word of somebody who stands nowhere above the credential", async () => {
    const { agent, read } = await holder();
    await settle(agent);
    const indexed = [...read.values()];
    const credential = parseCredential(named("bolt").identity.credentials[0] as Uint8Array);
    if (!credential.ok) throw new Error(credential.fault.code);
    const body = { credential: credential.value.id, from: START, at: START, cut: [], reason: "envy" };
    await announce(agent, issueStatement({ kind: "revocation", version: 1, mesh: MESH, ...body }, named("crux").root));
    await settle(agent);
    expect([await entriesOf(agent), [...read.values()]]).toEqual([[], indexed]);
  });

  it("judges an import again by what it carries", async () => {
    const { agent } = await holder();
    const head = { sequence: 40, prev: null };
    const saying = { at: [START, START] as const, head };
    const said = authorFor(named("crux").identity)(factDraft("valve", "open", saying));
    const other = authorFor(named("dune").identity)(factDraft("pump", "off", saying));
    const acts = [said, other].map((inner, at) => {
      const content = new Map(Object.entries({ from: MESH, inner: inner.id, translators: [] }));
      const next = { ...saying, head: { sequence: 41 + at, prev: null } };
      return authorFor(named("bolt").identity)(declarationDraft("import", content, next));
    });
    const frames = [said, other, ...acts].map(({ frame }) => frame);
    const file = writeFramesFile({ frames, statements: [], mesh: MESH });
    const headers = { ...KEYED, "content-type": "application/json" };
    const init = { method: "POST", headers, body: JSON.stringify(file) };
    expect((await agent.request(`/v1/meshes/${MESH}/statements`, init)).status).toBe(200);
    await settle(agent);
    await announce(agent, revocationOf("crux", START - SECOND));
    await settle(agent);
    const entries = await entriesOf(agent);
    const [act, untouched] = acts;
    expect(entries.find(({ about }) => about[0] === act?.id)?.detail).toMatchObject({
      status: "deactivated",
      acted: "it was taken in, and is kept",
    });
    expect(entries.some(({ about }) => about[0] === untouched?.id)).toBe(false);
  });

  it("judges nothing again for a credential on which nothing rests", async () => {
    const { agent } = await holder();
    await announce(agent, revocationOf("echo", START));
    await settle(agent);
    expect((await entriesOf(agent)).map(({ about }) => about[0])).toEqual([HELD[2]?.id]);
    const { agent: other } = await holder();
    const stranger = testParties(6)[5] as Party;
    const credential = parseCredential(stranger.identity.credentials[0] as Uint8Array);
    if (!credential.ok) throw new Error(credential.fault.code);
    const body = { credential: credential.value.id, from: START, at: START, cut: [], reason: "lost" };
    await announce(other, issueStatement({ kind: "revocation", version: 1, mesh: MESH, ...body }, stranger.root));
    await settle(other);
    expect(await entriesOf(other)).toEqual([]);
  });
});
