// Authority taxonomies (SPEC §5.6): a mesh's tiers as a signed, versioned document. Who may credential whom, what each may attest and
// in which roles, whose directives it may decline, what evidence it owes. Data only: no name in it is known to the code.
import { equalBytes } from "../bytes.ts";
import { encodeCanonical } from "../cbor/encode.ts";
import { fromJson } from "../cbor/json.ts";
import {
  boolean,
  exactly,
  integer,
  list,
  misfit,
  oneOf,
  type Reader,
  readAs,
  record,
  text,
  textMap,
} from "../cbor/read.ts";
import { type CborMap, type Encodable, isCborMap } from "../cbor/value.ts";
import { type Signer, signStatement } from "../cose/sign1.ts";
import { LINEAGE_REFERENCES_MAX, TAXONOMY_VERSION_MAX, TEXT_LENGTH_MAX, TIER_NAMES_MAX, TIERS_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";
import { ANY } from "./credential.ts";
import type { Signed } from "./statement.ts";

/** What is asked of a device's continuity, from least to most. */
export const DEVICE_NEEDS = ["any", "continuous", "hardware"] as const;
export type DeviceNeed = (typeof DEVICE_NEEDS)[number];

/** What a statement of a tier must carry to be competent. */
export type EvidenceContract = {
  /** Sources it must cite at least. */
  readonly sources: number;
  readonly derivation: boolean;
  readonly place: boolean;
  readonly device: DeviceNeed;
};

export type TierRule = {
  readonly rank: number;
  /** Parts per million of full weight; 0 is admissible as evidence and counts for nothing. */
  readonly weight: number;
  /** Tiers that a holder may credential. */
  readonly credentials: readonly string[];
  /** Governance classes that a holder may attest, and roles that it may hold. */
  readonly attests: readonly string[];
  readonly roles: readonly string[];
  /** Tiers whose directives a holder may validly decline. */
  readonly declines: readonly string[];
  readonly contract: EvidenceContract;
  /** What a holder owes afterwards; for people. */
  readonly duties: readonly string[];
};

/** What a mesh publishes of its tiers, as the file of it holds it. */
export type Vocabulary = {
  readonly name: string;
  readonly version: number;
  /** When this version takes over from the one before it, in microseconds. */
  readonly since: number;
  readonly title: string;
  readonly tiers: ReadonlyMap<string, TierRule>;
  /** Sets of tiers that one credential may combine. */
  readonly combinations: readonly (readonly string[])[];
  /** Which governance class declines a directive of which other. */
  readonly declinations: readonly { readonly class: string; readonly of: string }[];
};
export type TaxonomyBody = Vocabulary & {
  readonly kind: "taxonomy";
  readonly format: 1;
  readonly mesh: string;
};
export type Taxonomy = Signed<TaxonomyBody>;

const names = list(text(), TIERS_MAX);
const readTier = record<TierRule>({
  rank: integer(0, 1_000),
  weight: integer(0, 1_000_000),
  credentials: names,
  attests: names,
  roles: names,
  declines: names,
  contract: record<EvidenceContract>({
    sources: integer(0, LINEAGE_REFERENCES_MAX),
    derivation: boolean,
    place: boolean,
    device: oneOf(...DEVICE_NEEDS),
  }),
  duties: list(text(TEXT_LENGTH_MAX), 32),
});

const WORDS = {
  name: text(),
  version: integer(1, TAXONOMY_VERSION_MAX),
  since: integer(0, Number.MAX_SAFE_INTEGER),
  title: text(TEXT_LENGTH_MAX),
  tiers: textMap(readTier, TIERS_MAX),
  combinations: list(list(text(), TIER_NAMES_MAX, 2), TIERS_MAX),
  declinations: list(record({ class: text(), of: text() }), TIERS_MAX),
};
const readWords = record<Vocabulary>(WORDS);
const readSigned = record<TaxonomyBody>({
  ...WORDS,
  kind: oneOf("taxonomy"),
  format: exactly(1),
  mesh: text(),
});

export const readVocabulary: Reader<Vocabulary> = (value, path) => checkTerms(readWords(value, path), path);
export const readTaxonomy: Reader<TaxonomyBody> = (value, path) => checkTerms(readSigned(value, path), path);

/** A vocabulary that names a tier must define it, and whoever stands higher weighs no less. */
function checkTerms<V extends Vocabulary>(body: V, path: string): V {
  const named = [
    ...[...body.tiers].flatMap(([tier, rule]) => [...rule.credentials, ...rule.declines].map((name) => [tier, name])),
    ...body.combinations.flatMap((set) => set.map((name) => ["combinations", name])),
  ];
  const stray = named.find(([, name]) => !body.tiers.has(name as string));
  if (stray !== undefined) misfit(`${path}.tiers.${stray[0]}`, `${stray[1]} is no tier of it`);
  const ranked = [...body.tiers].sort(([, one], [, other]) => one.rank - other.rank || one.weight - other.weight);
  for (const [index, [tier, { rank, weight }]] of ranked.entries()) {
    const above = ranked.slice(index + 1).find(([, other]) => other.rank > rank && other.weight < weight);
    if (above !== undefined)
      misfit(`${path}.tiers.${above[0]}.weight`, `at least that of ${tier}, which ranks below it`);
  }
  return body;
}

/** Whether two texts give their tiers the same ranks, weights and powers. */
export function sameTiers(one: Vocabulary, other: Vocabulary): boolean {
  const [a, b] = [one, other].map(({ tiers, combinations }) => encodeCanonical({ tiers, combinations } as Encodable));
  return equalBytes(a as Uint8Array, b as Uint8Array);
}

/** Signs a vocabulary, as its file holds it, for one mesh. */
export function issueTaxonomy(vocabulary: unknown, mesh: string, publisher: Signer): Result<Uint8Array> {
  const value = fromJson(vocabulary);
  if (!value.ok) return fault("TAXONOMY_INVALID", value.fault.detail);
  const plain: CborMap = isCborMap(value.value) ? value.value : new Map();
  const fields = new Map([...plain, ["kind", "taxonomy"], ["format", 1], ["mesh", mesh]] as [string, never][]);
  const body = readAs(fields, readTaxonomy, "taxonomy");
  if (!body.ok) return fault("TAXONOMY_INVALID", body.fault.detail);
  return ok(signStatement(encodeCanonical(fields as Encodable), "quorate/taxonomy/1", publisher).frame);
}

/** Taxonomies that a party recognises, how long an old version outlives its successor, and who speaks for each key. */
export type Recognised = {
  readonly taxonomies: readonly Taxonomy[];
  readonly taxonomyGrace: number;
  readonly roots: ReadonlyMap<string, string>;
};

/** The version that a credential declares, if it is still recognised at the stated time. */
export function recognisedVersion(
  { taxonomies, taxonomyGrace, roots }: Recognised,
  name: string,
  version: number,
  at: number,
): Result<Taxonomy> {
  const publisher = ({ signer }: Taxonomy) => roots.get(signer) ?? signer;
  const namesakes = taxonomies.filter(({ body }) => body.name === name);
  const declared = namesakes.find(({ body }) => body.version === version);
  if (declared === undefined) return fault("TAXONOMY_UNKNOWN", { taxonomy: name, version });
  // One name, one publisher, one text for each version: between two claims nobody but a person can choose.
  const rival = namesakes.find(
    (other) => publisher(other) !== publisher(declared) || (other.body.version === version && other.id !== declared.id),
  );
  if (rival !== undefined) return fault("TAXONOMY_DISPUTED", { taxonomy: name, first: declared.id, second: rival.id });
  const later = namesakes.filter(({ body }) => body.version > version);
  const until = Math.min(...later.map(({ body }) => body.since + taxonomyGrace));
  return at <= until ? ok(declared) : fault("TAXONOMY_RETIRED", { taxonomy: name, version, until, at });
}

/** What the names of one credential amount to together. */
export type Grade = {
  readonly names: readonly string[];
  /** The lowest rank and weight among them: combining lends nothing. */
  readonly rank: number;
  readonly weight: number;
  readonly rules: readonly TierRule[];
};
export type Standing = Grade & { readonly taxonomy: Taxonomy };

/** Reads tier names under a taxonomy; a combination must be one that it lists. */
export function standingOf(taxonomy: Taxonomy, tiers: readonly string[]): Result<Standing> {
  const grade = gradeIn(taxonomy.body, tiers);
  return grade.ok ? ok({ taxonomy, ...grade.value }) : grade;
}

export function gradeIn(body: Vocabulary, tiers: readonly string[]): Result<Grade> {
  const rules: TierRule[] = [];
  for (const tier of tiers) {
    const rule = body.tiers.get(tier);
    if (rule === undefined) return fault("TIER_UNKNOWN", { tier, taxonomy: body.name, version: body.version });
    rules.push(rule);
  }
  const wanted = [...new Set(tiers)].sort().join();
  const listed = body.combinations.some((set) => [...set].sort().join() === wanted);
  if (tiers.length > 1 && !listed) return fault("TIER_COMBINATION", { tiers: tiers.join(" and ") });
  const rank = Math.min(...rules.map((rule) => rule.rank));
  const weight = Math.min(...rules.map((rule) => rule.weight));
  return ok({ names: tiers, rank, weight, rules });
}

/** True where one of the tiers allows what is asked. */
export function allows(
  standing: Pick<Grade, "rules">,
  what: "attests" | "roles" | "credentials" | "declines",
  name: string,
): boolean {
  return standing.rules.some((rule) => rule[what].includes(name) || rule[what].includes(ANY));
}
