// The part of a policy that says what admits an observation (SPEC §18.5): named factors, how they are combined, and what follows from
// standing and place. Data only; a factor is evaluated by its kind.
import { readVocabulary, type Vocabulary } from "../authority/taxonomy.ts";
import {
  boolean,
  integer,
  join,
  list,
  misfit,
  nullable,
  oneOf,
  type Reader,
  record,
  text,
  withDefaults,
} from "../cbor/read.ts";
import { type CborValue, isCborMap } from "../cbor/value.ts";
import { FACTORS_MAX, TAXONOMIES_MAX } from "../limits.ts";
import { MILLION } from "./evidence.ts";
import { readStandingRule, type StandingRule } from "./standing.ts";
import { readWeightRule, type WeightRule } from "./weight.ts";

type Common = {
  readonly name: string;
  /** Parts per million of its say, in a weighted composition. */
  readonly weight: number;
  /** Shown, and counted for nothing. */
  readonly advisory: boolean;
};

export type Factor = Common &
  (
    | { readonly kind: "weight"; readonly least: number }
    | { readonly kind: "standing"; readonly least: number }
    | { readonly kind: "place" }
    | { readonly kind: "window"; readonly tolerance: number; readonly mode: "conservative" | "lenient" }
    | { readonly kind: "tier"; readonly among: readonly string[] }
    | { readonly kind: "granted"; readonly class: string }
    | { readonly kind: "attested"; readonly profile: string }
  );

export type Thresholds = { readonly admit: number; readonly partial: number; readonly defer: number };

const COMPOSITIONS = ["intersection", "weighted-intersection", "hierarchical"] as const;

export type AdmissionRule = {
  readonly rule: (typeof COMPOSITIONS)[number];
  readonly thresholds: Thresholds;
  /** In the order in which a hierarchical composition hears them. */
  readonly factors: readonly Factor[];
  readonly weight: WeightRule | null;
  /** Vocabularies by which tiers weigh and rank, as their publishers write them: carried here, so that everybody reads the same. */
  readonly taxonomies: readonly Vocabulary[];
  readonly standing: StandingRule | null;
  /** Whether a seat that is refused by its place or its standing leaves the quorum, or stays in it and is silent. */
  readonly quorum: "named" | "present";
};

const share = integer(0, MILLION);
const COMMON = { name: text(64), weight: share, advisory: boolean };

type Kind = Factor["kind"];
const READERS: { readonly [K in Kind]: Reader<Extract<Factor, { kind: K }>> } = {
  weight: withDefaults({ least: 0 }, record({ ...COMMON, kind: oneOf("weight"), least: share })),
  standing: withDefaults({ least: 0 }, record({ ...COMMON, kind: oneOf("standing"), least: share })),
  place: record({ ...COMMON, kind: oneOf("place") }),
  window: withDefaults(
    { tolerance: 0, mode: "conservative" },
    record({
      ...COMMON,
      kind: oneOf("window"),
      tolerance: integer(0, Number.MAX_SAFE_INTEGER),
      mode: oneOf("conservative", "lenient"),
    }),
  ),
  tier: record({ ...COMMON, kind: oneOf("tier"), among: list(text(), 64, 1) }),
  granted: record({ ...COMMON, kind: oneOf("granted"), class: text() }),
  attested: (value, path, all) => {
    const name = isCborMap(value) ? (value.get("name") ?? null) : null;
    return withDefaults({ profile: name }, record({ ...COMMON, kind: oneOf("attested"), profile: text() }))(
      value,
      path,
      all,
    );
  },
};

const readFactor: Reader<Factor> = (value, path, all) => {
  const kind = isCborMap(value) ? value.get("kind") : undefined;
  if (!Object.hasOwn(READERS, String(kind)))
    return misfit(join(path, "kind"), `one of ${Object.keys(READERS).join(", ")}`);
  const reader = READERS[kind as Kind] as Reader<Factor>;
  return withDefaults({ name: kind as CborValue, weight: MILLION, advisory: false }, reader)(value, path, all);
};

const readThresholds: Reader<Thresholds> = withDefaults(
  { admit: 600_000, partial: 400_000, defer: 250_000 },
  (value, path, all) => {
    const thresholds = record<Thresholds>({ admit: share, partial: share, defer: share })(value, path, all);
    if (thresholds.partial > thresholds.admit) misfit(join(path, "partial"), "at most admit");
    return thresholds.defer <= thresholds.partial ? thresholds : misfit(join(path, "defer"), "at most partial");
  },
);

const readRule = withDefaults(
  { rule: "intersection", thresholds: new Map(), weight: null, taxonomies: [], standing: null, quorum: "named" },
  record<AdmissionRule>({
    rule: oneOf(...COMPOSITIONS),
    thresholds: readThresholds,
    factors: list(readFactor, FACTORS_MAX, 1),
    weight: nullable(readWeightRule),
    taxonomies: list(readVocabulary, TAXONOMIES_MAX),
    standing: nullable(readStandingRule),
    quorum: oneOf("named", "present"),
  }),
);

export const readAdmissionRule: Reader<AdmissionRule> = (value, path, all) => {
  const rule = readRule(value, path, all);
  const { factors } = rule;
  const names = factors.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return misfit(join(path, "factors"), `named once each; ${twice} is named twice`);
  if (!factors.some(({ advisory, weight }) => !advisory && weight > 0))
    return misfit(join(path, "factors"), "of some weight, and not all advisory");
  const texts = rule.taxonomies.map(({ name, version }) => `${name}/${version}`);
  const again = texts.find((text, index) => texts.indexOf(text) !== index);
  if (again !== undefined) return misfit(join(path, "taxonomies"), `one text of each version; ${again} is there twice`);
  for (const [index, { kind }] of factors.entries()) {
    if (kind === "weight" && rule.weight === null)
      return misfit(join(path, "weight"), `there for factor ${names[index]}`);
    if (kind === "standing" && rule.standing === null)
      return misfit(join(path, "standing"), `there for factor ${names[index]}`);
  }
  return rule;
};

/** What a bare proximity profile asks: its place, and nothing else. */
export const PLACE_ALONE: AdmissionRule = {
  rule: "intersection",
  thresholds: { admit: 600_000, partial: 400_000, defer: 250_000 },
  factors: [{ kind: "place", name: "place", weight: MILLION, advisory: false }],
  weight: null,
  taxonomies: [],
  standing: null,
  quorum: "present",
};
