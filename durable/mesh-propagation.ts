// A revocation reaches what was decided here before it (SPEC §15.17): exactly what rests on it is judged again, some at a time, each with an
// entry of its own in the mesh's lineage. What was decided stays as it was, and what was done on it is never undone, only marked.
import type { CborMap } from "../shared/cbor/value.ts";
import { parseBundle } from "../shared/evidence/bundle.ts";
import { judgedAgain, type Placed, placedOf, revocableIn, type Standing } from "../shared/evidence/propagate.ts";
import { verifyBundle } from "../shared/evidence/verify.ts";
import { BUNDLE_READ_MAX, NESTING_MAX } from "../shared/limits.ts";
import { openFrames } from "../shared/mesh/signed/open.ts";
import { mayRevoke } from "../shared/mesh/translator.ts";
import type { Id, VerifiedObservation } from "../shared/observation/observation.ts";
import type { Heard } from "./coalition-ledger.ts";
import type { Due } from "./decision-index.ts";
import { type AgentEnv, DIRECTORY_NAME } from "./env.ts";
import { readWhole } from "./evidence-export.ts";
import { log } from "./log.ts";
import { poolHere } from "./mesh-coalition.ts";
import type { Mesh } from "./mesh-object.ts";

type Env = Pick<AgentEnv, "DIRECTORY" | "CEREMONY">;

/** Bundles read in one look: each is some milliseconds of work, and a look must not hold up the statements that arrive. */
const AT_A_TIME = 16;
const PLACE = "ceremonies";
const IMPORTS = "imports";

type Standings = { readonly before: Standing; readonly after: Standing };

/** One look, and the next soon where there is more to do. What failed is tried again at the next sweep. */
export async function propagateOn(host: Mesh, env: Env, again: (atMs: number) => void): Promise<void> {
  try {
    if (await propagateHere(host, env)) again(Date.now());
  } catch (error) {
    failed(host, "propagation-failed", error);
  }
}

/** True where there is more to do. */
async function propagateHere(host: Mesh, env: Env): Promise<boolean> {
  if ((await indexSome(host, env)) || indexImports(host)) return true;
  await considerAll(host);
  const due = host.decisions.due(AT_A_TIME);
  let whole = true;
  for (const one of due)
    await judgeOne(host, env, one).catch((error: unknown) => {
      whole = false;
      failed(host, "not-judged-again", error, one.decision);
    });
  return whole && due.length === AT_A_TIME;
}

function failed({ standing: { mesh } }: Mesh, event: string, error: unknown, ceremony: Id | null = null): null {
  log("error", event, { mesh, ceremony, reason: String(error) });
  return null;
}

/** Takes ended ceremonies into the index, in the order in which they ended. */
async function indexSome(host: Mesh, env: Env): Promise<boolean> {
  const after = host.decisions.indexedTo(PLACE);
  const ended = await env.DIRECTORY.getByName(DIRECTORY_NAME).ended(after, AT_A_TIME);
  for (const { ceremony, phase, n } of ended) {
    // One whose evidence cannot be read (a burst's is too large for this object) must not keep the others from the index.
    const placed = await bundleOf(env, ceremony).catch((error: unknown) =>
      failed(host, "not-indexed", error, ceremony),
    );
    host.commit(() => {
      if (placed !== null) host.decisions.add(placed.decision, restsOf(host, placed.decision), phase === "final");
      host.decisions.indexed(PLACE, n);
    });
  }
  return ended.length === AT_A_TIME;
}

/** Credentials count in the mesh of the ceremony, translators in that of the coalition that it is under. */
function restsOf({ standing }: Mesh, { mesh, revocable, under }: Placed): readonly string[] {
  return [...(mesh === standing.mesh ? revocable : []), ...(under?.mesh === standing.mesh ? under.translators : [])];
}

/** Takes imports into the index: each rests on the credentials of all that it carries, and on the translators that its acts name. */
function indexImports(host: Mesh): boolean {
  const rows = host.ledger.imports(host.decisions.indexedTo(IMPORTS), AT_A_TIME);
  host.commit(() => {
    for (const { n, act } of rows) {
      const carried = carriedBy(host, act);
      const inner = carried.slice(1).map(({ id }) => id);
      const decision = { id: act.id, citable: new Set([act.id]), cites: new Set(inner) };
      if (act.mesh === host.standing.mesh)
        host.decisions.add(decision, [...carried.flatMap(revocableIn), ...carried.flatMap(translatorsOf)], true);
      host.decisions.indexed(IMPORTS, n);
    }
  });
  return rows.length === AT_A_TIME;
}

/** An act, the acts inside it, and the fact that they are about, as far as they are held. */
function carriedBy({ ledger }: Mesh, act: VerifiedObservation): readonly VerifiedObservation[] {
  const carried = [act];
  for (let at = innerOf(act); at !== null && carried.length <= NESTING_MAX; ) {
    const inner = ledger.statement(at);
    if (inner !== null) carried.push(inner);
    at = inner === null ? null : innerOf(inner);
  }
  return carried;
}

function contentOf({ body }: VerifiedObservation): CborMap {
  return body.kind === "declaration" && body.type === "import" ? body.content : new Map();
}

function innerOf(statement: VerifiedObservation): Id | null {
  const inner = contentOf(statement).get("inner");
  return typeof inner === "string" ? inner : null;
}

function translatorsOf(statement: VerifiedObservation): readonly string[] {
  const translators = contentOf(statement).get("translators");
  return Array.isArray(translators) ? translators.map(String) : [];
}

async function bundleOf(env: Env, ceremony: Id): Promise<{ bytes: Uint8Array; decision: Placed } | null> {
  const exported = await env.CEREMONY.getByName(ceremony).evidence();
  if (exported === null) return null;
  const bytes = await readWhole(exported);
  if (bytes === null) throw new Error(`its evidence is larger than ${BUNDLE_READ_MAX} bytes`);
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
  const whats = ({ kind, revokes, by, key }: Heard) => {
    if (kind === "credential") return signersLike(host, key as string).map((signer) => `${revokes} ${signer}`);
    return revokes === "*" ? translators.filter((one) => mayRevoke(by, one)).map(({ id }) => id) : [revokes];
  };
  host.commit(() => {
    for (const heard of fresh) host.decisions.consider(heard.id, whats(heard));
  });
}

/** Its evidence is no longer at hand: it can no longer be shown to hold. */
const GONE = {
  before: { verdict: "passed", digest: null, setAside: 0 },
  after: { verdict: "indeterminate", digest: null, setAside: 0 },
} as const;

/** All keys of a root's history speak for it; any other key speaks for itself. */
function signersLike({ roots }: Mesh, key: string): readonly string[] {
  const authority = roots.get(key);
  const keys = authority === undefined ? [] : [...roots].filter(([, name]) => name === authority).map(([each]) => each);
  return [...new Set([key, ...keys])];
}

async function judgeOne(host: Mesh, env: Env, due: Due): Promise<void> {
  const revocation = host.books.heard().find(({ id }) => id === due.revocation);
  const act = host.ledger.statement(due.decision);
  const standings =
    revocation === undefined
      ? GONE
      : act === null
        ? await standingsOf(host, env, revocation, due.decision)
        : await standingsOfImport(host, revocation, act);
  host.commit(() => {
    const because = host.decisions.harmed(due);
    const { status, entry } = judgedAgain(due.decision, { id: due.revocation, at: host.now() }, standings, because);
    const released = due.acted ? "effects were released, and stay" : "nothing was released";
    const acted = act === null ? released : "it was taken in, and is kept";
    host.decisions.settle(due, status);
    host.note([{ ...entry, about: [...entry.about, ...because], detail: { ...entry.detail, acted } }]);
  });
}

async function standingsOf(host: Mesh, env: Env, revocation: Heard, ceremony: Id): Promise<Standings> {
  const placed = await bundleOf(env, ceremony);
  if (placed === null) return GONE;
  return revocation.kind === "translator"
    ? standingsUnder(revocation, placed.decision)
    : standingsWithout(host, revocation.id, placed.bytes);
}

/** An import holds while all that it carries passes the door; one that was made before its translator was withdrawn goes on holding. */
async function standingsOfImport(host: Mesh, { kind, after }: Heard, act: VerifiedObservation): Promise<Standings> {
  const before: Standing = { verdict: "passed", digest: null, setAside: 0 };
  const lost: Standing = { ...before, verdict: "failed" };
  if (kind === "translator") return { before, after: act.at[1] >= after ? lost : before };
  const trusts = await host.trusts();
  if (!trusts.ok) return { before, after: lost };
  const frames = carriedBy(host, act).map(({ frame }) => frame);
  const { refused } = await openFrames(frames, trusts.value);
  return { before, after: refused.length > 0 ? lost : before };
}

/** Under all other revocations that are known, without this one and with it. */
async function standingsWithout(host: Mesh, revocation: Id, bytes: Uint8Array): Promise<Standings> {
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
function standingsUnder({ id, after }: Heard, { at, under, withdrawals }: Placed): Standings {
  const before: Standing = { verdict: "passed", digest: null, setAside: 0 };
  const unaware = at + (under?.shift ?? 0) >= after && !withdrawals.has(id);
  return { before, after: unaware ? { ...before, setAside: 1 } : before };
}
