// What people do with meshes in a scenario, over their agents' HTTP: say, declare, reconcile, look, and adopt a record by ceremony.
import type { Json } from "../../shared/cbor/json.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import type { LocalAgent } from "../stack/agent.ts";
import { type MeshPlan, membersOf } from "../stack/mesh-plan.ts";
import { type Party, rootsOf } from "../stack/party.ts";
import type { Stage } from "./stage.ts";

export type ShownFact = {
  readonly id: string;
  readonly origin: string;
  readonly authority: string;
  readonly as: string;
  readonly losses: readonly string[];
  readonly imports: readonly string[];
};
export type ShownSubject = {
  readonly subject: string;
  readonly values: readonly { readonly value: Json; readonly by: readonly ShownFact[] }[];
  readonly resolution: {
    readonly state: string;
    readonly winner: string | null;
    readonly ceremony: string | null;
  } | null;
};
export type ShownMesh = {
  readonly held: Readonly<Record<string, number>>;
  readonly subjects: readonly ShownSubject[];
  readonly links: readonly {
    readonly mode: string;
    readonly state: string;
    readonly queued: number;
    readonly deferred: number;
  }[];
};
export type Reconciled = {
  readonly code?: string;
  readonly verdict: string;
  readonly digest: string;
  readonly divergence: { readonly measured: { readonly num: number; readonly den: number } };
  readonly order: readonly (readonly string[])[];
  readonly imported: readonly {
    readonly id: string;
    readonly losses: readonly { readonly element: string; readonly loss: string }[];
  }[];
  readonly conflicts: readonly {
    readonly subject: string;
    readonly winner: string | null;
    readonly losers: readonly string[];
  }[];
  readonly refused: readonly { readonly id: string; readonly code: string }[];
  readonly pending?: { readonly facts: readonly string[]; readonly subjects: readonly string[] };
  readonly written: { readonly imports: number };
};
export type FramesDocument = {
  readonly format: string;
  readonly mesh: string | null;
  readonly frames: readonly string[];
};
export type Taken = { readonly answers: readonly { readonly verdict: string; readonly code?: string }[] };

export const viewOf = (agent: LocalAgent, mesh: string) => agent.json<ShownMesh>(`/v1/meshes/${mesh}`);

/** Says facts; answers their ids. */
export async function sayFacts(agent: LocalAgent, mesh: string, facts: readonly object[]): Promise<readonly string[]> {
  return idsOf(await agent.post<{ ids?: readonly string[]; code?: string }>(`/v1/meshes/${mesh}/facts`, { facts }));
}

export async function declare(agent: LocalAgent, mesh: string, type: string, content: unknown = {}): Promise<string> {
  const said = await agent.post<{ ids?: readonly string[]; code?: string }>(`/v1/meshes/${mesh}/declarations`, {
    type,
    content,
  });
  return idsOf(said)[0] as string;
}

function idsOf({ ids, code }: { readonly ids?: readonly string[]; readonly code?: string }): readonly string[] {
  if (ids === undefined) throw new Error(`it could not be said: ${code ?? "no answer"}`);
  return ids;
}

export async function reconcile(agent: LocalAgent, mesh: string, other: string): Promise<Reconciled> {
  const answer = await agent.post<Reconciled>(`/v1/meshes/${mesh}/reconcile`, { with: other });
  if (answer.digest === undefined) throw new Error(`${agent.name} could not reconcile: ${answer.code ?? "no answer"}`);
  return answer;
}

/** Waits until an agent holds so many statements of a type in a mesh. */
export function holds(stage: Stage, agent: LocalAgent, mesh: string, type: string, count: number): Promise<void> {
  return stage.until(`${agent.name} holds ${count} of ${type} in ${mesh}`, 30, async () => {
    return ((await viewOf(agent, mesh)).held[type] ?? 0) >= count;
  });
}

export function statementsOf(agent: LocalAgent, mesh: string): Promise<FramesDocument> {
  return agent.json<FramesDocument>(`/v1/meshes/${mesh}/statements`);
}

export function bring(agent: LocalAgent, mesh: string, file: FramesDocument): Promise<Taken> {
  return agent.post<Taken>(`/v1/meshes/${mesh}/statements`, file);
}

/** Clocks, vocabularies and roots as an agreement states them. */
export function statedIn(plans: readonly MeshPlan[], parties: readonly Party[]) {
  const rootsIn = ({ members }: MeshPlan) =>
    Object.fromEntries([...rootsOf(membersOf(parties, members))].map(([key, name]) => [name, key]));
  return {
    meshes: plans.map(({ mesh }) => mesh),
    frames: Object.fromEntries(plans.map(({ mesh, frame }) => [mesh, frame])),
    roots: Object.fromEntries(plans.map((plan) => [plan.mesh, rootsIn(plan)])),
  };
}

/** A ceremony of approval among all who run: over the record of a reconciliation whoever takes part adopts it, or decides what it left open. */
export async function decideOn(stage: Stage, subject: Json, title: string): Promise<readonly CeremonyView[]> {
  const { opener } = stage;
  const { ceremony, code } = await opener.post<{ ceremony?: string; code?: string }>("/v1/ceremonies", {
    pattern: "approval",
    title,
    subject,
    parties: stage.running().map(({ name }) => ({ authority: name, role: "approver", power: 1 })),
    closesIn: 60,
    expiresIn: 120,
  });
  if (ceremony === undefined) throw new Error(`${opener.name} could not open: ${code ?? "no answer"}`);
  stage.ceremony = ceremony;
  stage.say(`${opener.name}  opens a ceremony: ${title}`);
  await stage.attestAll(stage.running());
  return stage.agreed(45);
}
