// An operation under a coalition, over one agent's HTTP: what is opened and what is not, what the agent signs for its own party, and how one signed
// revocation that is brought to it reaches what runs.
import { beforeAll, describe, expect, it, vi } from "vitest";
import { fromJson, type Json } from "../../../shared/cbor/json.ts";
import { composeCall } from "../../../shared/ceremony/compose-call.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import type { LinkedEntry } from "../../../shared/lineage/entry.ts";
import { writeFramesFile } from "../../../shared/mesh/signed/frames-file.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import type { VerifiedObservation } from "../../../shared/observation/observation.ts";
import { pinPolicy } from "../../../shared/policy/decode.ts";
import { COALITION_MESH } from "../../../shared/policy/patterns/coalition-mesh.ts";
import { type AgentHere, agentHere, KEYED } from "../../support/agent-here.ts";
import { Nation } from "../../support/coalition.ts";
import { MESH, seatsFor, testParties } from "../../support/parties.ts";
import { OPERATION, underOf } from "../../support/under.ts";

vi.spyOn(console, "log").mockImplementation(() => undefined);

const parties = testParties(3);
const [acme, bolt, crux] = parties.map((party) => new Nation(party)) as [Nation, Nation, Nation];
const permit = (id: string, value: string) => ({ id, effect: "permit", value });
const prohibit = (id: string, value: string) => ({ id, effect: "prohibit", value });
const HOUR = 3_600_000_000;

let agent: AgentHere;

const ask = async <T>(path: string, body?: Json): Promise<T> => {
  const sent = {
    method: "POST",
    body: JSON.stringify(body),
    headers: { ...KEYED, "content-type": "application/json" },
  };
  const response = await agent.request(path, body === undefined ? { headers: KEYED } : sent);
  return (await response.json()) as T;
};
type Answer = { readonly ceremony: string; readonly code?: string; readonly observation?: string };
type Answers = { readonly answers: readonly { readonly verdict: string }[] };

async function bring(...said: readonly VerifiedObservation[]): Promise<readonly string[]> {
  const file = writeFramesFile({ frames: said.map(({ frame }) => frame), statements: [], mesh: MESH });
  const { answers } = await ask<Answers>(`/v1/meshes/${MESH}/statements`, file as unknown as Json);
  return answers.map(({ verdict }) => verdict);
}

const open = (names: readonly string[], matters: readonly string[] = ["escort"], mesh = MESH) =>
  ask<Answer>("/v1/ceremonies", {
    pattern: "coalition-mesh",
    title: "Lantern",
    parties: names.map((authority) => ({ authority, role: "member", power: 1 })),
    under: { mesh, operation: OPERATION, matters },
  });
const view = (id: string) => ask<CeremonyView>(`/v1/ceremonies/${id}`);
const notices = async (id: string) => {
  const { lineage } = await ask<{ lineage: readonly LinkedEntry[] }>(`/v1/ceremonies/${id}/lineage`);
  return lineage.filter(({ kind, detail }) => kind === "admission" && detail.kind === "notice");
};

/** A call of bolt's own, under its own policy, that reaches acme's agent. */
async function called(matter: string): Promise<string> {
  const policy = pinPolicy(COALITION_MESH);
  const subject = fromJson(null);
  if (!policy.ok || !subject.ok) throw new Error("no policy");
  const [one, two, three] = parties as [typeof acme.party, typeof acme.party, typeof acme.party];
  const call = composeCall(
    {
      title: "By bolt",
      policy: policy.value,
      subject: subject.value,
      seats: seatsFor(parties, "member"),
      opensAt: Date.now() * 1_000,
      closesAt: (Date.now() + 60_000) * 1_000,
      expiresAt: (Date.now() + 120_000) * 1_000,
      nonce: new Uint8Array(16),
      under: underOf([two, one, three], { matters: [matter] }),
    },
    authorFor(two.identity),
  );
  if (!call.ok) throw new Error(call.fault.code);
  const response = await agent.request("/v1/observations", {
    method: "POST",
    body: Uint8Array.from(call.value.frame),
    headers: { ...KEYED, "content-type": "application/cbor" },
  });
  expect(response.status, await response.clone().text()).toBeLessThan(300);
  return call.value.id;
}

beforeAll(async () => {
  agent = agentHere(acme.party, parties);
  const said = [
    acme.policy([permit("A1", "escort"), prohibit("A2", "loiter")], ["bolt/to-acme", "crux/to-acme"]),
    bolt.policy([permit("B1", "refuel"), permit("B2", "loiter")], ["acme/to-bolt"]),
    bolt.translator("to-acme", "bolt", "acme"),
    crux.policy([prohibit("C2", "refuel")], []),
    crux.translator("to-acme", "crux", "acme"),
  ];
  expect(await bring(...said)).toEqual(said.map(() => "admitted"));
});

describe("opening under a coalition", () => {
  it("pins what home recognises, and shows it with the party's own standpoint", async () => {
    const { ceremony } = await open(["acme", "bolt", "crux"]);
    const { under, phase } = await view(ceremony);
    expect(phase).toBe("gathering");
    expect(under).toMatchObject({ mesh: MESH, operation: OPERATION, home: "acme", matters: ["escort"] });
    expect(under?.roads.map(({ authority }) => authority)).toEqual(["bolt", "crux"]);
    expect(under?.clauses.map(({ id, from }) => [id, from])).toEqual([["A1", "acme"]]);
    expect(under?.own?.policy).toBe(under?.policy);
  });

  it("is refused where home prohibits the matter, recognises nothing of a party, or does not stand in the mesh", async () => {
    expect((await open(["acme", "bolt", "crux"], ["refuel"])).code).toBe("MATTER_PROHIBITED");
    expect((await open(["acme", "bolt", "crux"], ["loiter"])).code).toBe("MATTER_PROHIBITED");
    expect((await open(["acme", "bolt", "crux"], [], "elsewhere")).code).toBe("MESH_ABSENT");
  });
});

describe("the party's own policy", () => {
  it("keeps its agent from going along with what it prohibits, whoever asks; it may still say no", async () => {
    const loiter = await called("loiter");
    expect((await view(loiter)).under?.own?.prohibits).toEqual([{ matter: "loiter", clause: "A2", from: "acme" }]);
    const say = (id: string, choice: string) => ask<Answer>(`/v1/ceremonies/${id}/attestations`, { choice });
    expect((await say(loiter, "approve")).code).toBe("OWN_POLICY_PROHIBITS");
    expect((await say(loiter, "reject")).observation).toMatch(/^[0-9a-f]{64}$/);
    const escort = await called("escort");
    expect((await say(escort, "approve")).observation).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe("one signed revocation, brought to one agent", () => {
  it("stands in whatever runs under the coalition, is previewed, and closes what is opened afterwards", async () => {
    const { ceremony } = await open(["acme", "bolt", "crux"]);
    const elsewhere = await called("tow");
    type Plan = { readonly ceremonies: readonly { readonly ceremony: string; readonly seats: readonly object[] }[] };
    const plan = await ask<Plan>(`/v1/meshes/${MESH}/coalition/plan?revokes=*&by=crux`);
    expect(plan.ceremonies.find((one) => one.ceremony === ceremony)?.seats).toEqual([
      { seat: 2, authority: "crux", role: "member" },
    ]);
    const after = Date.now() * 1_000 - HOUR;
    const revocation = crux.revoke("*", after);
    expect(await bring(revocation)).toEqual(["admitted"]);
    await vi.waitFor(async () => expect(await notices(ceremony)).toHaveLength(1));
    expect((await notices(ceremony))[0]?.detail).toMatchObject({ revokes: "*", by: "crux", from: after });
    expect(await notices(elsewhere)).toHaveLength(1);
    type Known = {
      readonly withdrawals: readonly {
        readonly id: string;
        readonly seen: number;
        readonly ceremonies: readonly { readonly ceremony: string; readonly verdict: string }[];
      }[];
    };
    const { withdrawals } = await ask<Known>(`/v1/meshes/${MESH}/coalition/withdrawals`);
    expect(withdrawals.map(({ id }) => id)).toEqual([revocation.id]);
    expect(withdrawals[0]?.seen).toBeGreaterThan(after);
    expect(withdrawals[0]?.ceremonies.find((one) => one.ceremony === ceremony)?.verdict).toBe("carried");
    expect((await open(["acme", "bolt", "crux"])).code).toBe("PARTNER_UNRECOGNISED");
    expect((await open(["acme", "bolt"])).code).not.toBe("PARTNER_UNRECOGNISED");
  });

  it("is carried into a ceremony whose call comes later, and brought again it changes nothing", async () => {
    const late = await called("sweep");
    expect(await notices(late)).toHaveLength(1);
  });
});
