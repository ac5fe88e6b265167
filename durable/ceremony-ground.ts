// What a ceremony under a coalition is told by the party's own keeper of that mesh: as its call arrives, and whenever something is withdrawn.
import { withdrawalsOf } from "../shared/ceremony/gathered.ts";
import type { CeremonyState } from "../shared/ceremony/state.ts";
import type { Standpoint } from "../shared/coalition/basis.ts";
import { isKind, type VerifiedObservation, type Withdrawal } from "../shared/observation/observation.ts";
import { reopen } from "../shared/observation/reopen.ts";
import { withdrawalIn } from "../shared/observation/withdrawal.ts";
import type { Fault } from "../shared/result.ts";
import type { AgentConfig } from "./config.ts";
import type { AgentEnv } from "./env.ts";
import type { Uptake } from "./mesh-operations.ts";

type Told = { readonly input: { readonly standpoint?: Standpoint }; readonly withdrawals: readonly Withdrawal[] };
const NOTHING: Told = { input: {}, withdrawals: [] };

/** Asked once, as the call arrives; nothing where it is under no coalition, or under one of a mesh in which the party does not stand. */
export async function groundFor(
  env: AgentEnv,
  { standings }: AgentConfig,
  { call: known, ceremony }: CeremonyState,
  observations: readonly VerifiedObservation[],
): Promise<Told> {
  if (known !== null) return NOTHING;
  const call = observations.find(({ id }) => id === ceremony);
  if (call === undefined || !isKind(call, "call")) return NOTHING;
  const { under, expiresAt } = call.body;
  if (under === undefined || !standings.has(under.mesh)) return NOTHING;
  const ground = await env.MESH.getByName(under.mesh).ground(ceremony, under, expiresAt);
  // Without it nobody could tell what the party's own policy says: the call is tried again.
  if (!ground.ok) throw new Error(`no standpoint in ${under.mesh}: ${ground.fault.code}`);
  const { standpoint, withdrawals } = ground.value;
  return { input: { standpoint }, withdrawals: withdrawals.map(withdrawalFrom) };
}

/** What came of telling a ceremony of a withdrawal. */
export function uptakeOf(
  { call, rounds, ending, expired, refusal }: CeremonyState,
  doubt: Fault | null,
  { id }: Withdrawal,
): Uptake {
  if (ending !== null || expired || refusal !== null) return "over";
  if (doubt !== null || call === null) return "waiting";
  const held = rounds.flatMap((round) => withdrawalsOf([...round.held.values()]));
  return held.some(({ body }) => body.withdrawal.id === id) ? "carried" : "idle";
}

/** From a frame that the party's own door has admitted. */
export function withdrawalFrom(frame: Uint8Array): Withdrawal {
  const read = withdrawalIn(reopen(frame));
  if (!read.ok) throw new Error(`broken invariant: a kept withdrawal does not read: ${read.fault.code}`);
  return read.value;
}
