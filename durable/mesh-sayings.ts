// What a party is about to say to a mesh: as a draft, and why it may not be said.
import { checkAllowed } from "../shared/mesh/live/turn.ts";
import { declarationDraft, factDraft, type Head } from "../shared/mesh/signed/draft.ts";
import { vetDeclaration } from "../shared/mesh/signed/vet.ts";
import { FACTS_TOKEN } from "../shared/mesh/subject.ts";
import { admit } from "../shared/observation/admit.ts";
import type { Draft } from "../shared/observation/author.ts";
import type { Id } from "../shared/observation/observation.ts";
import { reopen } from "../shared/observation/reopen.ts";
import { type Fault, fault, ok, type Result } from "../shared/result.ts";
import { type AgentEnv, LINK_NAME } from "./env.ts";
import { prepared } from "./mesh-coalition.ts";
import type { Mesh } from "./mesh-object.ts";
import type { MeshSaying } from "./mesh-rpc.ts";

function draftOf(saying: MeshSaying, now: number): (head: Head) => Draft {
  const at = saying.at ?? ([now, now] as const);
  if (saying.say === "declaration") return (head) => declarationDraft(saying.type, saying.content, { at, head });
  const { subject, value, sources, labels, class: governanceClass } = saying;
  return (head) => factDraft(subject, value, { at, head, sources, labels, governanceClass });
}

/** Signs and sends all that is to be said, or nothing. */
export async function sayHere(host: Mesh, sayings: readonly MeshSaying[]): Promise<Result<readonly Id[]>> {
  const tried = sayings.map((saying) => prepared(host, saying));
  const doubt = (await host.doubt()) ?? (await unsayable(host, tried));
  if (doubt !== null) return { ok: false, fault: doubt };
  const now = host.now();
  const before = host.ledger.coalitionVersion();
  // Numbered within the turn: another statement may have taken the number meanwhile.
  const ids = host.commit(() => sayings.map((saying) => host.publish(draftOf(prepared(host, saying), now)).id));
  if (host.ledger.coalitionVersion() !== before) await host.tick();
  return ok(ids);
}

/** Null where all may be said. What our own door would refuse, nobody could read: a class, say, that our credential does not grant. */
async function unsayable(host: Mesh, sayings: readonly MeshSaying[]): Promise<Fault | null> {
  const trusts = await host.trusts();
  const trust = trusts.ok ? trusts.value.get(host.standing.mesh) : undefined;
  if (trust === undefined) return trusts.ok ? null : trusts.fault;
  for (const saying of sayings) {
    const statement = host.standing.author(draftOf(saying, host.now())(host.ledger.head()));
    const admitted = await admit(statement.frame, trust);
    if (!admitted.ok) return admitted.fault;
    const vetted =
      saying.say === "declaration"
        ? vetDeclaration(saying.type, saying.content, statement.chain, trust.roots)
        : admitted;
    if (!vetted.ok) return vetted.fault;
  }
  for (const saying of sayings) {
    const allowed = checkAllowed(host.desk, saying.say === "fact" ? "fact" : saying.type);
    if (!allowed.ok) return allowed.fault;
  }
  return null;
}

/** A store restored from an older copy would sign a used number again: the journal says what it said last (SPEC §14). */
export async function meetPast(host: Mesh, env: Pick<AgentEnv, "LINK">): Promise<Fault | null> {
  try {
    const frames = await env.LINK.getByName(LINK_NAME).recall(`${host.standing.mesh}.${FACTS_TOKEN}`);
    const trusts = await host.trusts();
    const trust = trusts.ok ? trusts.value.get(host.standing.mesh) : undefined;
    for (const frame of frames) {
      const own = trust === undefined ? trusts : await admit(frame, trust);
      if (!own.ok) return fault("PAST_UNKNOWN", { reason: own.fault.code }).fault;
      host.commit(() => host.take(reopen(frame)));
    }
    return null;
  } catch (error) {
    return fault("PAST_UNKNOWN", { reason: error instanceof Error ? error.message : String(error) }).fault;
  }
}
