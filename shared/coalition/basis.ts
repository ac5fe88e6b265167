// What an operation's ceremony stands on (SPEC §15.12): what its home recognises of whom as it opens, and what each party's own effective policy
// says of its matters. Pure: who holds the same pool finds the same.
import { HOPS_MAX, ROADS_MAX } from "../limits.ts";
import type { Translator } from "../mesh/translator.ts";
import type { PinnedClause, PinnedRoads, Under } from "../observation/under.ts";
import { fault, ok, type Result } from "../result.ts";
import { compareText, sortedTexts } from "../text.ts";
import { effectivePolicy, imageOf, isAbout } from "./effective.ts";
import { inForce } from "./in-force.ts";
import type { AuthorityPolicy, Pool } from "./pool.ts";
import { type Circumstance, covers, roadsFor, standingOf } from "./route.ts";
import { digestOf } from "./shown.ts";

export type Asked = Pick<Under, "mesh" | "operation" | "home" | "at" | "shift" | "matters"> & {
  /** Those whose roads are pinned; null for all of whom home recognises anything. */
  readonly authorities: readonly string[] | null;
};

/** What the call pins. `roots` are root keys of the mesh, each with whom it stands for. */
export function basisOf(pool: Pool, roots: ReadonlyMap<string, string>, asked: Asked): Result<Under> {
  const { authorities, ...wanted } = asked;
  const circumstance: Circumstance = { home: asked.home, at: asked.at, operation: asked.operation };
  const policy = effectivePolicy(pool, circumstance);
  if (!policy.ok) return policy;
  const { policies } = inForce(pool.policies, circumstance);
  const usable = usableAt(pool, policies, circumstance);
  const partners = sortedTexts(authorities ?? policies.map(({ authority }) => authority));
  const roads = [...new Set(partners)]
    .filter((authority) => authority !== asked.home)
    .map((authority): PinnedRoads => {
      const own = policies.find((one) => one.authority === authority);
      return { authority, roads: allRoads(usable, authority, asked.home, own).map((road) => road.map(({ id }) => id)) };
    })
    .filter((found) => found.roads.length > 0);
  const used = new Set(roads.flatMap((known) => known.roads.flat()));
  const translators = usable
    .filter(({ id }) => used.has(id))
    .map(({ id, from, to, signer, issued }) => ({ id, from, to, signer, issued }));
  const named = new Set([asked.home, ...translators.flatMap(({ from, to, signer }) => [from, to, signer ?? from])]);
  const known = [...roots].filter(([, authority]) => named.has(authority)).sort(([a], [b]) => compareText(a, b));
  const unknown = [...named].find((authority) => !known.some(([, name]) => name === authority));
  if (unknown !== undefined) return fault("ROOT_UNKNOWN", { root: unknown, authority: unknown });
  return ok({
    ...wanted,
    matters: sortedTexts(new Set(asked.matters)),
    policy: digestOf(policy.value, asked.operation),
    roots: known.map(([root, authority]) => ({ authority, root })),
    translators: [...translators].sort((a, b) => compareText(a.id, b.id)),
    roads,
    clauses: asked.matters.flatMap((matter) =>
      policy.value.clauses
        .filter((clause) => isAbout(clause, matter))
        .map(
          ({ id, effect, value, label, from, via }): PinnedClause => ({ matter, id, effect, value, label, from, via }),
        ),
    ),
  });
}

function usableAt(pool: Pool, policies: readonly AuthorityPolicy[], circumstance: Circumstance): readonly Translator[] {
  const admits = policies.find(({ authority }) => authority === circumstance.home)?.admits ?? [];
  return standingOf(pool, admits, circumstance).flatMap(({ translator, code }) => (code === null ? [translator] : []));
}

/** Beginnings of roads that are followed at a time: more than any coalition has that lead somewhere. */
const OPEN_MAX = 4_096;

/** Every road that carries something of an authority's home, the shortest first; longer ones are what is left where those are cut. */
function allRoads(
  usable: readonly Translator[],
  from: string,
  home: string,
  policy: AuthorityPolicy | undefined,
): readonly (readonly Translator[])[] {
  const carries = (road: readonly Translator[]) =>
    road.every(({ clauses }) => clauses === null) ||
    policy?.clauses.some(({ id }) => road.every((translator) => covers(translator, id))) === true;
  const arrived: (readonly Translator[])[] = [];
  let open: readonly (readonly Translator[])[] = [[]];
  for (let hop = 0; hop < HOPS_MAX && arrived.length < ROADS_MAX; hop++) {
    open = open
      .flatMap((road) => {
        const passed = [from, ...road.map(({ to }) => to)];
        const next = usable.filter((one) => one.from === passed.at(-1) && !passed.includes(one.to));
        return next.map((one) => [...road, one]);
      })
      .filter(carries);
    arrived.push(...open.filter((road) => road.at(-1)?.to === home));
    open = open.filter((road) => road.at(-1)?.to !== home).slice(0, OPEN_MAX);
  }
  return arrived.slice(0, ROADS_MAX);
}

/** What a party's own effective policy says of an operation when it begins. `policy` is its digest, null where it has none there. */
export type Standpoint = {
  readonly policy: string | null;
  readonly at: number;
  /** Matters, in the home's words, that it prohibits, and by which clause. */
  readonly prohibits: readonly { readonly matter: string; readonly clause: string; readonly from: string }[];
};

/** By the words that the party's own translators give to the home's, each of equal roads its own; where none leads there, by the home's own. */
export function standpointOf(
  pool: Pool,
  self: string,
  at: number,
  { home, operation, matters }: Pick<Under, "home" | "operation" | "matters">,
): Standpoint {
  const circumstance: Circumstance = { home: self, at, operation };
  const policy = effectivePolicy(pool, circumstance);
  if (!policy.ok) return { policy: null, at, prohibits: [] };
  const { policies } = inForce(pool.policies, circumstance);
  const usable = usableAt(pool, policies, circumstance);
  // Which clauses a translator carries says nothing of the words that it translates.
  const spoken = usable.map((translator) => ({ ...translator, clauses: null }));
  const against = policy.value.clauses.filter(({ effect }) => effect === "prohibit");
  const prohibits = matters.flatMap((matter) => {
    const roads = self === home ? [] : roadsFor(spoken, home, matter, self);
    const words = roads.length === 0 ? [matter] : roads.flatMap((road) => imageOf(road, matter) ?? []);
    const clause = against.find((one) => words.some((word) => isAbout(one, word)));
    return clause === undefined ? [] : [{ matter, clause: clause.id, from: clause.from }];
  });
  return { policy: digestOf(policy.value, operation), at, prohibits };
}
