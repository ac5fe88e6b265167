// A revocation reaches what was decided here before it (SPEC §15.17): exactly what rests on it is judged again, some at a time, each with an
// entry of its own in the mesh's lineage. What was decided stays as it was, and what was done on it is never undone, only marked.
import { parseBundle } from "../shared/evidence/bundle.ts";
import { judgedAgain, type Placed, placedOf, type Standing } from "../shared/evidence/propagate.ts";
import { verifyBundle } from "../shared/evidence/verify.ts";
import { mayRevoke } from "../shared/mesh/translator.ts";
import type { Id } from "../shared/observation/observation.ts";
import type { Heard } from "./coalition-ledger.ts";
import type { Due } from "./decision-index.ts";
import { type AgentEnv, DIRECTORY_NAME } from "./env.ts";
import { poolHere } from "./mesh-coalition.ts";
import type { Mesh } from "./mesh-object.ts";

type Env = Pick<AgentEnv, "DIRECTORY" | "CEREMONY">;

/** Bundles read in one look: each is some milliseconds of work, and a look must not hold up the statements that arrive. */
const AT_A_TIME = 16;
const RETRY_MS = 5_000;
const PLACE = "ceremonies";

/** One look, and the next soon where there is more to do or something failed. */
export async function propagateOn(host: Mesh, env: Env, again: (atMs: number) => void): Promise<void> {
  try {
    if (await propagateHere(host, env)) again(Date.now());
  } catch (error) {
    console.error({ event: "propagation-failed", mesh: host.standing.mesh, reason: String(error) });
    again(Date.now() + RETRY_MS);
  }
}

/** True where there is more to do. */
async function propagateHere(host: Mesh, env: Env): Promise<boolean> {
  if (await indexSome(host, env)) return true;
  await considerAll(host);
  const due = host.decisions.due(AT_A_TIME);
  for (const one of due) await judgeOne(host, env, one);
  return due.length === AT_A_TIME;
}

/** Takes ended ceremonies into the index, in the order in which they ended. */
async function indexSome(host: Mesh, env: Env): Promise<boolean> {
  const after = host.decisions.indexedTo(PLACE);
  const ended = await env.DIRECTORY.getByName(DIRECTORY_NAME).ended(after, AT_A_TIME);
  for (const { ceremony, phase, n } of ended) {
    const placed = await bundleOf(env, ceremony);
    host.commit(() => {
      if (placed !== null) host.decisions.add(placed.decision, restsOf(host, placed.decision), phase === "final");
      host.decisions.indexed(PLACE, n);
    });
  }
  return ended.length === AT_A_TIME;
}

/** Credentials count in the mesh of the ceremony, translators in that of the coalition that it is under. */
function restsOf({ standing }: Mesh, { mesh, credentials, under }: Placed): readonly string[] {
  return [...(mesh === standing.mesh ? credentials : []), ...(under?.mesh === standing.mesh ? under.translators : [])];
}

async function bundleOf(env: Env, ceremony: Id): Promise<{ bytes: Uint8Array; decision: Placed } | null> {
  const text = await env.CEREMONY.getByName(ceremony).evidence();
  if (text === null) return null;
  const bytes = new TextEncoder().encode(text);
  const bundle = parseBundle(bytes);
  return bundle.ok ? { bytes, decision: placedOf(bundle.value) } : null;
}

/** Revocations that count and that have not been followed yet. */
async function considerAll(host: Mesh): Promise<void> {
  const fresh = host.books
    .heard()
    .filter(({ id, enforcing }) => enforcing !== null && !host.decisions.isConsidered(id));
  if (fresh.length === 0) return;
  const pool = await poolHere(host);
  const translators = pool.ok ? pool.value.pool.translators : [];
  const whats = ({ kind, revokes, by }: Heard) =>
    kind === "translator" && revokes === "*"
      ? translators.filter((translator) => mayRevoke(by, translator)).map(({ id }) => id)
      : [revokes];
  host.commit(() => {
    for (const heard of fresh) host.decisions.consider(heard.id, whats(heard));
  });
}

/** Its evidence is no longer at hand: it can no longer be shown to hold. */
const GONE = {
  before: { verdict: "passed", digest: null, setAside: 0 },
  after: { verdict: "indeterminate", digest: null, setAside: 0 },
} as const;

async function judgeOne(host: Mesh, env: Env, due: Due): Promise<void> {
  const revocation = host.books.heard().find(({ id }) => id === due.revocation);
  const placed = await bundleOf(env, due.decision);
  const standings =
    revocation === undefined || placed === null
      ? GONE
      : revocation.kind === "translator"
        ? standingsUnder(revocation, placed.decision)
        : await standingsWithout(host, revocation.id, placed.bytes);
  host.commit(() => {
    const because = host.decisions.harmed(due);
    const { status, entry } = judgedAgain(due.decision, { id: due.revocation, at: host.now() }, standings, because);
    const acted = due.acted ? "effects were released, and stay" : "nothing was released";
    host.decisions.settle(due, status);
    host.note([{ ...entry, about: [...entry.about, ...because], detail: { ...entry.detail, acted } }]);
  });
}

/** Under all other revocations that are known, without this one and with it. */
async function standingsWithout(host: Mesh, revocation: Id, bytes: Uint8Array) {
  const { trust } = host.standing;
  const frames = host.ledger.revocationFrames();
  const others = [...frames].filter(([id]) => id !== revocation).map(([, frame]) => frame);
  const standing = async (revocations: readonly Uint8Array[]): Promise<Standing> => {
    const { verdict, outcome, setAside } = await verifyBundle(bytes, { trust, revocations });
    return { verdict, digest: outcome?.digest ?? null, setAside: setAside.length };
  };
  return { before: await standing(others), after: await standing([...frames.values()]) };
}

/** What was said before the translator was withdrawn stands; what was decided later without knowing it rests on a state that had passed. */
function standingsUnder({ id, after }: Heard, { at, under, withdrawals }: Placed) {
  const before: Standing = { verdict: "passed", digest: null, setAside: 0 };
  const unaware = at + (under?.shift ?? 0) >= after && !withdrawals.has(id);
  return { before, after: unaware ? { ...before, setAside: 1 } : before };
}
