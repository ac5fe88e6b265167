// What a gateway lets out (SPEC §22.1): classes on its list and nothing else, up to its limit. What stays is listed with its reason, and
// what goes out shows by id what it builds on.
import { boolean, integer, list, type Reader, text } from "../../cbor/read.ts";
import { FACTS_MAX, REVIEWERS_MAX, SEATS_MAX } from "../../limits.ts";
import type { Observation, VerifiedObservation } from "../../observation/observation.ts";
import { type Fault, fault } from "../../result.ts";
import { compareText, sortedTexts } from "../../text.ts";
import { fields, NO_ITEMS } from "../documents/fields.ts";
import type { Refusal } from "../routes.ts";
import { EXCHANGE_FORMAT, type ExchangeFile } from "./file.ts";
import { contentMap, type Manifest, rootOfIds, rootOfStatements } from "./manifest.ts";

export type ReleaseFilter = {
  /** Governance classes that may leave; none by default. */
  readonly classes: readonly string[];
  /** Statements in one file. */
  readonly most: number;
  /** Persons besides the gateway who must have signed for the file. */
  readonly reviewers: number;
  /** True where nothing ever comes back, so that no receipt is waited for. */
  readonly oneWay: boolean;
};

export const readFilter: Reader<ReleaseFilter> = fields<ReleaseFilter>(
  {
    classes: list(text(), SEATS_MAX),
    most: integer(0, FACTS_MAX),
    reviewers: integer(0, REVIEWERS_MAX),
    oneWay: boolean,
  },
  { classes: NO_ITEMS, most: FACTS_MAX, reviewers: 0, oneWay: false },
  null,
);

export type Release = {
  readonly out: readonly VerifiedObservation[];
  readonly denied: readonly Refusal[];
  /** Statements that those going out cite, and that the receiver must hold already. */
  readonly prerequisites: readonly string[];
};

/** Decides on each statement for mesh `to`; `held` are the ids that the receiver said it has. */
export function releaseFrom(
  all: readonly VerifiedObservation[],
  filter: ReleaseFilter,
  held: ReadonlySet<string>,
  to: string,
): Release {
  const fresh = all.filter(({ id }) => !held.has(id)).sort((a, b) => compareText(a.id, b.id));
  const listed = fresh.filter(
    (statement) => filter.classes.includes(statement.governanceClass) && !isFrom(statement, to),
  );
  const out = listed.slice(0, filter.most);
  const going = new Set(out.map(({ id }) => id));
  const denied = fresh
    .filter(({ id }) => !going.has(id))
    .map((statement): Refusal => ({ id: statement.id, fault: denial(statement, filter, to) }));
  const withheld = new Set(denied.map(({ id }) => id));
  const cited = out.flatMap(citationsOf).filter((id) => !going.has(id) && !withheld.has(id));
  return { out, denied, prerequisites: sortedTexts(new Set(cited)) };
}

/** What a mesh said itself, and the acts of taking that in: it has the originals. */
function isFrom({ mesh, body }: VerifiedObservation, to: string): boolean {
  const isImport = body.kind === "declaration" && body.type === "import";
  return mesh === to || (isImport && body.content.get("from") === to);
}

function denial(statement: VerifiedObservation, { classes, most }: ReleaseFilter, to: string): Fault {
  if (isFrom(statement, to)) return fault("RELEASE_ORIGIN", { mesh: to }).fault;
  const { governanceClass } = statement;
  const isListed = classes.includes(governanceClass);
  return isListed
    ? fault("RELEASE_FULL", { limit: most }).fault
    : fault("RELEASE_DENIED", { class: governanceClass }).fault;
}

/** The file without its manifest's signature, and what the gateway signs. `statements` are about authority, and go along. */
export function fileFor(
  release: Release,
  { reviewers, oneWay }: ReleaseFilter,
  { to, sequence }: Pick<Manifest, "to" | "sequence">,
  statements: readonly Uint8Array[],
) {
  const { out, denied, prerequisites } = release;
  const content = contentMap({
    to,
    sequence,
    count: out.length,
    root: rootOfIds(out.map(({ id }) => id)),
    denied: rootOfIds(denied.map(({ id }) => id)),
    prerequisites: rootOfIds(prerequisites),
    authority: rootOfStatements(statements),
    reviewers,
    oneWay,
  } satisfies Manifest);
  const file: Omit<ExchangeFile, "manifest"> = {
    format: EXCHANGE_FORMAT,
    reviews: [],
    frames: out.map(({ frame }) => frame),
    statements,
    denied: denied.map(({ id, fault: { code } }) => ({ id, code })),
    prerequisites,
  };
  return { content, file };
}

export function citationsOf({ lineage }: Observation): readonly string[] {
  const { sources, parents, prev } = lineage;
  return [...sources, ...parents, ...(prev === null ? [] : [prev])];
}
