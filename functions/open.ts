// Opening a ceremony: from a request or a webhook's source to a signed call, in the opener's own object. One way for both.
import type { AgentConfig } from "../durable/config.ts";
import { type AgentEnv, DIRECTORY_NAME } from "../durable/env.ts";
import { toJson } from "../shared/cbor/json.ts";
import type { CborValue } from "../shared/cbor/value.ts";
import { composeCall } from "../shared/ceremony/compose-call.ts";
import { admit } from "../shared/observation/admit.ts";
import type { NamedSeat } from "../shared/observation/observation.ts";
import type { Under } from "../shared/observation/under.ts";
import { type Choice, chosenPolicy } from "../shared/policy/chosen.ts";
import type { Policy } from "../shared/policy/policy.ts";
import { fault, ok, type Result } from "../shared/result.ts";

/** What a ceremony is opened from; every time and chance is already chosen, so that repeating it gives the same call. */
export type OpeningRequest = Choice & {
  readonly set: readonly { readonly path: string; readonly value: CborValue }[];
  readonly title: string;
  readonly subject: CborValue;
  readonly parties: readonly { readonly authority: string; readonly role: string; readonly power: number }[];
  readonly opensAt: number;
  /** Seconds after opening; null for the policy's own. */
  readonly closesIn: number | null;
  readonly expiresIn: number | null;
  readonly nonce: Uint8Array;
  /** The coalition that it is to be under; null or absent for none. */
  readonly under?: UnderRequest | null;
};
export type UnderRequest = { readonly mesh: string; readonly operation: string; readonly matters: readonly string[] };

/** A signed call, ready to be opened. */
export type ReadyCall = { readonly id: string; readonly frame: Uint8Array };

/** Signs the call and opens the ceremony; answers its id. */
export async function openCeremonyFor(
  env: AgentEnv,
  config: AgentConfig,
  request: OpeningRequest,
): Promise<Result<string>> {
  const call = await readyCall(env, config, request);
  return call.ok ? openReady(env, call.value) : call;
}

/** Opens what was made ready; the same call again is the same ceremony. */
export async function openReady(env: AgentEnv, { id, frame }: ReadyCall): Promise<Result<string>> {
  const [receipt] = await env.CEREMONY.getByName(id).open(frame);
  if (receipt?.verdict === "refused" && receipt.code !== null) return fault(receipt.code, receipt.detail);
  await env.DIRECTORY.getByName(DIRECTORY_NAME).expect(id);
  return ok(id);
}

/** Chooses and signs, and changes nothing. */
export async function readyCall(
  env: AgentEnv,
  config: AgentConfig,
  request: OpeningRequest,
): Promise<Result<ReadyCall>> {
  const trust = await config.trust();
  if (!trust.ok) return trust;
  const settings = request.set.map(({ path, value }) => ({ path, value: toJson(value) }));
  const policy = chosenPolicy(request, settings, trust.value, request.opensAt);
  if (!policy.ok) return policy;
  const seats = seatsOf(config, request);
  if (!seats.ok) return seats;
  const under = await underOf(env, config, request, policy.value.policy);
  if (!under.ok) return under;
  const after = (seconds: number | null) => (seconds === null ? null : request.opensAt + seconds * 1_000_000);
  const call = composeCall(
    {
      title: request.title,
      policy: policy.value,
      subject: request.subject,
      seats: seats.value,
      opensAt: request.opensAt,
      closesAt: after(request.closesIn),
      expiresAt: after(request.expiresIn),
      nonce: request.nonce,
      ...(under.value === null ? {} : { under: under.value }),
    },
    config.author,
  );
  if (!call.ok) return call;
  // What our own door would refuse, nobody could read: a subject may be too large or too deep for one frame.
  const readable = await admit(call.value.frame, trust.value);
  return readable.ok ? ok({ id: call.value.id, frame: call.value.frame }) : readable;
}

/** What home recognises of whom, pinned. Where others may come in later, of everyone of whom it recognises anything. */
async function underOf(
  env: AgentEnv,
  { standings }: AgentConfig,
  { under, parties }: OpeningRequest,
  { convening, membership }: Policy,
): Promise<Result<Under | null>> {
  if (under === null || under === undefined) return ok(null);
  const { mesh, operation, matters } = under;
  if (!standings.has(mesh)) return fault("MESH_ABSENT", { mesh, need: [...standings.keys()].join(", ") });
  const open = convening !== null || membership !== null;
  const authorities = open ? null : parties.map(({ authority }) => authority);
  return env.MESH.getByName(mesh).basis({ operation, matters, authorities });
}

/** Names become seats by the roots that this party recognises. */
function seatsOf(config: AgentConfig, request: OpeningRequest): Result<readonly NamedSeat[]> {
  const roots = new Map([...config.self.roots].map(([key, authority]) => [authority, key]));
  const seats: NamedSeat[] = [];
  for (const { authority, role, power } of request.parties) {
    const root = roots.get(authority);
    if (root === undefined) return fault("ROOT_UNKNOWN", { root: authority });
    seats.push({ authority, role, root, power });
  }
  return ok(seats);
}
