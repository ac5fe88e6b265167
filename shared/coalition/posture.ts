// How a receiver stands to each thing that partners distribute (SPEC §15.14): it holds here, it waits, a newer one has taken its place, it
// was never admitted, or it is rejected and why. Each change of that is one entry of the lineage.
import type { Entry } from "../lineage/entry.ts";
import { mayRevoke, type TranslatorRevocation } from "../mesh/translator.ts";
import type { RefusalCode } from "../refusals.ts";
import { compareText } from "../text.ts";
import { inForce } from "./in-force.ts";
import { type Circumstance, standingOf } from "./route.ts";
import type { SignedPool } from "./signed.ts";
import type { RefusedPart } from "./view.ts";

/** `offered` is a translator that home has not admitted: nothing is recognised by default. */
export type PostureStatus = "active" | "staged" | "superseded" | "offered" | "rejected";

export type Posture = {
  /** A policy as `authority@version`, a translator by its id, a revocation as `by:what:from`, or a statement by its id. */
  readonly item: string;
  readonly kind: "policy" | "translator" | "revocation" | "statement";
  readonly from: string | null;
  readonly status: PostureStatus;
  /** Why it is rejected or waits, or what one should look at although it holds. */
  readonly code: RefusalCode | null;
  /** The statements that brought it, by id. */
  readonly statements: readonly string[];
};

type Bare = Omit<Posture, "statements">;

/** Of everything in the pool, sorted by item. */
export function posturesOf(signed: SignedPool, circumstance: Circumstance): readonly Posture[] {
  const { pool, refused, said } = signed;
  const { policies, refused: aside, flagged } = inForce(pool.policies, circumstance);
  const home = policies.find(({ authority }) => authority === circumstance.home);
  const flags = new Map(flagged.map(({ id, code }) => [id, code]));
  const held = policies.map(({ authority, version }): Bare => {
    const item = `${authority}@${version}`;
    return { item, kind: "policy", from: authority, status: "active", code: flags.get(item) ?? null };
  });
  const standings = new Map(
    standingOf(pool, home?.admits ?? [], circumstance).map(({ translator, code }) => [translator.id, code]),
  );
  const translators = pool.translators.map(({ id, from }): Bare => {
    const code = standings.get(id);
    const status = code === undefined ? "offered" : code === null ? "active" : "rejected";
    return { item: id, kind: "translator", from, status, code: code ?? null };
  });
  const unread = refused.map(
    ({ id, from, fault: { code } }): Bare => ({ item: id, kind: "statement", from, status: "rejected", code }),
  );
  const all = [...held, ...aside.map(putAside), ...translators, ...pool.revocations.map(revocation), ...unread];
  const statements = (item: string) => said.filter((one) => one.item === item).map(({ id }) => id);
  const each = new Map(all.map((one) => [`${one.kind} ${one.item}`, { ...one, statements: statements(one.item) }]));
  return [...each.values()].sort((a, b) => compareText(a.item, b.item) || compareText(a.kind, b.kind));

  function revocation(one: TranslatorRevocation): Bare {
    const { by, after } = one;
    const named = pool.translators.filter(({ id }) => id === one.revokes || one.revokes === "*");
    const stands = named.length === 0 || named.some((translator) => mayRevoke(by, translator));
    const status = !stands ? "rejected" : after > circumstance.at ? "staged" : "active";
    const code = stands ? null : "REVOCATION_WITHOUT_STANDING";
    return { item: itemOfRevocation(one), kind: "revocation", from: by, status, code };
  }
}

const STATUS: { readonly [C in RefusalCode]?: PostureStatus } = {
  POLICY_STAGED: "staged",
  POLICY_FUTURE: "staged",
  POLICY_SUPERSEDED: "superseded",
};

function putAside({ id, from, code }: RefusedPart): Bare {
  return { item: id, kind: "policy", from, status: STATUS[code] ?? "rejected", code };
}

export function itemOfRevocation({ by, revokes, after }: TranslatorRevocation): string {
  return `${by}:${revokes}:${after}`;
}

/** What changed since `before`, which has the status of each item by its kind and name, as entries of the lineage. */
export function postureEntries(
  before: ReadonlyMap<string, string>,
  now: readonly Posture[],
  home: string,
  at: number,
): readonly Entry[] {
  return now
    .filter((posture) => before.get(postureKey(posture)) !== postureWord(posture))
    .map(({ item, kind, from, status, code, statements }) => ({
      kind: "coalition",
      at,
      about: statements,
      by: home,
      detail: { item, what: kind, status, ...(from === null ? {} : { from }), ...(code === null ? {} : { code }) },
    }));
}

export function postureKey({ kind, item }: Pick<Posture, "kind" | "item">): string {
  return `${kind} ${item}`;
}

export function postureWord({ status, code }: Pick<Posture, "status" | "code">): string {
  return code === null ? status : `${status} ${code}`;
}
