// The evidential weight of an observation (SPEC §18.2): five factors in a fixed order, in parts per million, each with what it added or took
// away, so that the parts add up to the whole. Integers and floors only.
import { type Grade, gradeIn, type Vocabulary } from "../authority/taxonomy.ts";
import { integer, join, misfit, type Reader, record, textMap, withDefaults } from "../cbor/read.ts";
import { type Evidence, MILLION, tiersOf } from "./evidence.ts";

export type ClassRule = { readonly multiplier: number; readonly floor: number; readonly ceiling: number };

export type WeightRule = {
  /** By tier; `otherwise` for tiers that are not listed and for credentials that claim none. */
  readonly authority: ReadonlyMap<string, number>;
  readonly otherwise: number;
  readonly continuity: {
    /** Lost for every link of the chain after the first. */
    readonly perLink: number;
    /** Lost while the credential is younger than `matureAfter` microseconds. */
    readonly young: number;
    readonly matureAfter: number;
    readonly perRevocation: number;
  };
  /** Gained for each independent corroborator, up to so many. */
  readonly corroboration: { readonly each: number; readonly most: number };
  /** By governance class; a class that is not listed keeps its weight. */
  readonly classes: ReadonlyMap<string, ClassRule>;
  /** By operation and modality; what is not listed counts in full, if it is live, and else not at all. */
  readonly operation: ReadonlyMap<string, number>;
  readonly modality: ReadonlyMap<string, number>;
};

const share = integer(0, MILLION);

/** A floor above its ceiling would leave no weight that satisfies both. */
const readClass: Reader<ClassRule> = withDefaults(
  { multiplier: MILLION, floor: 0, ceiling: MILLION },
  (value, path, all) => {
    const rule = record<ClassRule>({ multiplier: integer(0, 4 * MILLION), floor: share, ceiling: share })(
      value,
      path,
      all,
    );
    return rule.floor <= rule.ceiling ? rule : misfit(join(path, "floor"), `at most the ceiling, ${rule.ceiling}`);
  },
);

export const readWeightRule: Reader<WeightRule> = withDefaults(
  {
    authority: new Map(),
    otherwise: 200_000,
    continuity: new Map(),
    corroboration: new Map(),
    classes: new Map(),
    operation: new Map(),
    modality: new Map(),
  },
  record<WeightRule>({
    authority: textMap(share, 64),
    otherwise: share,
    continuity: withDefaults(
      { perLink: 0, young: 0, matureAfter: 0, perRevocation: 0 },
      record({ perLink: share, young: share, matureAfter: integer(0, Number.MAX_SAFE_INTEGER), perRevocation: share }),
    ),
    corroboration: withDefaults({ each: 100_000, most: 2 }, record({ each: share, most: integer(0, 64) })),
    classes: textMap(readClass, 64),
    operation: textMap(share, 8),
    modality: textMap(share, 64),
  }),
);

export type WeightPart = {
  readonly name: "authority" | "continuity" | "corroboration" | "policy" | "operation";
  /** What it was judged by. */
  readonly got: string;
  /** The clause of the policy that set it. */
  readonly clause: string;
  /** What it added, or took away. */
  readonly delta: number;
};

export type Weight = { readonly total: number; readonly parts: readonly WeightPart[] };

/** `corroborators` is the number of independent ones; `taxonomies` are those that the policy carries. */
export function weigh(
  rule: WeightRule,
  evidence: Evidence,
  corroborators: number,
  taxonomies: readonly Vocabulary[] = [],
): Weight {
  const parts: WeightPart[] = [];
  let total = 0;
  const step = (name: WeightPart["name"], got: string, clause: string, next: number) => {
    parts.push({ name, got, clause, delta: next - total });
    total = next;
  };
  const { credential, governanceClass, operation, modality } = evidence;
  const { base, got, clause } = authorityOf(rule, evidence, taxonomies);
  step("authority", got, clause, base);
  const { depth, age, revocations } = credential;
  step(
    "continuity",
    continuityText(evidence),
    "weight.continuity",
    scaled(total, continuityOf(rule, depth, age, revocations)),
  );
  const { each, most } = rule.corroboration;
  // What carries no authority gains none from others: they speak for themselves.
  const gained = base === 0 ? 0 : each * Math.min(most, corroborators);
  step("corroboration", `${corroborators} independent`, "weight.corroboration", Math.min(MILLION, total + gained));
  const governed = rule.classes.get(governanceClass) ?? { multiplier: MILLION, floor: 0, ceiling: MILLION };
  const clamped = Math.max(governed.floor, Math.min(governed.ceiling, scaled(total, governed.multiplier)));
  step("policy", governanceClass, `weight.classes.${governanceClass}`, clamped);
  const live = rule.operation.get(operation) ?? (operation === "live" ? MILLION : 0);
  const heard = modality === null ? MILLION : (rule.modality.get(modality) ?? MILLION);
  step(
    "operation",
    modality === null ? operation : `${operation}, ${modality}`,
    `weight.operation.${operation}`,
    scaled(scaled(total, live), heard),
  );
  return { total, parts };
}

type Authority = { readonly base: number; readonly got: string; readonly clause: string };

/**
 * What the policy says itself of every tier that is held counts, and of several the least; then what the taxonomy says that the credential
 * is to be read under; then what is said of all others.
 */
function authorityOf(rule: WeightRule, evidence: Evidence, taxonomies: readonly Vocabulary[]): Authority {
  const names = tiersOf(evidence);
  const got = names.length === 0 ? "no tier" : names.join(" and ");
  const own = names.map((name) => rule.authority.get(name)).filter((weight) => weight !== undefined);
  if (names.length > 0 && own.length === names.length)
    return { base: Math.min(...own), got, clause: `weight.authority.${names.join("+")}` };
  const graded = gradeOf(evidence, taxonomies);
  if (graded === null) return { base: rule.otherwise, got, clause: "weight.otherwise" };
  const { vocabulary, grade } = graded;
  const text = `${vocabulary.name}/${vocabulary.version}`;
  return {
    base: grade.weight,
    got: `${got}, rank ${grade.rank} of ${text}`,
    clause: `taxonomies.${text}.${names.join("+")}`,
  };
}

/** Where an observation's signer stands under the vocabularies at hand; null where none of them is the one it names. */
export function gradeOf(
  evidence: Pick<Evidence, "held" | "tier">,
  taxonomies: readonly Vocabulary[],
): { readonly vocabulary: Vocabulary; readonly grade: Grade } | null {
  const { held, tier } = evidence;
  // A plain document names a tier only: it is meant under the one vocabulary that there is.
  const plain = held === undefined && tier !== null && taxonomies.length === 1;
  const vocabulary = plain
    ? taxonomies[0]
    : taxonomies.find(({ name, version }) => name === held?.taxonomy && version === held.version);
  const grade = vocabulary === undefined ? null : gradeIn(vocabulary, tiersOf(evidence));
  return vocabulary === undefined || grade?.ok !== true ? null : { vocabulary, grade: grade.value };
}

function scaled(amount: number, partsPerMillion: number): number {
  return Math.floor((amount * partsPerMillion) / MILLION);
}

function continuityOf({ continuity }: WeightRule, depth: number, age: number, revocations: number): number {
  const young = age < continuity.matureAfter ? continuity.young : 0;
  return Math.max(0, MILLION - continuity.perLink * (depth - 1) - young - continuity.perRevocation * revocations);
}

function continuityText({ credential: { depth, age, revocations } }: Evidence): string {
  const revoked = revocations === 0 ? "" : `, ${revocations} revoked before`;
  return `${depth} link(s), ${Math.floor(age / 86_400_000_000)} days old${revoked}`;
}
