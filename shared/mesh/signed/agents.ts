// Boundary agents (SPEC §20.3): the only ones that carry facts from mesh to mesh. An agent is proven in every mesh that it bridges by a
// declaration there under a credential of that mesh, all by one key. It carries, and can alter nothing.
import { grantsClass } from "../../authority/chain.ts";
import type { VerifiedObservation } from "../../observation/observation.ts";
import { fault, ok, type Result } from "../../result.ts";
import { sortedTexts } from "../../text.ts";
import { type Declaration, ofType } from "./declared.ts";

/** For each key, in hexadecimal, its standing in the meshes where it is proven. */
export type Agents = ReadonlyMap<string, ReadonlyMap<string, Declaration>>;

/** Whoever was refused at a mesh's door, or lacks the role there, is not proven there. */
export function provenAgents(all: readonly VerifiedObservation[]): Agents {
  const agents = new Map<string, Map<string, Declaration>>();
  for (const presence of ofType(all, "boundary").found) {
    const proven = agents.get(presence.key) ?? new Map<string, Declaration>();
    agents.set(presence.key, proven.set(presence.mesh, presence));
  }
  return agents;
}

/** Whether a key may carry facts of a class from one mesh to another. */
export function mayCarry(agents: Agents, key: string, from: string, to: string, governanceClass: string): Result<true> {
  const proven = agents.get(key) ?? new Map<string, Declaration>();
  const missing = [from, to].filter((mesh) => !proven.has(mesh));
  if (missing.length > 0) return fault("AGENT_UNPROVEN", { agent: key, missing: sortedTexts(missing).join(" and ") });
  const barred = [from, to].find((mesh) => !grantsClass((proven.get(mesh) as Declaration).chain, governanceClass));
  return barred === undefined ? ok(true) : fault("AGENT_CLASS", { agent: key, class: governanceClass, mesh: barred });
}
