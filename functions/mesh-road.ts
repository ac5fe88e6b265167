// The road into a mesh's keeper: the one door, under the trust that the party has in each mesh that may speak there (SPEC §20.12). Frames of
// its own mesh pass under its own trust, those of another under what an agreement of ours says of that one's roots; nobody else's do.
import type { AgentConfig } from "../durable/config.ts";
import type { AgentEnv } from "../durable/env.ts";
import { log } from "../durable/log.ts";
import { type Brought, NOTHING_BROUGHT } from "../shared/authority/brought.ts";
import { openAuthorityStatement } from "../shared/authority/statement.ts";
import { sha256Hex } from "../shared/hash.ts";
import { type Opened, openFrames, openTrusts, type Trusts } from "../shared/mesh/signed/open.ts";
import { FACTS_TOKEN } from "../shared/mesh/subject.ts";
import { parseObservation } from "../shared/observation/decode.ts";
import { ceremonyOf, isOfMesh, type VerifiedObservation } from "../shared/observation/observation.ts";
import { type Fault, fault, ok, type Result } from "../shared/result.ts";
import type { Answer } from "./hand-in.ts";

/** Trust by mesh as it was when last asked for; it is opened anew whenever a keeper's grounds have changed. */
type Known = Map<string, { readonly version: string; readonly trusts: Trusts }>;
const known = new WeakMap<AgentConfig, Known>();

/** The mesh that a subject leads to; null where it leads to a ceremony. */
export function meshOfTopic(topic: string | null): string | null {
  const [mesh, place] = topic?.split(".") ?? [];
  return mesh !== undefined && place === FACTS_TOKEN ? mesh : null;
}

/** Answers every frame, in order; refused as a whole where what came with them about keys and revocations finds no room. */
export async function submitToMesh(
  env: AgentEnv,
  config: AgentConfig,
  mesh: string,
  frames: readonly Uint8Array[],
  { statements, by }: Brought = NOTHING_BROUGHT,
): Promise<Result<readonly Answer[]>> {
  const { sound, verdicts } = await checkForMesh(env, config, mesh, frames, statements);
  const admitted = verdicts.flatMap((verdict) => (verdict.ok ? [verdict.value] : []));
  const receipts = await env.MESH.getByName(mesh).submit(
    admitted.map(({ frame }) => frame),
    { statements: sound, by },
  );
  if (!receipts.ok) return receipts;
  let next = 0;
  return ok(
    verdicts.map((verdict): Answer => {
      if (!verdict.ok) return { refusal: verdict.fault };
      const receipt = receipts.value[next++];
      return receipt === undefined ? { refusal: unanswered() } : { receipt };
    }),
  );
}

/** What the door would answer to each frame, in order; nothing is handed on. `sound` is what of the authority carries a good signature. */
export async function checkForMesh(
  env: AgentEnv,
  config: AgentConfig,
  mesh: string,
  frames: readonly Uint8Array[],
  authority: readonly Uint8Array[],
): Promise<{ readonly sound: readonly Uint8Array[]; readonly verdicts: readonly Result<VerifiedObservation>[] }> {
  const sound = await sortAuthority(authority);
  const trusts = await trustsOf(env, config, mesh, frames, sound);
  if (!trusts.ok) return { sound, verdicts: frames.map(() => trusts) };
  return { sound, verdicts: verdictsOn(frames, await openFrames(frames, trusts.value)) };
}

/**
 * Withdrawals that notices carried into ceremonies here are for the keeper of their mesh too: somebody may have withheld them there. What it
 * refuses has done its work in the ceremony all the same.
 */
export async function bringWithdrawals(
  env: AgentEnv,
  config: AgentConfig,
  carried: readonly VerifiedObservation[],
): Promise<void> {
  const withdrawals = carried.flatMap(({ body }) =>
    body.kind === "notice" && "withdrawal" in body && config.standings.has(body.withdrawal.mesh)
      ? [body.withdrawal]
      : [],
  );
  for (const [mesh, said] of Map.groupBy(withdrawals, (withdrawal) => withdrawal.mesh))
    await submitToMesh(
      env,
      config,
      mesh,
      said.map(({ frame }) => frame),
    ).catch((error: unknown) => log("error", "withdrawal-not-kept", { mesh, reason: String(error) }));
}

function unanswered(): Fault {
  return fault("INTERNAL", { request: crypto.randomUUID() }).fault;
}

function verdictsOn(
  frames: readonly Uint8Array[],
  { admitted, refused }: Opened,
): readonly Result<VerifiedObservation>[] {
  const sound = new Map(admitted.map((statement) => [statement.id, statement]));
  const faults = new Map(refused.map((refusal) => [refusal.id, refusal.fault]));
  return frames.map((frame) => {
    const parsed = parseObservation(frame);
    const id = parsed.ok ? parsed.value.observation.id : sha256Hex(frame);
    const statement = sound.get(id);
    if (statement === undefined) return { ok: false, fault: faults.get(id) ?? unanswered() };
    return isOfMesh(statement)
      ? ok(statement)
      : fault("SUBJECT_MISMATCH", { found: `${statement.mesh}.${ceremonyOf(statement)}` });
  });
}

/** Statements about authority that carry a sound signature; what each is worth is judged where trust is assembled. */
async function sortAuthority(frames: readonly Uint8Array[]): Promise<readonly Uint8Array[]> {
  const opened = await Promise.all(frames.map((frame) => openAuthorityStatement(frame)));
  return frames.filter((_, index) => opened[index]?.ok === true);
}

/** An agreement of ours that comes with the frames counts for them already, so that one file may bring all. */
async function trustsOf(
  env: AgentEnv,
  config: AgentConfig,
  mesh: string,
  frames: readonly Uint8Array[],
  authority: readonly Uint8Array[],
): Promise<Result<Trusts>> {
  const standing = config.standings.get(mesh);
  if (standing === undefined) return fault("MESH_ABSENT", { mesh, need: [...config.standings.keys()].join(", ") });
  const grounds = await env.MESH.getByName(mesh).grounds();
  const brought = frames.filter((frame) => isAgreement(frame, mesh));
  const kept = known.get(config)?.get(mesh);
  const isFresh = brought.length === 0 && authority.length === 0;
  if (isFresh && kept?.version === grounds.version) return ok(kept.trusts);
  const agreements = { frames: [...grounds.agreements, ...brought], statements: [], mesh: null };
  const trusts = await openTrusts(standing.trust, agreements, [...grounds.authority, ...authority]);
  if (trusts.ok && isFresh) {
    const all: Known = known.get(config) ?? new Map();
    known.set(config, all.set(mesh, { version: grounds.version, trusts: trusts.value }));
  }
  return trusts;
}

function isAgreement(frame: Uint8Array, mesh: string): boolean {
  const parsed = parseObservation(frame);
  if (!parsed.ok || parsed.value.observation.mesh !== mesh) return false;
  const { body } = parsed.value.observation;
  return body.kind === "declaration" && body.type === "agreement";
}
