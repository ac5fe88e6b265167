// What a revocation reaches (SPEC §12.6): the decisions that rest on the credential, by an index over what their statements were signed
// under, and the decisions that rest on those. Each of them is judged again, none else; what was decided is never rewritten, only marked.
import { rootOf } from "../authority/chain.ts";
import { type Entry, LINEAGE_START, type LinkedEntry, linkEntry } from "../lineage/entry.ts";
import { parseObservation } from "../observation/decode.ts";
import type { Id, Observation } from "../observation/observation.ts";
import { compareText } from "../text.ts";
import type { Bundle } from "./bundle.ts";

/** A decision as the index sees it. */
export type Decision = {
  readonly id: Id;
  /** Credentials, at any depth of a chain, under which what it rests on was signed. */
  readonly credentials: ReadonlySet<Id>;
  /** Everything by which another may cite it: its statements and its outcome. */
  readonly citable: ReadonlySet<Id>;
  /** What its own statements cite. */
  readonly cites: ReadonlySet<Id>;
};

/** How a decision stands under what is known now. */
export type Standing = {
  readonly verdict: "passed" | "failed" | "indeterminate";
  readonly digest: Id | null;
  readonly setAside: number;
};

/**
 * `continued`: it stands as it stood. `downgraded`: it stands, on less than before, or on a decision that does not stand unharmed.
 * `deactivated`: it can no longer be shown to hold.
 */
export type Status = "continued" | "downgraded" | "deactivated";

export type Reevaluation = {
  readonly decision: Id;
  readonly status: Status;
  readonly before: Standing;
  readonly after: Standing;
  /** Cited decisions that no longer stand as they stood. */
  readonly because: readonly Id[];
  readonly entry: LinkedEntry;
};

/** Where a decision was made, and the coalition that its call says it is under. */
export type Placed = Decision & {
  readonly mesh: string;
  /** The mesh of that coalition and the translators that the call pins; null where it is under none. */
  readonly under: { readonly mesh: string; readonly translators: readonly string[]; readonly shift: number } | null;
  /** The last instant that a statement of it gives, and the withdrawals of translators that its sets hold. */
  readonly at: number;
  readonly withdrawals: ReadonlySet<Id>;
  /** Who may withdraw what it rests on; see `revocableIn`. */
  readonly revocable: ReadonlySet<string>;
};

/** Each credential with each key that stands above it, as `credential key`: by what anybody else says of it, nothing is judged again. */
export function revocableIn({ chain, otherPaths }: Pick<Observation, "chain" | "otherPaths">): readonly string[] {
  return [chain, ...otherPaths].flatMap((path) =>
    path.flatMap(({ id }, at) => {
      const issuers = path.slice(0, at + 1).map(({ issuer }) => issuer);
      const holders = path.slice(0, at).map(({ holder }) => holder);
      return [...new Set([rootOf(path), ...issuers, ...holders])].map((key) => `${id} ${key}`);
    }),
  );
}

/** A decision with what its call and its notices say besides. */
export function placedOf(bundle: Bundle): Placed {
  const decision = decisionOf(bundle);
  let placed: Pick<Placed, "mesh" | "under" | "at"> = { mesh: "", under: null, at: 0 };
  const withdrawals = new Set<Id>();
  const revocable = new Set<string>();
  for (const { frame } of bundle.frames) {
    const parsed = parseObservation(frame);
    if (!parsed.ok) continue;
    const { observation } = parsed.value;
    const { body, mesh, at } = observation;
    for (const one of revocableIn(observation)) revocable.add(one);
    placed = { ...placed, at: Math.max(placed.at, at[1]) };
    if (body.kind === "notice" && "withdrawal" in body) withdrawals.add(body.withdrawal.id);
    if (body.kind !== "call") continue;
    const { under = null } = body;
    const pinned = under === null ? null : { ...under, translators: under.translators.map(({ id }) => id) };
    placed = { ...placed, mesh, under: pinned };
  }
  return { ...decision, ...placed, withdrawals, revocable };
}

export function decisionOf({ ceremony, outcome, frames }: Bundle): Decision {
  const credentials = new Set<Id>();
  const cites = new Set<Id>();
  for (const { frame } of frames) {
    const parsed = parseObservation(frame);
    if (!parsed.ok) continue;
    const { chain, otherPaths, lineage } = parsed.value.observation;
    for (const path of [chain, ...otherPaths]) for (const link of path) credentials.add(link.id);
    for (const source of lineage.sources) cites.add(source);
  }
  const citable = new Set([ceremony, outcome.digest, ...frames.map(({ id }) => id)]);
  for (const own of citable) cites.delete(own);
  return { id: ceremony, credentials, citable, cites };
}

/** Decisions that rest on a credential, each before those that rest on it; in a circle the lowest id comes first. */
export function dependantsOf(decisions: readonly Decision[], credential: Id): readonly Decision[] {
  return dependantsWhere(decisions, ({ credentials }) => credentials.has(credential));
}

/** Those that rest on something directly, and those that rest on these, in the same order. */
export function dependantsWhere(
  decisions: readonly Decision[],
  rests: (decision: Decision) => boolean,
): readonly Decision[] {
  const byCitable = new Map<Id, Decision>();
  for (const decision of decisions) for (const id of decision.citable) byCitable.set(id, decision);
  const citing = new Map<Id, Decision[]>();
  for (const decision of decisions)
    for (const cited of citedBy(decision, byCitable)) citing.set(cited, [...(citing.get(cited) ?? []), decision]);
  const sorted = [...decisions].sort((a, b) => compareText(a.id, b.id));
  const reached = new Map(sorted.filter(rests).map((one) => [one.id, one]));
  for (const { id } of reached.values())
    for (const dependant of citing.get(id) ?? []) if (!reached.has(dependant.id)) reached.set(dependant.id, dependant);
  return inOrder(reached, byCitable);
}

function citedBy({ cites }: Decision, byCitable: ReadonlyMap<Id, Decision>): ReadonlySet<Id> {
  return new Set([...cites].flatMap((cited) => byCitable.get(cited)?.id ?? []));
}

function inOrder(reached: ReadonlyMap<Id, Decision>, byCitable: ReadonlyMap<Id, Decision>): readonly Decision[] {
  const waiting = new Map([...reached].sort(([a], [b]) => compareText(a, b)));
  const ordered: Decision[] = [];
  while (waiting.size > 0) {
    const free = [...waiting.values()].filter((one) =>
      [...citedBy(one, byCitable)].every((cited) => !waiting.has(cited)),
    );
    for (const decision of free.length > 0 ? free : [...waiting.values()].slice(0, 1)) {
      ordered.push(decision);
      waiting.delete(decision.id);
    }
  }
  return ordered;
}

/** Judges every dependant again and writes an entry for each, linked to one another and to the revocation. */
export async function propagate(
  decisions: readonly Decision[],
  revocation: { readonly id: Id; readonly credential: Id; readonly at: number },
  judge: (decision: Decision) => Promise<{ readonly before: Standing; readonly after: Standing }>,
): Promise<readonly Reevaluation[]> {
  const byCitable = new Map(decisions.flatMap((one) => [...one.citable].map((id) => [id, one] as const)));
  const done = new Map<Id, Reevaluation>();
  let prev = LINEAGE_START;
  for (const decision of dependantsOf(decisions, revocation.credential)) {
    const { before, after } = await judge(decision);
    const harmed = [...citedBy(decision, byCitable)].filter(
      (cited) => (done.get(cited)?.status ?? "continued") !== "continued",
    );
    const because = harmed.sort(compareText);
    const { status, entry } = judgedAgain(decision.id, revocation, { before, after }, because);
    const linked = linkEntry(entry, done.size, prev);
    prev = linked.hash;
    done.set(decision.id, { decision: decision.id, status, before, after, because, entry: linked });
  }
  return [...done.values()];
}

/** One decision judged again: what became of it, and the entry that says so. */
export function judgedAgain(
  decision: Id,
  revocation: { readonly id: Id; readonly at: number },
  { before, after }: { readonly before: Standing; readonly after: Standing },
  because: readonly Id[],
): { readonly status: Status; readonly entry: Entry } {
  const status = statusOf(before, after, because.length > 0);
  const about = [decision, revocation.id];
  const detail = { status, before: before.verdict, after: after.verdict };
  return { status, entry: { kind: "re-evaluation", at: revocation.at, about, by: null, detail } };
}

function statusOf(before: Standing, after: Standing, onHarmed: boolean): Status {
  if (after.verdict !== "passed") return before.verdict === "passed" ? "deactivated" : "continued";
  return after.setAside > before.setAside || after.digest !== before.digest || onHarmed ? "downgraded" : "continued";
}
