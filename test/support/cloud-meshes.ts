// Two meshes of organisations that share no controller: who stands where, and what they agree on, as a stack and its agents take it.
import type { MeshPlan } from "../../cli/stack/mesh-plan.ts";
import { type Party, rootsOf } from "../../cli/stack/party.ts";
import type { Json } from "../../shared/cbor/json.ts";

export const EAST: MeshPlan = {
  mesh: "east",
  frame: "east-clock",
  clockOffsetMs: 0,
  class: "inventory",
  members: ["acme", "crux"],
};
export const WEST: MeshPlan = {
  mesh: "west",
  frame: "west-clock",
  clockOffsetMs: 0,
  class: "inventory",
  members: ["bolt", "crux"],
};

/** Roots of a mesh's members, by name, as an agreement states them. */
export function rootsIn({ members }: MeshPlan, parties: readonly Party[]): Json {
  const known = rootsOf(parties.filter(({ name }) => members.includes(name)));
  return Object.fromEntries([...known].map(([key, name]) => [name, key]));
}

export function agreementOf(parties: readonly Party[], terms: { readonly [key: string]: Json } = {}): Json {
  return {
    meshes: ["east", "west"],
    classes: { inventory: "sharable" },
    divergenceLimit: { num: 1, den: 2 },
    arbitration: { rule: "authority" },
    tiers: { east: { "acme/agent": 3 }, west: { "bolt/agent": 1 } },
    frames: { east: EAST.frame, west: WEST.frame },
    roots: { east: rootsIn(EAST, parties), west: rootsIn(WEST, parties) },
    ...terms,
  };
}
