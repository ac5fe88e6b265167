// A finished ceremony and its bundle, made by the real core with real keys.
import { type Party, rootsOf } from "../../cli/stack/party.ts";
import { makeBundle, writeBundle } from "../../shared/evidence/bundle.ts";
import { type TrustStatement, writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import type { LinkedEntry } from "../../shared/lineage/entry.ts";
import { pinPolicy } from "../../shared/policy/decode.ts";
import { APPROVAL } from "../../shared/policy/patterns/approval.ts";
import { CHOOSER } from "../../shared/policy/patterns/parts.ts";
import { type Agent, lineageOf, Network, SECOND, START } from "./network.ts";

import { MESH, testParties } from "./parties.ts";

export { lineageOf };

export function approvalNetwork(
  parties: readonly Party[],
  closeIn = 10,
  document = APPROVAL,
  title = "Release 2.4",
): Network {
  const policy = pinPolicy(document);
  if (!policy.ok) throw new Error(policy.fault.code);
  return new Network(parties, policy.value, {
    role: "approver",
    title,
    closesAt: START + closeIn * SECOND,
    expiresAt: START + (closeIn + 110) * SECOND,
  });
}

/** Evidence of an approval whose policy has a condition in CEL. */
export function conditionedBundle(): BundleDocument {
  const approver = { ...CHOOSER, attests: { schema: null, where: 'content.choice != "never"' } };
  const policy = { ...APPROVAL, roles: { ...APPROVAL.roles, approver } };
  return bundleOf(finishedApproval(4, [], policy).agents[0] as Agent);
}

/** Runs an approval to its end; parties in `silent` are never reached. */
export function finishedApproval(count: number, silent: readonly string[] = [], document = APPROVAL): Network {
  const net = approvalNetwork(testParties(count), 10, document);
  net.open();
  net.deliverAll();
  for (const name of silent) net.down.add(name);
  const speaking = net.agents.filter(({ party }) => !silent.includes(party.name));
  for (const { party } of speaking) net.attest(party.name, "approve");
  net.run(60, () => speaking.every(({ state }) => state.ending !== null));
  net.run(1);
  return net;
}

export type BundleDocument = {
  [field: string]: unknown;
  frames: { id: string; frame: string }[];
  refused: { hash: string; code: string; frame: string }[];
  lineage: LinkedEntry[];
  outcome: { status: string; digest: string; value: unknown };
};

/** The bundle that a party exports, as the JSON document of its file. */
export function bundleOf(agent: Agent, lineage = lineageOf(agent)): BundleDocument {
  const stored = agent.effects.flatMap((effect) => (effect.do === "append" ? [effect.observation] : []));
  const refused = agent.effects.flatMap((effect) =>
    effect.do === "refuse" ? [{ code: effect.code, frame: effect.observation.frame }] : [],
  );
  const bundle = makeBundle(agent.state, stored, refused, lineage, [], agent.party.identity.signer);
  if (bundle === null) throw new Error("the ceremony has not ended");
  return JSON.parse(JSON.stringify(writeBundle(bundle))) as BundleDocument;
}

export function bytesOf(document: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(document));
}

export function trustIn(parties: readonly Party[]): TrustStatement {
  return writeTrustStatement(MESH, rootsOf(parties));
}
