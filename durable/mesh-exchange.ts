// Files that people carry between meshes (SPEC §22), at a mesh's keeper: let out under the party's own signature, judged as they arrive, and
// taken in whole or not at all. What was let out and taken in is told by the manifests and receipts among its statements.
import { newlyBrought } from "../shared/authority/brought.ts";
import { grantsRole, leafOf } from "../shared/authority/chain.ts";
import { sha256Hex } from "../shared/hash.ts";
import { AUTHORITY_STATEMENTS_MAX } from "../shared/limits.ts";
import { type Arrival, actsOf, judgeArrival, receiptOf, tellArrival } from "../shared/mesh/exchange/arrival.ts";
import { EXCHANGE_FORMAT, type ExchangeFile, writeExchangeFile } from "../shared/mesh/exchange/file.ts";
import { fileFor, type ReleaseFilter, releaseFrom } from "../shared/mesh/exchange/release.ts";
import type { CarriedFile, FramesDocument, Imported } from "../shared/mesh/exchange/told.ts";
import { checkDecision } from "../shared/mesh/live/decision.ts";
import { findingEntries, mergeEntries } from "../shared/mesh/live/entries.ts";
import { pairFiles, supportOf } from "../shared/mesh/live/pair.ts";
import { type Decision, recordContent } from "../shared/mesh/live/taking.ts";
import { checkTogether } from "../shared/mesh/live/turn.ts";
import { reportOf } from "../shared/mesh/report.ts";
import { ofType, ROLES } from "../shared/mesh/signed/declared.ts";
import { declarationDraft } from "../shared/mesh/signed/draft.ts";
import { writeFramesFile } from "../shared/mesh/signed/frames-file.ts";
import { parseObservation } from "../shared/observation/decode.ts";
import type { Id } from "../shared/observation/observation.ts";
import { fault, ok, type Result } from "../shared/result.ts";
import type { AgentEnv } from "./env.ts";
import { pinnedHere } from "./mesh-coalition.ts";
import { lastFrom, nextNumber } from "./mesh-exchanged.ts";
import type { Mesh } from "./mesh-object.ts";
import { BY_FILE, bring } from "./mesh-reconciling.ts";

/** For whom, by which list, and less what that side says it has. */
export type ReleaseRequest = { readonly to: string; readonly filter: ReleaseFilter; readonly held: readonly Id[] };

/** Signs for the next file to a mesh, and answers it. */
export async function letOut(host: Mesh, { to, filter, held }: ReleaseRequest): Promise<Result<CarriedFile>> {
  const doubt = (await host.doubt()) ?? unfit(host, "exchange");
  if (doubt !== null) return { ok: false, fault: doubt };
  if (to === host.standing.mesh) return fault("BODY_INVALID", { path: "to", need: "another mesh" });
  const release = releaseFrom(host.ledger.statements(), filter, new Set(held), to);
  const statements = host.ledger.authority();
  if (statements.length > AUTHORITY_STATEMENTS_MAX)
    return fault("AUTHORITY_FULL", {
      by: host.standing.mesh,
      found: statements.length,
      limit: AUTHORITY_STATEMENTS_MAX,
    });
  const now = host.now();
  const { content, file } = fileFor(release, filter, { to, sequence: nextNumber(host, to) }, statements);
  const manifest = host.commit(() => {
    const said = host.publish((head) => declarationDraft("exchange", content, { at: [now, now], head }));
    const ids = release.out.map(({ id }) => id);
    const { denied, prerequisites } = file;
    host.exchanges.release(said.id, said.frame, {
      ids,
      denied,
      prerequisites,
      authority: statements.map(sha256Hex),
    });
    return said;
  });
  return ok(writeExchangeFile({ ...file, manifest: manifest.frame }));
}

/** A file that was let out, once more under its number: a lost one is no gap. */
export function letOutAgain({ ledger, exchanges }: Mesh, manifest: Id): Result<CarriedFile> {
  const kept = exchanges.released(manifest);
  if (kept === null) return fault("NOT_FOUND", { thing: "such file" });
  const { ids, frame, denied, prerequisites, authority } = kept;
  const frames = ids.flatMap((id) => ledger.statement(id)?.frame ?? []);
  const named = new Set(authority);
  const statements = ledger.authority().filter((statement) => named.has(sha256Hex(statement)));
  const file = { format: EXCHANGE_FORMAT, manifest: frame, reviews: [], frames, denied, prerequisites };
  return ok(writeExchangeFile({ ...file, statements }));
}

/** A receipt that our mesh signed, once more. */
export function receiptHere({ ledger, standing }: Mesh, id: Id): Result<FramesDocument> {
  const receipt = ledger.statement(id);
  const isOne = receipt?.body.kind === "declaration" && receipt.body.type === "receipt";
  if (receipt === null || !isOne || receipt.mesh !== standing.mesh)
    return fault("NOT_FOUND", { thing: "such receipt" });
  return ok(writeFramesFile({ frames: [receipt.frame], statements: [], mesh: standing.mesh }));
}

/** `ceremony` is what decided to merge above the limit; null before one did. */
export type Brought = { readonly file: ExchangeFile; readonly ceremony: Id | null };

async function judged(host: Mesh, env: AgentEnv, { file, ceremony }: Brought): Promise<Result<Arrival>> {
  const first = await judge(host, file, false);
  if (!first.ok || ceremony === null || first.value.plan.stopped === null) return first;
  const decided = checkDecision(await env.CEREMONY.getByName(ceremony).view(), first.value.result.digest);
  return decided.ok ? judge(host, file, true) : decided;
}

/** Writes nothing. */
export async function verifyHere(host: Mesh, env: AgentEnv, brought: Brought): Promise<Result<Imported>> {
  const arrival = await judged(host, env, brought);
  return arrival.ok ? ok({ ...tellArrival(arrival.value), written: null, receipt: null }) : arrival;
}

/** The import that each keeper is at, if any. */
const imports = new WeakMap<Mesh, Promise<unknown>>();

/** Takes in what the same judgement admits: all of it in one turn, or nothing. One file after another, each judged with what the one before brought. */
export async function importHere(host: Mesh, env: AgentEnv, brought: Brought): Promise<Result<Imported>> {
  const before = imports.get(host) ?? Promise.resolve();
  const taken = before.then(() => takeFile(host, env, brought));
  imports.set(
    host,
    taken.catch(() => undefined),
  );
  return taken;
}

async function takeFile(host: Mesh, env: AgentEnv, brought: Brought): Promise<Result<Imported>> {
  const { file, ceremony } = brought;
  const doubt = await host.doubt();
  if (doubt !== null) return { ok: false, fault: doubt };
  const arrived = await judged(host, env, brought);
  if (!arrived.ok) {
    if (arrived.fault.code === "SEQUENCE_GAP") noteEarly(host, file, arrived.fault.detail.sequence);
    return arrived;
  }
  const arrival = arrived.value;
  // From here to the commit nothing is waited for: the two may have gone apart meanwhile, or the file have been taken.
  const together = checkTogether(host.desk, arrival.from, "import");
  if (!together.ok) return together;
  const { sequence } = arrival.sound.manifest;
  const last = lastFrom(host, arrival.sound.by.key, arrival.from);
  if (last !== arrival.last) return fault("EXCHANGE_REPLAYED", { sequence, last });
  const room = newlyBrought(arrival.brought, host.ledger.kept);
  if (!room.ok) return room;
  const told = tellArrival(arrival);
  const decision = arrival.scene.decided && ceremony !== null ? { ceremony, settles: arrival.result.digest } : null;
  if (arrival.plan.stopped !== null) {
    host.commit(() => setDown(host, arrival, null));
    return ok({ ...told, written: null, receipt: null });
  }
  return ok({ ...told, ...host.commit(() => write(host, arrival, decision)) });
}

async function judge(host: Mesh, file: ExchangeFile, decided: boolean): Promise<Result<Arrival>> {
  const manifest = parseObservation(file.manifest);
  if (!manifest.ok) return manifest;
  const { mesh, trust } = host.standing;
  const together = checkTogether(host.desk, manifest.value.observation.mesh, "import");
  if (!together.ok) return together;
  await host.trust.learn();
  const [statements, authority] = [host.ledger.statements(), host.ledger.authority()];
  const pair = pairFiles({ statements, authority }, [mesh, manifest.value.observation.mesh]);
  const pinned = await pinnedHere(host);
  return judgeArrival({
    file,
    files: { ...pair, ours: { frames: statements.map(({ frame }) => frame), statements: [], mesh }, at: null, trust },
    last: (gateway, from) => lastFrom(host, gateway, from),
    kept: host.ledger.kept,
    pinned: async () => pinned,
    carrier: host.config.self.key,
    decided,
  });
}

/** Only whoever may say it here may; what our own mesh would refuse is not signed. */
function unfit({ standing }: Mesh, type: keyof typeof ROLES) {
  const { chain } = standing.author(
    declarationDraft(type, new Map(), { at: [0, 0], head: { sequence: 0, prev: null } }),
  );
  if (grantsRole(chain, ROLES[type])) return null;
  return fault("ROLE_NOT_GRANTED", { role: ROLES[type], granted: leafOf(chain).grant.roles.join(", ") }).fault;
}

function noteEarly(host: Mesh, file: ExchangeFile, sequence: unknown): void {
  const manifest = parseObservation(file.manifest);
  if (!manifest.ok || typeof sequence !== "number") return;
  const { key: gateway, mesh } = manifest.value.observation;
  host.commit(() => host.exchanges.cameEarly({ gateway, sequence, mesh, at: host.now() }));
}

/** What was found out, and the report: pending where people have to decide. Within a turn. */
function setDown(host: Mesh, { from, to, scene, result, view, policy }: Arrival, decision: Decision | null): void {
  const now = host.now();
  host.note(findingEntries(scene, result, [...view.refused, ...result.unusable], host.config.self.key, now));
  const report = { ...reportOf(scene, result, to), policy };
  const cuts = { ours: host.ledger.last(), theirs: BY_FILE };
  const state = result.mayWrite ? "written" : "pending";
  host.ledger.file({
    digest: result.digest,
    peer: from,
    state,
    ...cuts,
    settles: decision?.settles ?? null,
    report,
    at: now,
  });
}

/** Within a turn: what the file says of authority, the originals and what they rest on, an act for each, the record, and the receipt. */
function write(host: Mesh, arrival: Arrival, decision: Decision | null): Pick<Imported, "written" | "receipt"> {
  const { from, to, brought, carried, scene, result, sound, policy } = arrival;
  const at = [host.now(), host.now()] as const;
  setDown(host, arrival, decision);
  host.ledger.learn(brought);
  const byId = new Map(carried.map((statement) => [statement.id, statement]));
  const acts = actsOf(arrival);
  const originals = acts.flatMap(({ brings }) => brings.flatMap((id) => byId.get(id) ?? []));
  const support = supportOf({ statements: carried, authority: [] }, [to, from]);
  // A receipt of a file of ours may come with the next file from there.
  const receipts = ofType(carried, "receipt").found;
  host.exchanges.came({ gateway: sound.by.key, mesh: from, sequence: sound.manifest.sequence });
  bring(host, to, [...support, ...originals, ...receipts, sound.by]);
  const say = (type: string, content: Parameters<typeof declarationDraft>[1]) =>
    host.publish((head) => declarationDraft(type, content, { at, head }));
  const said = acts.map(({ content }) => say("import", content));
  const report = reportOf(scene, result, to);
  const record = say(
    "reconciliation",
    recordContent(scene, result, report, acts.length, decision, policy?.digest ?? null),
  );
  const receipt = say("receipt", receiptOf(arrival));
  const crossed = acts.map(({ item }, index) => ({ item, act: said[index]?.id ?? "" }));
  const named = { id: record.id, digest: result.digest, from };
  host.note(mergeEntries(crossed, named, decision, host.config.party.name, at[0]));
  return {
    written: { imports: acts.length, acts: said.map(({ id }) => id), record: record.id, receipt: receipt.id },
    receipt: writeFramesFile({ frames: [receipt.frame], statements: [], mesh: to }),
  };
}
