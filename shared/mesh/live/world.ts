// A mesh's view of the world (SPEC §20.17): for each subject the values that contend, who says each and where it was said, and what was
// resolved. Foreign facts are read as their imports say, and shown with their origin; a resolution that no longer fits is told as open.
import type { Trust } from "../../authority/trust.ts";
import { type Json, toJson } from "../../cbor/json.ts";
import { readAs } from "../../cbor/read.ts";
import { bornLabels, joinLabels, type Labels } from "../../observation/labels.ts";
import { isKind, type VerifiedObservation } from "../../observation/observation.ts";
import { compareText, sortedTexts } from "../../text.ts";
import type { Fate } from "../agreement.ts";
import { type Seen, standingOf } from "../divergence.ts";
import { readAgreement } from "../documents/agreement.ts";
import { type ReconciliationRecord, readRecord } from "../documents/record.ts";
import { readStep } from "../documents/step.ts";
import type { Fact } from "../fact.ts";
import { contentId, declaredTranslators, ofType } from "../signed/declared.ts";
import { importsOf, type Unwrapped } from "../signed/envelope.ts";
import type { Trusts } from "../signed/open.ts";
import { factOf } from "../signed/voice.ts";
import { plainReading, type Reading, translateFact } from "../translate.ts";
import type { Translator } from "../translator.ts";
import { sameValue } from "../values.ts";

export type ShownFact = {
  readonly id: string;
  readonly origin: string;
  readonly authority: string;
  /** What its authority counts as here; its own name for a native one. */
  readonly as: string;
  readonly frame: string;
  readonly at: readonly [number, number];
  readonly class: string | null;
  readonly losses: readonly string[];
  /** What it bears here: its own labels and those of all that it was drawn from; of an import, as its act has them. */
  readonly labels: Labels;
  /** Acts by which it was imported, by id; empty for a native one. */
  readonly imports: readonly string[];
  /** What has become of it since its agreement ended; null while that holds. */
  readonly mark: Exclude<Fate, "drop-from-view"> | null;
};

export type ShownValue = {
  readonly value: Json;
  readonly by: readonly ShownFact[];
  /** The join of the labels of all who say it. */
  readonly labels: Labels;
  /** Said by two authorities of which neither is the other's. */
  readonly corroborated: boolean;
};

export type Resolution = {
  readonly state: "resolved" | "open" | "reopened";
  readonly winner: string | null;
  readonly losers: readonly string[];
} & Pick<ReconciliationRecord, "digest" | "ceremony"> & { readonly rule: string };

export type ShownSubject = {
  readonly subject: string;
  readonly values: readonly ShownValue[];
  /** Null where one value stands, or where nobody has resolved which of several does. */
  readonly resolution: Resolution | null;
};

export type World = {
  readonly subjects: readonly ShownSubject[];
  /** Facts whose agreement ended, and that it lets go out of view; they are kept. */
  readonly dropped: readonly string[];
};

type Held = {
  readonly fact: Fact;
  readonly acts: readonly Unwrapped[];
  readonly reading: Reading;
  readonly fate: Fate | null;
  readonly labels: Labels;
};

/** All that a mesh's history says of the world at an instant; `mesh` names whose view it is. */
export function worldOf(all: readonly VerifiedObservation[], mesh: string, trusts: Trusts, at: number): World {
  const { imports } = importsOf(all, mesh);
  const ended = endedAgreements(all, at);
  const translators = new Map(declaredTranslators(all).translators.map((translator) => [translator.id, translator]));
  const read = all.flatMap((statement): readonly Held[] => {
    const trust = trusts.get(statement.mesh);
    const acts = imports.get(statement.id) ?? [];
    if (!isKind(statement, "fact") || trust === undefined) return [];
    if (statement.mesh !== mesh && acts.length === 0) return [];
    const fact = factOf(statement, trust as Trust);
    return [{ fact, acts, reading: readingOf(fact, acts, translators), fate: fateOf(acts, ended), labels: [] }];
  });
  const borne = bornLabels(read.map(labelledHere));
  const held = read.map((item) => ({ ...item, labels: borne(item.fact.id) }));
  const shown = held.filter(({ fate }) => fate !== "drop-from-view");
  const rulings = rulingsOf(all);
  const bySubject = new Map<string, Held[]>();
  for (const item of [...shown].sort((a, b) => compareText(a.fact.id, b.fact.id))) {
    const group = bySubject.get(item.reading.subject);
    if (group === undefined) bySubject.set(item.reading.subject, [item]);
    else group.push(item);
  }
  const subjects = sortedTexts(bySubject.keys()).map((subject) =>
    subjectOf(subject, bySubject.get(subject) as Held[], rulings.get(subject) ?? null, mesh),
  );
  return { subjects, dropped: held.filter((item) => !shown.includes(item)).map(({ fact }) => fact.id) };
}

/** An import bears what its act says, in the words of this mesh; a native fact its own labels. */
function labelledHere({ fact, acts }: Held) {
  const act = acts[0]?.acts[0];
  return { id: fact.id, labels: act?.labels ?? fact.labels, drawn: act === undefined ? fact.drawn : [] };
}

/** As the innermost mesh-bound act reads it; by the translators that the act names, as far as they are at hand. */
function readingOf(fact: Fact, acts: readonly Unwrapped[], translators: ReadonlyMap<string, Translator>): Reading {
  const act = acts[0]?.acts[0];
  if (act === undefined) return plainReading(fact);
  const path = act.translators.flatMap((id) => translators.get(id) ?? []);
  const read = path.length === act.translators.length ? translateFact(fact, path, true) : null;
  return { ...(read?.ok ? read.value : plainReading(fact)), authority: act.as };
}

/** Agreements that have ended by an instant, and what each says of the facts that came under it. */
function endedAgreements(all: readonly VerifiedObservation[], at: number): ReadonlyMap<string, Fate> {
  const terminated = ofType(all, "termination").found.flatMap(({ body }) => {
    const step = readAs(body.content, readStep, "termination");
    return step.ok && step.value.from <= at ? [step.value.agreement] : [];
  });
  const ended = new Map<string, Fate>();
  for (const { body } of ofType(all, "agreement").found) {
    const id = contentId(body.content);
    const agreement = readAs(body.content, readAgreement(id, null), "agreement");
    if (!agreement.ok) continue;
    const { notAfter, fate } = agreement.value;
    if (terminated.includes(id) || (notAfter !== null && at >= notAfter)) ended.set(id, fate);
  }
  return ended;
}

/** Null while any of its imports rests on an agreement that holds. */
function fateOf(acts: readonly Unwrapped[], ended: ReadonlyMap<string, Fate>): Fate | null {
  const fates = acts.map(({ acts: [outermost] }) => ended.get(outermost?.agreement ?? "") ?? null);
  return fates.includes(null) ? null : (fates[0] ?? null);
}

type RulingFor = Resolution & { readonly at: number; readonly id: string };

/** The latest resolution that boundary agents recorded of each subject. */
function rulingsOf(all: readonly VerifiedObservation[]): ReadonlyMap<string, RulingFor> {
  const found = new Map<string, RulingFor>();
  for (const { id, at, body } of ofType(all, "reconciliation").found) {
    const record = readAs(body.content, readRecord, "reconciliation");
    if (!record.ok) continue;
    const { digest, ceremony, conflicts } = record.value;
    for (const { subject, winner, losers, rule } of conflicts) {
      const known = found.get(subject);
      const later = known === undefined || at[1] > known.at || (at[1] === known.at && compareText(id, known.id) > 0);
      if (later) found.set(subject, { state: "resolved", winner, losers, digest, ceremony, rule, at: at[1], id });
    }
  }
  return found;
}

function subjectOf(subject: string, held: readonly Held[], ruling: RulingFor | null, mesh: string): ShownSubject {
  const seen = held
    .filter(({ fate }) => fate !== "freeze")
    .map(({ fact, reading }): Seen => {
      const { value } = reading;
      return { fact, native: fact.origin === mesh, subject, value, tolerance: 0, tier: 0, losses: reading.losses };
    });
  const standing = new Set(standingOf(seen).map(({ fact }) => fact.id));
  const frozen = held.filter(({ fate }) => fate === "freeze");
  const live = [...held.filter(({ fact }) => standing.has(fact.id)), ...frozen];
  const values: Held[][] = [];
  for (const item of live) {
    const group = values.find(([first]) => sameValue((first as Held).reading.value, item.reading.value, 0));
    if (group === undefined) values.push([item]);
    else group.push(item);
  }
  return {
    subject,
    values: values.map((group) => ({
      value: toJson((group[0] as Held).reading.value),
      by: group.map(shownFact),
      labels: joinLabels(group.map(({ labels }) => labels)),
      corroborated: new Set(group.map(({ fact }) => `${fact.origin}/${fact.authority}`)).size > 1,
    })),
    resolution: ruling === null || standing.size < 2 ? null : resolutionOf(ruling, standing),
  };
}

/** A resolution was about certain facts: where others stand now, the question is open again. */
function resolutionOf(
  { winner, losers, digest, ceremony, rule }: RulingFor,
  standing: ReadonlySet<string>,
): Resolution {
  const about = new Set([...(winner === null ? [] : [winner]), ...losers]);
  const same = about.size === standing.size && [...standing].every((id) => about.has(id));
  const state = winner === null ? "open" : same ? "resolved" : "reopened";
  return { state, winner, losers, digest, ceremony, rule };
}

function shownFact({ fact, acts, reading, fate, labels }: Held): ShownFact {
  const { id, origin, authority, frame, at, class: governanceClass } = fact;
  return {
    id,
    origin,
    authority,
    as: reading.authority,
    frame,
    at,
    class: governanceClass,
    losses: reading.losses.map(({ element, loss }) => `${element} ${loss}`),
    labels,
    imports: acts.flatMap((unwrapped) => unwrapped.acts.map((act) => act.id)),
    mark: fate === "drop-from-view" ? null : fate,
  };
}
