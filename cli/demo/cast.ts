// What the scenarios of organisations at work have in common: who plays which role, and what the evidence says of custody.
import { fromJson, type Json } from "../../shared/cbor/json.ts";
import type { CborMap } from "../../shared/cbor/value.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { type Examination, examineBundle } from "../../shared/evidence/verify.ts";
import { custodianAt, custodyIn, lineOfCustody } from "../../shared/handoff/custody.ts";
import type { LocalAgent } from "../stack/agent.ts";
import { rootsOf } from "../stack/party.ts";
import type { Stage } from "./stage.ts";

export type Cast = readonly (readonly [LocalAgent, string])[];

/** The agents in their order, each with its role. */
export function cast(stage: Stage, ...roles: readonly string[]): Cast {
  return stage.stack.agents.slice(0, roles.length).map((agent, at) => [agent, roles[at] as string] as const);
}

export const partiesOf = (roles: Cast) => roles.map(([{ name }, role]) => ({ authority: name, role, power: 1 }));

export function asMap(content: Json): CborMap {
  const read = fromJson(content);
  if (!read.ok) throw new Error(read.fault.code);
  return read.value as CborMap;
}

/** The evidence of one party, verified under the roots of all. */
export async function examined(stage: Stage, agent: LocalAgent): Promise<Examination> {
  const trust = writeTrustStatement(stage.stack.mesh, rootsOf(stage.stack.parties));
  return examineBundle(await stage.evidence(agent), { trust });
}

/** Who has custody at the end, by one party's verified evidence; null where it does not say. */
export async function custodian(stage: Stage, agent: LocalAgent, object: string): Promise<string | null> {
  const { verification, state } = await examined(stage, agent);
  const record = verification.verdict === "passed" && state !== null ? custodyIn(state) : null;
  if (record === null) return null;
  const line = lineOfCustody([record], object);
  return line.ok ? custodianAt(record.first, line.value, Number.MAX_SAFE_INTEGER).custodian : null;
}

/** Each party speaks once, so that a round ends as soon as all have. */
export const ONCE = (...roles: readonly string[]) =>
  roles.map((role) => ({ path: `roles.${role}.slots`, value: "one" }));

/** A release, its acceptance and its ratification, and what the evidence of each says. */
export async function handOver(
  stage: Stage,
  [giver, taker, ratifier]: readonly [LocalAgent, LocalAgent, LocalAgent],
  object: string,
  state: { readonly [name: string]: Json },
): Promise<readonly CeremonyView[]> {
  await stage.contribute(
    giver,
    { release: { id: "release", to: taker.name, object, state } },
    `releases ${object} to ${taker.name}`,
  );
  await stage.contribute(taker, { accept: { release: "release", object, state } }, `accepts ${object}`);
  await stage.contribute(ratifier, { choice: "approve" }, "ratifies");
  const views = await stage.agreed(40, [giver, taker, ratifier]);
  for (const agent of [giver, taker, ratifier])
    stage.check(
      `the evidence of ${agent.name} names ${taker.name} as custodian of ${object}`,
      (await custodian(stage, agent, object)) === taker.name,
    );
  return views;
}

/** A loser contests the outcome all the same: that is shown beside it everywhere, and changes no byte of it. */
export async function contested(
  stage: Stage,
  loser: LocalAgent,
  before: readonly CeremonyView[],
): Promise<readonly CeremonyView[]> {
  const reason = "the delivery date was not weighed";
  await loser.post(`/v1/ceremonies/${stage.ceremony}/disputes`, { reason });
  stage.say(`${loser.name}  disputes the outcome: ${reason}`);
  await stage.until("the dispute is shown by all", 20, async () =>
    (await stage.views()).every(({ disputes }) => disputes.some(({ by }) => by === loser.name)),
  );
  const views = await stage.views();
  const same = views.every(({ outcome }, at) => outcome?.digest === before[at]?.outcome?.digest);
  stage.check("the dispute stands beside the outcome at every party, and the outcome is what it was", same);
  return views;
}
