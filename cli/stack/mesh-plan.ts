// Further meshes of a local stack: who stands in each, under a credential of its own there, and what each recognises.
import { issueCredential } from "../../shared/authority/credential.ts";
import { toBase64, toHex } from "../../shared/bytes.ts";
import { signerFrom } from "../../shared/cose/key.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { developmentGrant, type Party, rootsOf } from "./party.ts";

export type MeshPlan = {
  readonly mesh: string;
  /** Its clock frame, and what its clock reads beyond the machine's, in milliseconds. */
  readonly frame: string;
  readonly clockOffsetMs: number;
  readonly class: string;
  /** Parties that stand in it, by name; those that stand in two meshes can carry between them. */
  readonly members: readonly string[];
};

/** What a party's document says of the further meshes in which it stands. */
export function standingsOf(
  party: Party,
  reachable: readonly Party[],
  all: readonly Party[],
  plans: readonly MeshPlan[],
) {
  return plans
    .filter(({ members }) => members.includes(party.name))
    .map(({ mesh, frame, clockOffsetMs, class: governanceClass, members }) => ({
      mesh,
      frame,
      clockOffsetMs,
      class: governanceClass,
      trust: writeTrustStatement(mesh, rootsOf(membersOf(all, members))),
      credentials: [toBase64(credentialIn(party, mesh))],
      partners: membersOf(reachable, members)
        .filter(({ name }) => name !== party.name)
        .map(({ name }) => name),
    }));
}

export function membersOf(parties: readonly Party[], members: readonly string[]): readonly Party[] {
  return parties.filter(({ name }) => members.includes(name));
}

/** The party's own root lets its agent speak in a mesh, in every class. */
function credentialIn({ name, root, identity }: Party, mesh: string): Uint8Array {
  return issueCredential({ ...developmentGrant(name, mesh, identity.signer.key), classes: ["*"] }, root);
}

/** A person of a party with a key of their own, and what they may do in a mesh: as the command line reads an identity. */
export function personOf({ name, root }: Party, person: string, secret: Uint8Array, plan: MeshPlan, role: string) {
  const { key } = signerFrom(secret);
  const grant = {
    ...developmentGrant(name, plan.mesh, key),
    subject: `${name}/${person}`,
    roles: [role],
    classes: ["*"],
  };
  return {
    format: "quorate-identity/1",
    mesh: plan.mesh,
    frame: plan.frame,
    class: plan.class,
    secret: toHex(secret),
    credentials: [toBase64(issueCredential(grant, root))],
  };
}
