// The one door (SPEC §4). Every road (queue, HTTP, NATS, file, repair) leads through it; the first failure in its fixed order is
// the refusal. It judges by the bytes that arrived and by carried evidence only, never by a local clock.
import {
  type Chain,
  type ChainMemory,
  checkLinkage,
  checkLoops,
  checkMesh,
  checkNarrowing,
  type LinkCheck,
  leafOf,
  proveSignatures,
  remember,
  rootOf,
} from "../authority/chain.ts";
import { checkCompetence, deviceNeed } from "../authority/competence.ts";
import { checkContinuity, proveLinks, rememberLinks } from "../authority/device.ts";
import { openAuthorityStatement } from "../authority/statement.ts";
import type { DeviceNeed } from "../authority/taxonomy.ts";
import { assembleTrust, type Trust } from "../authority/trust.ts";
import { checkFreshness, checkRevocations, checkValidity } from "../authority/validity.ts";
import { equalBytes } from "../bytes.ts";
import { verifyEd25519 } from "../cose/ed25519.ts";
import { admitKey } from "../cose/key.ts";
import { BATCHES_REMEMBERED_MAX, CHAINS_REMEMBERED_MAX, TTL_MICROS_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";
import { type Parsed, parseObservation } from "./decode.ts";
import { named } from "./field-of.ts";
import type { NoticeBody, Observation, VerifiedObservation, Withdrawal } from "./observation.ts";

/** Admits one frame, or refuses it with a code. All that it leaves in `trust` is the memory of what it proved. */
export async function admit(frame: Uint8Array, trust: Trust): Promise<Result<VerifiedObservation>> {
  const [verdict] = await admitEach([frame], trust);
  return verdict as Result<VerifiedObservation>;
}

/** The same of several, each by itself. All are read before the first is checked: by turns the one would push the other's code out of the caches. */
export async function admitEach(
  frames: readonly Uint8Array[],
  trust: Trust,
): Promise<readonly Result<VerifiedObservation>[]> {
  const read = frames.map((frame) => parseObservation(frame, trust)); // size, canonical form, structure
  const signed = await Promise.all(read.map((parsed) => (parsed.ok ? checkSigned(parsed.value, trust) : parsed)));
  const verdicts = read.map((parsed, index) =>
    parsed.ok ? behindCheck(parsed.value, signed[index] as Result<true>, trust) : parsed,
  );
  const areAllHere = (all: readonly Verdict[]): all is readonly Result<VerifiedObservation>[] => !all.some(isAwaited);
  return areAllHere(verdicts) ? verdicts : Promise.all(verdicts);
}

/** At once, where nothing has to be proved for it. */
type Verdict = Result<VerifiedObservation> | Promise<Result<VerifiedObservation>>;
const isAwaited = (verdict: Verdict): verdict is Promise<Result<VerifiedObservation>> => verdict instanceof Promise;

function behindCheck(parsed: Parsed, signed: Result<true>, trust: Trust): Verdict {
  if (!signed.ok) return named(signed, String(signed.fault.detail.field ?? "signature"));
  const { body } = parsed.observation;
  return body.kind === "notice" || body.kind === "batch"
    ? behindCarried(parsed, trust)
    : behindSignature(parsed.observation, trust);
}

/** What carries something that was signed by others. */
async function behindCarried(parsed: Parsed, trust: Trust): Promise<Result<VerifiedObservation>> {
  const { observation } = parsed;
  const { body } = observation;
  const carried = body.kind === "notice" ? await checkCarried(body) : await checkEach(parsed, trust);
  if (!carried.ok) return carried;
  const verdict = await behindSignature(observation, trust);
  if (verdict.ok && body.kind === "batch") noteChecked(parsed, trust);
  return verdict;
}

/** The door's further steps, which judge what is signed. Only what this door has not proved before is waited for. */
function behindSignature(observation: Observation, trust: Trust): Verdict {
  const unproved = unprovedOf(observation, trust.memory);
  const linked = checkPaths(observation, unproved, trust);
  if (!linked.ok) return linked;
  return unproved.length === 0 ? behindChain(observation, trust) : proveChains(observation, unproved, trust);
}

async function proveChains(
  observation: Observation,
  unproved: readonly Chain[],
  trust: Trust,
): Promise<Result<VerifiedObservation>> {
  for (const path of unproved) {
    const proved = await proveSignatures(path, trust.memory);
    if (!proved.ok) return proved;
  }
  for (const path of unproved) remember(trust.memory, path);
  return behindChain(observation, trust);
}

function behindChain(observation: Observation, trust: Trust): Verdict {
  const standing = checkStanding(observation, trust);
  if (!standing.ok) return standing;
  const competent = checkCompetence(observation, trust);
  if (!competent.ok) return competent;
  const need = deviceNeed(observation, competent.value, trust);
  if (observation.deviceLinks.length === 0) return behindLinks(observation, need, trust);
  return proveLinks(observation, trust.memory).then((links) =>
    links.ok ? behindLinks(observation, need, trust) : links,
  );
}

function behindLinks(observation: Observation, need: DeviceNeed, trust: Trust): Result<VerifiedObservation> {
  const continuous = checkContinuity(observation, need, trust);
  if (!continuous.ok) return continuous;
  if (observation.timeToLive === 0 || observation.timeToLive > TTL_MICROS_MAX)
    return fault("TTL_RANGE", { limit: TTL_MICROS_MAX });
  rememberLinks(observation, trust.memory);
  return ok(observation as VerifiedObservation);
}

function pathsOf({ chain, otherPaths }: Observation): readonly Chain[] {
  return otherPaths.length === 0 ? [chain] : [chain, ...otherPaths];
}

const NO_PATHS: readonly Chain[] = [];

/** Of the paths that an observation carries, those that this door has not proved before. */
function unprovedOf(observation: Observation, { proved }: ChainMemory): readonly Chain[] {
  if (observation.otherPaths.length === 0 && proved.has(observation.chain)) return NO_PATHS; // as nearly always
  return pathsOf(observation).filter((path) => !proved.has(path));
}

/**
 * What a batch carries is signed for by whoever said it, and each under a root of its own: whether that root has a seat is for the fold to say.
 * Nothing that only some parties recognise or know bears on it, so that a batch is admitted, or refused, everywhere.
 */
async function checkEach(batch: Parsed, trust: Trust): Promise<Result<true>> {
  const { observation, members } = batch;
  // The platform's checks run side by side; what follows them rarely waits for anything.
  const verdicts = wasChecked(batch, trust)
    ? members.map(() => ok<true>(true))
    : await Promise.all(members.map(checkSignature));
  for (const [index, member] of members.entries()) {
    const found = checkMember(member, observation, verdicts[index] as Result<true>, trust);
    const verdict = isAwaited(found) ? await found : found;
    if (!verdict.ok) return fault("BATCH_MEMBER", { index, code: verdict.fault.code });
  }
  return ok(true);
}

/** Whether these very signatures were verified before: whoever was away is brought a batch by several who hold it. It changes no answer. */
function wasChecked({ observation, statement }: Parsed, { memory }: Trust): boolean {
  const signature = observation.body.kind === "batch" ? memory.batches.get(observation.id) : undefined;
  return signature !== undefined && equalBytes(signature, statement.sign1.signature);
}

/** Of what was admitted: a stranger makes no door forget. */
function noteChecked(batch: Parsed, trust: Trust): void {
  if (wasChecked(batch, trust)) return;
  const { batches } = trust.memory;
  if (batches.size >= BATCHES_REMEMBERED_MAX) batches.clear();
  batches.set(batch.observation.id, batch.statement.sign1.signature.slice()); // a copy: it is remembered for longer than its frame
}

function checkMember(member: Parsed, batch: Observation, signed: Result<true>, trust: Trust): Verdict {
  const { mesh, ceremony, round, chain } = member.observation;
  if (mesh !== batch.mesh || ceremony !== batch.ceremony || round !== batch.round)
    return fault("CEREMONY_MISMATCH", { found: ceremony });
  const sound = checkKey(member, trust);
  if (!sound.ok) return sound;
  return signed.ok ? behindSignature(member.observation, unbiased(rootOf(chain), trust)) : signed;
}

const ALONE = assembleTrust({ mesh: null, pins: new Map() });
const unbiasedTrusts = new WeakMap<ChainMemory, Map<string, Trust>>();

/** Trust in one root and in nothing else; its memory of proved chains is shared. */
function unbiased(root: string, { memory }: Trust): Trust {
  const known = unbiasedTrusts.get(memory) ?? new Map<string, Trust>();
  const before = known.get(root);
  if (before !== undefined) return before;
  if (known.size > CHAINS_REMEMBERED_MAX) known.clear();
  const trust = { ...ALONE, roots: new Map([[root, "its holder"]]), memory };
  unbiasedTrusts.set(memory, known.set(root, trust));
  return trust;
}

function checkSigned(parsed: Parsed, trust: Trust): Result<true> | Promise<Result<true>> {
  const sound = checkKey(parsed, trust);
  if (!sound.ok) return named(sound, "key");
  return wasChecked(parsed, trust) ? ok(true) : checkSignature(parsed);
}

function checkKey({ observation, statement }: Parsed, { memory }: Trust): Result<unknown> {
  return memory.keys.has(observation.key) ? ok(true) : admitKey(statement.key);
}

function checkSignature({ statement: { key, toBeSigned, sign1 } }: Parsed): Promise<Result<true>> {
  return verifyEd25519(key, toBeSigned, sign1.signature);
}

/** What is carried is signed as well as what carries it: whether its signer has standing is judged where it bears on something. */
async function checkCarried(notice: NoticeBody): Promise<Result<true>> {
  const opened =
    "withdrawal" in notice
      ? await openWithdrawal(notice.withdrawal)
      : await openAuthorityStatement(notice.revocation.frame);
  return opened.ok ? ok(true) : named(opened, "payload");
}

/** Through the door by itself, under whatever root it names: whose that root is, the ceremony's call says. */
async function openWithdrawal({ frame, chain }: Withdrawal): Promise<Result<VerifiedObservation>> {
  const root = rootOf(chain);
  return admit(frame, assembleTrust({ mesh: null, pins: new Map([[root, root]]) }));
}

/** SPEC §4.5: what follows from the chains' bytes, cheapest first; what was proved before is within its own bounds. */
function checkPaths(observation: Observation, unproved: readonly Chain[], trust: Trust): Result<true> {
  const { chain, mesh } = observation;
  if (trust.mesh !== null && mesh !== trust.mesh) return fault("MESH_UNKNOWN", { mesh, need: trust.mesh });
  const refusal =
    firstFault(unproved, checkLinkage, mesh) ??
    firstFault(pathsOf(observation), checkMesh, mesh) ??
    firstFault(unproved, checkLoops, mesh);
  if (refusal !== null) return refusal;
  if (!trust.roots.has(rootOf(chain))) return fault("ROOT_UNKNOWN", { root: rootOf(chain) });
  return firstFault(unproved, checkNarrowing, mesh) ?? ok(true);
}

/** SPEC §4.6 and §4.7: who speaks by a chain that is proved, and what this party knows of it. */
function checkStanding(observation: Observation, trust: Trust): Result<true> {
  const { chain, otherPaths, at, key } = observation;
  const isOthers = (path: Chain) => leafOf(path).holder !== key;
  if (isOthers(chain) || otherPaths.some(isOthers)) return fault("SIGNER_MISMATCH");
  const valid = checkValidity(chain, at, trust);
  if (!valid.ok) return valid;
  const standing = checkRevocations(chain, observation, trust);
  return standing.ok ? checkFreshness(chain, at, trust) : standing;
}

type Refused = Extract<Result<true>, { ok: false }>;

function firstFault(paths: readonly Chain[], check: LinkCheck, mesh: string): Refused | null {
  for (const path of paths) {
    const checked = check(path, mesh);
    if (!checked.ok) return checked;
  }
  return null;
}
