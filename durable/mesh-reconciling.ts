// Reconciling, merging and telling stories: what a mesh's keeper does together with the keeper of another mesh in which the party stands
// too. What is computed is shared/mesh; here it is fetched, written and sent.
import type { Pinned } from "../shared/coalition/pinned.ts";
import type { Entry } from "../shared/lineage/entry.ts";
import { actsFor, type Computed, computePair, takenBy, takingFor } from "../shared/mesh/live/compute.ts";
import { checkDecision, pendingWith } from "../shared/mesh/live/decision.ts";
import { findingEntries, mergeEntries } from "../shared/mesh/live/entries.ts";
import type { PolicyTold } from "../shared/mesh/live/governed.ts";
import { type Holdings, supportOf } from "../shared/mesh/live/pair.ts";
import { type Decision, recordContent, type Taking } from "../shared/mesh/live/taking.ts";
import { checkTogether } from "../shared/mesh/live/turn.ts";
import { type ShownSubject, worldOf } from "../shared/mesh/live/world.ts";
import type { Report } from "../shared/mesh/report.ts";
import { declarationDraft } from "../shared/mesh/signed/draft.ts";
import { importsOf, type Unwrapped } from "../shared/mesh/signed/envelope.ts";
import { storyOf } from "../shared/mesh/story.ts";
import type { Id, VerifiedObservation } from "../shared/observation/observation.ts";
import { reopen } from "../shared/observation/reopen.ts";
import { describeRefusal, type Refusal } from "../shared/refusals.ts";
import { fault, ok, type Result } from "../shared/result.ts";
import type { AgentEnv } from "./env.ts";
import { pinnedHere } from "./mesh-coalition.ts";
import type { ReportRow } from "./mesh-ledger.ts";
import type { Mesh } from "./mesh-object.ts";

/** A report, and what was written of it: nothing where it was stopped, or where all of it had been written before. */
export type Answered = Report & {
  /** The effective policy under which this party takes facts in, pinned at the start; null where it has none in force. */
  readonly policy: PolicyTold;
  readonly mesh: string;
  readonly with: string;
  readonly written: { readonly imports: number; readonly acts: readonly Id[]; readonly record: Id | null };
  /** Facts that this agent may not carry, with the reason. */
  readonly uncarried: readonly (Refusal & { readonly id: Id })[];
  readonly ceremony: Id | null;
};

/** All that is known here of one fact. */
export type Told = {
  readonly id: Id;
  /** Its story in the last reconciliation that it was part of; null where this party cannot replay one. */
  readonly story: ReturnType<typeof storyOf>;
  /** Whether the recorded inputs give the recorded digest again. */
  readonly replayed: boolean | null;
  readonly imports: readonly Unwrapped[];
  /** Its subject as this mesh sees it now. */
  readonly subject: ShownSubject | null;
};

type Cuts = { readonly ours: number; readonly theirs: number };
type Gathered = { readonly holdings: Holdings; readonly cuts: Cuts };

const REPORTS_SEARCHED = 64;
/** Stands for the other mesh's last number where a file brought what was judged: no keeper's history is that. */
export const BY_FILE = -1;

export async function reconcileWith(host: Mesh, env: AgentEnv, other: string): Promise<Result<Answered>> {
  const pinned = await pinnedHere(host);
  const gathered = await gather(host, env, other, "reconcile", null);
  if (!gathered.ok) return gathered;
  const computed = await compute(host, gathered.value, other, false, pinned);
  if (!computed.ok) return computed;
  return settle(host, computed.value, gathered.value, "reconcile", null);
}

/** Completes what a reconciliation above the limit left pending, once a ceremony has decided on it. */
export async function mergeWith(host: Mesh, env: AgentEnv, other: string, ceremony: Id): Promise<Result<Answered>> {
  const reports = host.ledger.reports(REPORTS_SEARCHED).filter(({ theirs }) => theirs !== BY_FILE);
  const pending = pendingWith(other, reports);
  if (!pending.ok) return pending;
  const last = pending.value;
  const decision: Decision = { ceremony, settles: last.digest };
  const decided = checkDecision(await env.CEREMONY.getByName(ceremony).view(), last.digest);
  if (!decided.ok) return decided;
  const pinned = await pinnedHere(host);
  const gathered = await gather(host, env, other, "merge", last);
  if (!gathered.ok) return gathered;
  const before = await compute(host, gathered.value, other, false, null);
  if (!before.ok) return before;
  const { digest } = before.value.result;
  if (digest !== last.digest) return fault("RECORD_DIFFERS", { found: digest, need: last.digest });
  const computed = await compute(host, gathered.value, other, true, pinned);
  return computed.ok ? settle(host, computed.value, gathered.value, "merge", decision) : computed;
}

export async function storyIn(host: Mesh, env: AgentEnv, id: Id): Promise<Result<Told>> {
  const statements = host.ledger.statements();
  const trusts = await host.trusts();
  if (!trusts.ok) return trusts;
  const { mesh } = host.standing;
  const { subjects } = worldOf(statements, mesh, trusts.value, host.now());
  const subject = subjects.find(({ values }) => values.some(({ by }) => by.some((fact) => fact.id === id))) ?? null;
  const imports = importsOf(statements, mesh).imports.get(id) ?? [];
  for (const row of host.ledger.reports(REPORTS_SEARCHED)) {
    const replay = await replayOf(host, env, row);
    const story = replay === null ? null : storyOf(replay.scene, replay.result, replay.imports, id);
    if (replay === null || story === null) continue;
    return ok({ id, story, replayed: replay.result.digest === row.digest, imports, subject });
  }
  if (subject === null && imports.length === 0 && !statements.some((statement) => statement.id === id))
    return fault("NOT_FOUND", { thing: `fact ${id}` });
  return ok({ id, story: null, replayed: null, imports, subject });
}

async function replayOf(host: Mesh, env: AgentEnv, row: ReportRow): Promise<Computed | null> {
  if (row.theirs === BY_FILE) return null;
  const gathered = await gather(host, env, row.peer, null, row);
  const computed = gathered.ok ? await compute(host, gathered.value, row.peer, row.settles !== null, null) : gathered;
  return computed.ok ? computed.value : null;
}

/** What the party holds of both meshes, as of some cuts; `operation` is refused while either is apart from the other. */
async function gather(
  host: Mesh,
  env: AgentEnv,
  other: string,
  operation: string | null,
  cuts: Cuts | null,
): Promise<Result<Gathered>> {
  const { mesh } = host.standing;
  const { standings } = host.config;
  if (!standings.has(other) || other === mesh)
    return fault("MESH_ABSENT", {
      mesh: other,
      need: [...standings.keys()].filter((name) => name !== mesh).join(", "),
    });
  const theirs = await env.MESH.getByName(other).holdings(mesh, cuts?.theirs ?? null);
  const together = operation === null ? ok(true) : checkTogether(host.desk, other, operation);
  if (!together.ok) return together;
  if (theirs.apart !== null && operation !== null)
    return fault("MESH_APART", { mesh: other, with: mesh, ...theirs.apart, operation });
  const last = cuts?.ours ?? host.ledger.last();
  const statements = [...host.ledger.statements(last), ...theirs.frames.map((frame) => reopen(frame))];
  const authority = [...host.ledger.authority(), ...theirs.authority];
  return ok({ holdings: { statements, authority }, cuts: { ours: last, theirs: cuts?.theirs ?? theirs.last } });
}

function compute({ standing }: Mesh, { holdings }: Gathered, other: string, decided: boolean, pinned: Pinned | null) {
  return computePair(holdings, [standing.mesh, other], standing.trust, decided, pinned);
}

/** Writes what came of it, or that nothing may be. */
async function settle(
  host: Mesh,
  computed: Computed,
  gathered: Gathered,
  operation: string,
  decision: Decision | null,
): Promise<Result<Answered>> {
  const taking = takingFor(computed, host.config.self.key);
  if (!taking.ok) return taking;
  const doubt = await host.doubt();
  if (doubt !== null) return { ok: false, fault: doubt };
  // The two may have gone apart while this was computed; from here to the commit nothing is waited for.
  const together = checkTogether(host.desk, computed.pair[1], operation);
  if (!together.ok) return together;
  const written = host.commit(() => write(host, computed, taking.value, gathered, decision));
  const { pair, report } = computed;
  const uncarried = taking.value.refused.map(({ id, fault: why }) => ({ id, ...describeRefusal(why) }));
  return ok({ ...report, mesh: pair[0], with: pair[1], written, uncarried, ceremony: decision?.ceremony ?? null });
}

/** In one turn: originals and what they rest on, an act for each, the record, the lineage, and the report. */
function write(
  host: Mesh,
  computed: Computed,
  taking: Taking,
  { holdings, cuts }: Gathered,
  decision: Decision | null,
): Answered["written"] {
  const { pair, scene, result, report, refused } = computed;
  const [mesh, other] = pair;
  const now = host.now();
  const taken = takenBy(host.ledger.statements(undefined, "import"), mesh, host.config.self.key);
  const acts = actsFor(computed, taking).filter(({ brings: [inner] }) => !taken.has(inner as Id));
  const known = host.ledger
    .reports(REPORTS_SEARCHED)
    .some(({ peer, digest }) => peer === other && digest === result.digest);
  if (known && acts.length === 0) return { imports: 0, acts: [], record: null };
  const denied = [...refused, ...taking.refused, ...computed.view.refused, ...result.unusable];
  const findings = findingEntries(scene, result, denied, host.config.self.key, now);
  const row = { digest: result.digest, peer: other, ...cuts, settles: decision?.settles ?? null, report, at: now };
  host.ledger.file({ ...row, state: result.mayWrite ? "written" : "pending" });
  if (!result.mayWrite) {
    host.note(findings);
    return { imports: 0, acts: [], record: null };
  }
  const byId = new Map(holdings.statements.map((statement) => [statement.id, statement]));
  const originals = acts.flatMap(({ brings }) => brings.map((id) => byId.get(id) as VerifiedObservation));
  bring(host, mesh, [...(acts.length > 0 ? supportOf(holdings, pair) : []), ...originals]);
  const said = acts.map(({ content }) =>
    host.publish((head) => declarationDraft("import", content, { at: [now, now], head })),
  );
  const content = recordContent(scene, result, report, acts.length, decision, report.policy?.digest ?? null);
  const record = host.publish((head) => declarationDraft("reconciliation", content, { at: [now, now], head }));
  const crossed = acts.map(({ item }, index) => ({ item, act: said[index]?.id ?? "" }));
  const named = { id: record.id, digest: result.digest, from: other };
  const merged: readonly Entry[] = mergeEntries(crossed, named, decision, host.config.party.name, now);
  host.note([...findings, ...merged]);
  return { imports: acts.length, acts: said.map(({ id }) => id), record: record.id };
}

/** Statements of the other mesh, untouched, into our history and to everyone in our mesh. */
export function bring(host: Mesh, mesh: string, statements: readonly VerifiedObservation[]): void {
  const each = [...new Map(statements.map((statement) => [statement.id, statement])).values()];
  for (const statement of each) host.take(statement);
  host.tell(mesh, each);
}
