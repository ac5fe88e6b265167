// What a mesh's keeper answers about operations under the coalition: what they stand on, what was withdrawn, and what a revocation would touch.
// All of it is worked out anew from the statements at hand, through the door each time.
import type { Preview } from "../shared/ceremony/preview.ts";
import { basisOf, type Standpoint, standpointOf } from "../shared/coalition/basis.ts";
import { planRevocation, type RevocationPlan } from "../shared/coalition/plan.ts";
import type { TranslatorRevocation } from "../shared/mesh/translator.ts";
import type { Id } from "../shared/observation/observation.ts";
import type { Under } from "../shared/observation/under.ts";
import { WITHDRAWAL_TYPE, withdrawalIn } from "../shared/observation/withdrawal.ts";
import { ok, type Result } from "../shared/result.ts";
import { withdrawalFrom } from "./ceremony-ground.ts";
import type { AgentEnv } from "./env.ts";
import { poolHere } from "./mesh-coalition.ts";
import type { Mesh } from "./mesh-object.ts";
import type { ToldWithdrawal } from "./mesh-operations.ts";

/** What whoever opens a ceremony asks to have pinned; `authorities` null pins all of whom home recognises anything. */
export type BasisRequest = Pick<Under, "operation" | "matters"> & { readonly authorities: readonly string[] | null };

/** What a ceremony goes by from its beginning: the party's standpoint, and the withdrawals known so far, as frames. */
export type Ground = { readonly standpoint: Standpoint; readonly withdrawals: readonly Uint8Array[] };

export async function basisHere(host: Mesh, request: BasisRequest): Promise<Result<Under>> {
  const [pool, trusts] = [await poolHere(host), await host.trusts()];
  if (!pool.ok) return pool;
  if (!trusts.ok) return trusts;
  const { mesh, clockOffsetMs } = host.standing;
  const asked = { mesh, home: host.config.party.name, at: host.now(), shift: clockOffsetMs * 1_000, ...request };
  return basisOf(pool.value.pool, trusts.value.get(mesh)?.roots ?? new Map(), asked);
}

/** Remembers the ceremony first, so that whatever is withdrawn from now on reaches it. */
export async function groundHere(host: Mesh, ceremony: Id, under: Under, expiresAt: number): Promise<Result<Ground>> {
  host.commit(() => host.operations.register(ceremony, under, expiresAt + under.shift));
  const pool = await poolHere(host);
  if (!pool.ok) return pool;
  const said = host.ledger
    .statements(undefined, WITHDRAWAL_TYPE)
    .filter((statement) => statement.mesh === host.standing.mesh && withdrawalIn(statement).ok);
  return ok({
    standpoint: standpointOf(pool.value.pool, host.config.party.name, host.now(), under),
    withdrawals: said.map(({ frame }) => frame),
  });
}

/** A withdrawal as this node knows it: when it first saw it, and what became of it in each ceremony under the coalition. */
export type ShownWithdrawal = {
  readonly id: Id;
  readonly by: string;
  readonly revokes: string;
  /** Instants are microseconds of the mesh's frame. */
  readonly after: number;
  readonly scope: Readonly<Record<string, string>> | null;
  readonly seen: number;
  readonly told: number | null;
  readonly ceremonies: ToldWithdrawal["ceremonies"];
};

export function withdrawalsHere({ operations }: Mesh): readonly ShownWithdrawal[] {
  return operations.withdrawals().map(({ frame, seen, told, ceremonies }) => {
    const { id, revocation } = withdrawalFrom(frame);
    const { by, revokes, after, scope } = revocation;
    return { id, by, revokes, after, scope: scope && Object.fromEntries(scope), seen, told, ceremonies };
  });
}

/** `by` null is the party itself, `after` null now. */
export type PlanRequest = {
  readonly revokes: string;
  readonly by: string | null;
  readonly after: number | null;
  readonly operation: string | null;
};

/** What a revocation would change in effective policies, and in ceremonies that run here. */
export type ShownPlan = Omit<RevocationPlan, "revocation"> & {
  readonly revocation: { readonly revokes: string; readonly by: string; readonly after: number };
  readonly ceremonies: readonly Preview[];
};

export async function planHere(host: Mesh, env: AgentEnv, request: PlanRequest): Promise<Result<ShownPlan>> {
  const pool = await poolHere(host);
  if (!pool.ok) return pool;
  const { revokes, operation } = request;
  const revocation: TranslatorRevocation = {
    revokes,
    by: request.by ?? host.config.party.name,
    after: request.after ?? host.now(),
    scope: operation === null ? null : new Map([["operation", operation]]),
    cut: [],
  };
  const { by, after } = revocation;
  const plan = planRevocation(pool.value.pool, revocation, after, operation);
  if (!plan.ok) return plan;
  const { mesh } = host.standing;
  const previews = await Promise.all(
    host.operations.running().map(({ ceremony }) => env.CEREMONY.getByName(ceremony).preview(mesh, revocation)),
  );
  const ceremonies = previews.filter((preview) => preview !== null);
  return ok({ ...plan.value, revocation: { revokes, by, after }, ceremonies });
}
