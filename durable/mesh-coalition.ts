// A coalition as one party's keeper of a mesh sees it: its effective policy, how it stands to what partners distribute, and who has seen
// which revocation. What is computed is shared/coalition; here it is read, remembered and said.
import type { Trust } from "../shared/authority/trust.ts";
import type { CborMap } from "../shared/cbor/value.ts";
import { type OpenedPool, openPool } from "../shared/coalition/open.ts";
import { type Pinned, pinPolicy } from "../shared/coalition/pinned.ts";
import { type Posture, postureEntries, posturesOf } from "../shared/coalition/posture.ts";
import { type Hearing, hearingOf, SEEN_TYPE, seenContent, seenIn } from "../shared/coalition/seen.ts";
import { type ShownPolicy, shownPolicy } from "../shared/coalition/shown.ts";
import { COALITION_TYPES, type Heads, isCoalition, nextNumber, numbersOf } from "../shared/coalition/signed.ts";
import { fellBack } from "../shared/coalition/source.ts";
import { REVOCATIONS_LIVE_MAX } from "../shared/limits.ts";
import type { Entry } from "../shared/lineage/entry.ts";
import { declaredTranslators } from "../shared/mesh/signed/declared.ts";
import { declarationDraft } from "../shared/mesh/signed/draft.ts";
import type { Translator } from "../shared/mesh/translator.ts";
import { bornLabels, joinLabels, type Labels } from "../shared/observation/labels.ts";
import { isKind } from "../shared/observation/observation.ts";
import { reopen } from "../shared/observation/reopen.ts";
import { ok, type Result } from "../shared/result.ts";
import type { CoalitionSource, Heard } from "./coalition-ledger.ts";
import type { Reach } from "./decision-index.ts";
import { heardNow } from "./mesh-hearing.ts";
import type { Mesh } from "./mesh-object.ts";
import type { MeshSaying } from "./mesh-rpc.ts";

/** What was pulled from an address: the statements that it served, or why there are none. */
export type PulledSource = {
  readonly url: string;
  readonly frames: readonly Uint8Array[];
  readonly refused: CoalitionSource["refused"];
  readonly code: "SOURCE_SILENT" | "SOURCE_UNREADABLE" | "SOURCE_TOO_LARGE" | "AUTHORITY_FULL" | null;
  /** Statements that were not held before. */
  readonly fresh: number;
};

export type ShownRevocation = Heard & {
  readonly partners: readonly Hearing[];
  /** What became of the decisions held here that rest on what it takes away. */
  readonly decisions: Reach;
};

export type ShownCoalition = {
  readonly mesh: string;
  readonly home: string;
  readonly at: number;
  readonly heads: Readonly<Record<string, number>>;
  readonly items: readonly (Posture & { readonly since: number | null })[];
  readonly sources: readonly CoalitionSource[];
  /** Revocations that some partner does not go by yet, as far as is known. */
  readonly unseen: number;
};

/** Our own effective policy in an operation, or outside of any, as the pool at hand gives it now. */
export async function effectiveHere(host: Mesh, operation: string | null): Promise<Result<ShownPolicy>> {
  const pool = await poolHere(host);
  if (!pool.ok) return pool;
  return shownPolicy(pool.value, { home: host.config.party.name, at: host.now(), operation });
}

/** The same, for what is judged under it from its beginning to its end; null where the party has no policy in force. */
export async function pinnedHere(host: Mesh): Promise<Pinned | null> {
  const pool = await poolHere(host);
  if (!pool.ok) return null;
  const pinned = pinPolicy(pool.value, { home: host.config.party.name, at: host.now(), operation: null });
  return pinned.ok ? pinned.value : null;
}

/** What is held of the coalition, through the door under what is known of authority now. */
export async function poolHere(host: Mesh): Promise<Result<OpenedPool>> {
  const { mesh } = host.standing;
  const trusts = await host.trusts();
  if (!trusts.ok) return trusts;
  const frames = coalitionStatements(host).map(({ frame }) => frame);
  return ok(await openPool(frames, mesh, trusts.value.get(mesh) as Trust));
}

function coalitionStatements(host: Mesh) {
  const said = COALITION_TYPES.flatMap((type) => host.ledger.statements(undefined, type));
  return said.filter((statement) => statement.mesh === host.standing.mesh);
}

/**
 * A saying as it is signed: a coalition's document that nobody numbered gets the party's next number, and a fact bears, besides its own labels,
 * those of all that it is drawn from.
 */
export function prepared(host: Mesh, saying: MeshSaying): MeshSaying {
  if (saying.say === "declaration") return numbered(host, saying);
  if (saying.sources.length === 0) return saying;
  const borne = bornLabels(drawnFrom(host, saying.sources));
  return { ...saying, labels: joinLabels([saying.labels, ...saying.sources.map(borne)]) };
}

/** Facts, and what they were drawn from in turn, as far as they are held. */
function drawnFrom(host: Mesh, sources: readonly string[]) {
  const found = new Map<string, { readonly id: string; readonly labels: Labels; readonly drawn: readonly string[] }>();
  const open = [...sources];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const statement = found.has(id) ? null : host.ledger.statement(id);
    if (statement === null || !isKind(statement, "fact")) continue;
    const { sources: drawn } = statement.lineage;
    found.set(id, { id, labels: statement.body.labels ?? [], drawn });
    open.push(...drawn);
  }
  return [...found.values()];
}

function numbered(host: Mesh, saying: MeshSaying): MeshSaying {
  if (saying.say !== "declaration" || !isCoalition(saying.type) || saying.content.has("number")) return saying;
  const number = nextNumber(numbersOf(coalitionStatements(host), host.config.party.name, host.roots));
  const content: CborMap = new Map([["number", number], ...saying.content]);
  return { ...saying, content };
}

/** Notes what has changed since the last look, and says of each new revocation that it is seen. */
export async function review(host: Mesh): Promise<void> {
  const pool = await poolHere(host);
  if (!pool.ok) return;
  const home = host.config.party.name;
  host.commit(() => {
    const at = host.now();
    const before = new Map([...host.books.postures()].map(([item, { word }]) => [item, word]));
    const now = posturesOf(pool.value, { home, at, operation: null });
    host.note(postureEntries(before, now, home, at));
    host.books.keepPostures(now, at);
    const fresh = heardNow(host, pool.value, now, at);
    host.note(fresh.filter((heard) => host.books.hear(heard)).map((heard) => hearingEntry(heard, at)));
  });
  await acknowledge(host);
}

function hearingEntry({ id, kind, revokes, by, after, reason }: Heard, at: number): Entry {
  const detail = { what: kind, revokes, from: after, ...(reason === null ? {} : { reason }) };
  return { kind: "revocation", at, about: [id], by, detail };
}

/** Once for each, our own too, since its signer need not be this agent; and for so many of one signer at most: whoever floods is gone by all the same, and not answered. */
async function acknowledge(host: Mesh): Promise<void> {
  const heard = host.books.heard();
  const counted = new Map<string, number>();
  const due = heard.filter(({ by, mesh, acknowledged }) => {
    counted.set(by, (counted.get(by) ?? 0) + 1);
    return !acknowledged && mesh === host.standing.mesh && (counted.get(by) as number) <= REVOCATIONS_LIVE_MAX;
  });
  if (due.length === 0 || (await host.doubt()) !== null) return;
  host.commit(() => {
    const now = host.now();
    for (const { id, seen, enforcing } of due) {
      const content = seenContent({ revocation: id, seen, enforcing });
      host.publish((head) => declarationDraft(SEEN_TYPE, content, { at: [now, now], head }));
      host.books.acknowledged(id);
    }
  });
}

/** Every revocation that this agent holds, and how each partner stands to it. */
export function revocationsHere(host: Mesh): readonly ShownRevocation[] {
  const { books, standing, roots } = host;
  const seen = seenIn(host.ledger.statements(undefined, SEEN_TYPE), roots);
  const voices = books.voices();
  const at = host.now();
  const own = books.heard().filter(({ mesh }) => mesh === standing.mesh);
  return own.map(({ acknowledged: _, ...heard }) => {
    const told = books.told(heard.id);
    const partners = standing.partners.map((partner) => {
      const known = {
        told: told.get(partner) ?? null,
        seen: seen.get(heard.id)?.get(partner) ?? null,
        lastHeard: voices.get(partner) ?? null,
      };
      return hearingOf(partner, known, at);
    });
    return { ...heard, partners, decisions: host.decisions.reach(heard.id) };
  });
}

export async function coalitionHere(host: Mesh): Promise<Result<ShownCoalition>> {
  const pool = await poolHere(host);
  if (!pool.ok) return pool;
  const at = host.now();
  const home = host.config.party.name;
  const since = host.books.postures();
  const items = posturesOf(pool.value, { home, at, operation: null }).map((posture) => {
    return { ...posture, since: since.get(`${posture.kind} ${posture.item}`)?.since ?? null };
  });
  const { mesh } = host.standing;
  const sources = host.config.party.pulls
    .filter((pull) => pull.mesh === mesh)
    .flatMap(({ url }) => host.books.source(url) ?? []);
  const unseen = revocationsHere(host).filter(({ partners }) => partners.some(({ state }) => state !== "enforcing"));
  return ok({ mesh, home, at, heads: Object.fromEntries(pool.value.heads), items, sources, unseen: unseen.length });
}

/** Keeps what came of pulling one address; what it once brought is not forgotten because it brings less. */
export async function keepPulled(host: Mesh, pulled: PulledSource): Promise<CoalitionSource> {
  const { url, code, refused, fresh } = pulled;
  const before = host.books.source(url);
  const heads = new Map(Object.entries(before?.heads ?? {}));
  const served = headsIn(host, pulled.frames);
  const behind = code === null ? fellBack(url, heads, served) : null;
  for (const [authority, last] of served) heads.set(authority, Math.max(last, heads.get(authority) ?? 0));
  const tried = host.now();
  const state: CoalitionSource = {
    url,
    state: stateOf(code, behind !== null, refused.length > 0, fresh),
    tried,
    answered: code === "SOURCE_SILENT" ? (before?.answered ?? null) : tried,
    code: code ?? behind?.code ?? null,
    fresh,
    heads: Object.fromEntries(heads),
    refused,
  };
  host.commit(() => host.books.keepSource(state));
  return state;
}

function headsIn(host: Mesh, frames: readonly Uint8Array[]): Heads {
  const statements = frames.map((frame) => reopen(frame));
  return new Map(
    [...new Set(host.roots.values())].flatMap((authority) => {
      const numbers = numbersOf(statements, authority, host.roots);
      return numbers.length === 0 ? [] : [[authority, Math.max(...numbers)] as const];
    }),
  );
}

function stateOf(code: string | null, behind: boolean, refused: boolean, fresh: number): CoalitionSource["state"] {
  if (code === "SOURCE_SILENT") return "unreachable";
  if (code !== null) return "refused";
  if (behind) return "behind";
  if (refused && fresh === 0) return "refused";
  return fresh > 0 ? "new" : "same";
}

/** A translator as it is listed: between whom, under whose word, until when (µs), and whether it carries facts or clauses of policies. */
export type ShownTranslator = Pick<Translator, "id" | "from" | "to" | "signer" | "expires" | "issued"> & {
  readonly carries: "facts" | "clauses";
};

export async function translatorsHere(host: Mesh): Promise<Result<readonly ShownTranslator[]>> {
  const pool = await poolHere(host);
  if (!pool.ok) return pool;
  const shown =
    (carries: ShownTranslator["carries"]) =>
    (translator: Translator): ShownTranslator => {
      const { id, from, to, signer, expires, issued } = translator;
      return { id, from, to, signer, expires, issued, carries };
    };
  const { translators } = declaredTranslators(host.ledger.statements());
  return ok([...pool.value.pool.translators.map(shown("clauses")), ...translators.map(shown("facts"))]);
}
