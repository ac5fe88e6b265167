// The one road into the objects of ceremonies and meshes: decode and verify here, where the platform scales out, then one call for each.
// Queue, HTTP and NATS all come through this function, so the same frame has the same verdict on every road.
import { type AgentConfig, meshTime } from "../durable/config.ts";
import { type AgentEnv, DIRECTORY_NAME } from "../durable/env.ts";
import type { Trust } from "../shared/authority/trust.ts";
import { REVOCATIONS_LIVE_MAX, RUN_BYTES_MAX } from "../shared/limits.ts";
import { FACTS_TOKEN } from "../shared/mesh/subject.ts";
import { admit, admitEach } from "../shared/observation/admit.ts";
import {
  ceremonyOf,
  isKind,
  isOfMesh,
  type Observation,
  type RevocationNotice,
  type VerifiedObservation,
} from "../shared/observation/observation.ts";
import { handOn } from "../shared/observation/reopen.ts";
import { type Fault, fault, ok, type Result } from "../shared/result.ts";
import { runsOf } from "../shared/runs.ts";
import { type Door, doorOf, newsIn } from "./door.ts";
import { type Answer, failed, handIn, inTime } from "./hand-in.ts";
import { bringWithdrawals, meshOfTopic, submitToMesh } from "./mesh-road.ts";
import { countStatements } from "./ops/count.ts";
import { keepRefused } from "./refused.ts";
import { Signers } from "./signers.ts";

/** A frame and how it came. `account` and `topic` are set where a NATS server stamped them. */
export type Arrival = {
  readonly road: "nats" | "http" | "queue";
  readonly account: string | null;
  readonly topic: string | null;
  readonly frame: Uint8Array;
};

/** Answers every arrival, in order. Whatever goes wrong in one ceremony is answered for that ceremony's frames alone. */
export async function ingest(
  env: AgentEnv,
  config: AgentConfig,
  arrivals: readonly Arrival[],
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  // What comes in one message may be a hundred packed batches of bids.
  for (const run of runsOf(arrivals, ({ frame }) => frame, RUN_BYTES_MAX))
    answers.push(...(await ingestRun(env, config, run)));
  return answers;
}

async function ingestRun(env: AgentEnv, config: AgentConfig, arrivals: readonly Arrival[]): Promise<readonly Answer[]> {
  const opened = await doorOf(env, config).catch(failed);
  if (!opened.ok) return arrivals.map(() => ({ refusal: misconfigured(opened.fault) }));
  const door = opened.value;
  const open = arrivals.some(({ road }) => road === "http");
  const signers = open ? new Signers(env.CEREMONY, Date.now(), meshTime(config)) : null;
  const judged = await judgeEach(config, door, signers, arrivals);
  const news = await learn(env, config, door, judged);
  await keepRefused(env, arrivals, judged);
  const answers: (Answer | undefined)[] = judged.map((result) => (result.ok ? undefined : { refusal: result.fault }));
  const groups = new Map<string, { readonly place: Place; readonly indexes: number[] }>();
  for (const [index, result] of judged.entries()) {
    if (!result.ok) continue;
    const place = result.value;
    if ("said" in place && isKind(place.said, "notice") && place.said.ceremony === null) {
      answers[index] = learnedAnswer(place.said as Observation<RevocationNotice>, news.left);
      continue;
    }
    const name = "said" in place ? ceremonyOf(place.said) : `mesh ${place.mesh}`;
    const group = groups.get(name) ?? { place, indexes: [] };
    group.indexes.push(index);
    groups.set(name, group);
  }
  await Promise.all(
    [...groups.values()].map(async ({ place, indexes }) => {
      const said = indexes.flatMap((index) => saidIn(judged[index]));
      for (const each of said) handOn(each);
      const received =
        "said" in place
          ? await handIn(env, ceremonyOf(place.said), said, concerning(said, door.trust))
          : await toMesh(
              env,
              config,
              place.mesh,
              indexes.map((index) => arrivals[index] as Arrival),
            );
      for (const [at, index] of indexes.entries()) answers[index] = received[at] as Answer;
    }),
  );
  // Only now: the notice that brought it into one of them is there by now. Whatever is not told is asked for as its round ends.
  await tellCeremonies(env, news.learned).catch(failed);
  await countStatements(env, config, arrivals, said(judged), answers as readonly Answer[]);
  await bringWithdrawals(env, config, judged.filter((_, index) => isTaken(answers[index])).flatMap(saidIn));
  return answers as readonly Answer[];
}

function isTaken(answer: Answer | undefined): boolean {
  return answer !== undefined && "receipt" in answer && ["admitted", "held"].includes(answer.receipt.verdict);
}

/** The statement that each arrival was; null where the door refused it, or a mesh's keeper judges it. */
function said(judged: readonly Result<Place>[]): readonly (VerifiedObservation | null)[] {
  return judged.map((result) => saidIn(result)[0] ?? null);
}

/** Where a frame goes: into a ceremony, once the door has admitted it, or to a mesh's keeper, whose door is the same under more trusts. */
type Place = { readonly said: VerifiedObservation } | { readonly mesh: string };

function saidIn(result: Result<Place> | undefined): readonly VerifiedObservation[] {
  return result?.ok && "said" in result.value ? [result.value.said] : [];
}

async function toMesh(env: AgentEnv, config: AgentConfig, mesh: string, arrivals: readonly Arrival[]) {
  try {
    const frames = arrivals.map(({ frame }) => frame);
    const answers = await submitToMesh(env, config, mesh, frames);
    if (!answers.ok) return arrivals.map((): Answer => ({ refusal: answers.fault }));
    return answers.value.map((answer, index) => awaiting(answer, arrivals[index] as Arrival));
  } catch (error) {
    const refusal = failed(error, mesh).fault;
    return arrivals.map((): Answer => ({ refusal }));
  }
}

/**
 * A partner's frame of a mesh that no agreement of ours names is tried again for a while: the agreement may be on its way. Nobody else is
 * waited for.
 */
function awaiting(answer: Answer, { road }: Arrival): Answer {
  if (road !== "nats" || !("refusal" in answer) || answer.refusal.code !== "MESH_UNKNOWN") return answer;
  return { refusal: fault("AGREEMENT_AWAITED", { mesh: answer.refusal.detail.mesh }).fault };
}

/** Revocations by which the door goes from now on, and the ids of those for which there was no room. */
type News = { readonly learned: readonly Uint8Array[]; readonly left: ReadonlySet<string> };

/** What came is known to every frame that comes from now on. */
async function learn(env: AgentEnv, config: AgentConfig, door: Door, judged: readonly Result<Place>[]): Promise<News> {
  const news = judged.flatMap(saidIn).flatMap((said) => newsIn(said, door) ?? []);
  if (news.length === 0) return { learned: [], left: new Set() };
  const left = new Set(await env.DIRECTORY.getByName(DIRECTORY_NAME).learn(news));
  // Whoever keeps a mesh says that it has seen it, and judges again what rests on it.
  await Promise.allSettled([...config.standings.keys()].map(async (mesh) => inTime(env.MESH.getByName(mesh).tick())));
  return { learned: news.filter(({ id }) => !left.has(id)).map(({ frame }) => frame), left };
}

/** Open ceremonies that are told of a revocation at once; any other learns of it with the next statement that it concerns. */
export const TOLD_MAX = 100;

/** A revocation bears on what was said before it came, too. */
async function tellCeremonies(env: AgentEnv, revocations: readonly Uint8Array[]): Promise<void> {
  if (revocations.length === 0) return;
  const open = await env.DIRECTORY.getByName(DIRECTORY_NAME).open(TOLD_MAX);
  await Promise.allSettled(open.map(async (id) => inTime(env.CEREMONY.getByName(id).hear(revocations))));
}

function learnedAnswer({ id, body }: Observation<RevocationNotice>, unlearned: ReadonlySet<string>): Answer {
  if (unlearned.has(body.revocation.id))
    return { refusal: fault("REVOCATIONS_FULL", { limit: REVOCATIONS_LIVE_MAX }).fault };
  return { receipt: { id, verdict: "admitted", code: null, detail: { revocation: body.revocation.id } } };
}

/** The revocations that name a credential in use in these statements. */
function concerning(said: readonly VerifiedObservation[], { revocations }: Trust): readonly Uint8Array[] {
  if (revocations.length === 0) return [];
  const used = new Set(said.flatMap(speakersIn).flatMap(({ chain }) => chain.map(({ id }) => id)));
  return revocations.filter(({ body }) => used.has(body.credential)).map(({ frame }) => frame);
}

/** Of a batch its members too, whoever carries them: an elector may not know what is withdrawn, or not care. */
function speakersIn(said: VerifiedObservation): readonly Observation[] {
  return said.body.kind === "batch" ? [said, ...said.body.members] : [said];
}

function misconfigured({ code, detail }: Fault): Fault {
  return code === "INTERNAL"
    ? { code, detail }
    : fault("CONFIG_INVALID", { path: "PARTY.trust", need: `sound (${code})` }).fault;
}

/** The road's own checks, then the door. What goes wrong with one frame is answered for that one. */
async function judgeEach(
  config: AgentConfig,
  door: Door,
  signers: Signers | null,
  arrivals: readonly Arrival[],
): Promise<readonly Result<Place>[]> {
  const budgetOf = ({ road }: Arrival) => (road === "http" ? signers : null);
  const before = arrivals.map((arrival) => tried(() => atTheRoad(config, budgetOf(arrival), arrival)));
  const forDoor = arrivals.filter((_, index) => before[index] === null);
  const admitted = await throughDoor(
    forDoor.map(({ frame }) => frame),
    door,
  );
  let at = 0;
  return arrivals.map((arrival, index) => {
    const answered = before[index] ?? null;
    if (answered !== null) return answered;
    const verdict = admitted[at++] as Result<VerifiedObservation>;
    return tried(() => behindDoor(config, budgetOf(arrival), arrival, verdict));
  });
}

function tried<T>(judge: () => T): T | ReturnType<typeof failed> {
  try {
    return judge();
  } catch (error) {
    return failed(error);
  }
}

/** Null where it is for the door to say. */
function atTheRoad(
  config: AgentConfig,
  signers: Signers | null,
  { account, topic, frame }: Arrival,
): Result<Place> | null {
  if (account !== null && !config.party.partners.some((partner) => partner.account === account))
    return fault("ACCOUNT_UNKNOWN", { account });
  const mesh = meshOfTopic(topic);
  if (mesh !== null) return ok({ mesh });
  const claimed = signers?.claimed(frame);
  return claimed === undefined || claimed.ok ? null : claimed;
}

/** A subject is never evidence, but one that contradicts its frame is refused. */
function behindDoor(
  config: AgentConfig,
  signers: Signers | null,
  { topic }: Arrival,
  admitted: Result<VerifiedObservation>,
): Result<Place> {
  const elsewhere = !admitted.ok && admitted.fault.code === "MESH_UNKNOWN" ? String(admitted.fault.detail.mesh) : null;
  if (topic === null && elsewhere !== null && config.standings.has(elsewhere)) return ok({ mesh: elsewhere });
  if (!admitted.ok) return admitted;
  const { value } = admitted;
  const spent = signers?.spend(value) ?? ok(null);
  if (!spent.ok) return spent;
  if (topic === null) return ok(isOfMesh(value) ? { mesh: value.mesh } : { said: value });
  if (isOfMesh(value)) return fault("MESH_STATEMENT", { kind: value.body.kind, topic: `${value.mesh}.${FACTS_TOKEN}` });
  const found = `${value.mesh}.${ceremonyOf(value)}`;
  return topic === found ? ok({ said: value }) : fault("SUBJECT_MISMATCH", { found });
}

const WITHDRAWN: readonly string[] = ["CREDENTIAL_REVOKED", "OBSERVATION_BACKDATED"];

/**
 * The door. What is said in a ceremony under a credential that was withdrawn is let in all the same: its parties may have learned of it at
 * different times, and judge it over the set that they close, into which the revocation is carried (SPEC §14.1).
 */
async function throughDoor(
  frames: readonly Uint8Array[],
  { trust }: Door,
): Promise<readonly Result<VerifiedObservation>[]> {
  const alone = (frame: Uint8Array) => admit(frame, trust).catch(failed);
  const admitted = await admitEach(frames, trust).catch(() => Promise.all(frames.map(alone)));
  const isWithdrawn = (verdict: Result<VerifiedObservation>) => !verdict.ok && WITHDRAWN.includes(verdict.fault.code);
  if (!admitted.some(isWithdrawn)) return admitted;
  const before = { ...trust, revocations: [], revocationAge: null };
  return Promise.all(
    admitted.map(async (verdict, index) => {
      if (!isWithdrawn(verdict)) return verdict;
      const earlier = await admit(frames[index] as Uint8Array, before).catch(failed);
      if (!earlier.ok) return earlier.fault.code === "INTERNAL" ? earlier : verdict;
      return earlier.value.ceremony === null ? verdict : earlier;
    }),
  );
}

/** The fault in an answer, if it is a refusal. */
export function faultOf(answer: Answer): Fault | null {
  if ("refusal" in answer) return answer.refusal;
  const { code, detail, verdict } = answer.receipt;
  return verdict === "refused" && code !== null ? { code, detail } : null;
}
