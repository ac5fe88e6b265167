// What a party, or a verifier, takes as given: the roots it pins, and what it knows about authority besides. Assembled once from
// statements that were opened; the same statements in any order give the same trust.
import { type ChainMemory, emptyMemory } from "./chain.ts";
import { indexRotations, type Note, type RootKey, type RotationsOf, rootKeys } from "./roots.ts";
import {
  type AuthorityStatement,
  type Issue,
  isStatement,
  type Revocation,
  type RevocationState,
} from "./statement.ts";
import type { DeviceNeed, Recognised, Taxonomy } from "./taxonomy.ts";

/** For each revocation by id: the statements dated before it that others had referenced in time. */
export type Vouched = ReadonlyMap<string, ReadonlySet<string>>;

export type Trust = Recognised & {
  /** The mesh it stands in, or null for any. */
  readonly mesh: string | null;
  /** Root keys, in hexadecimal, and the authority each stands for; rotated ones included. */
  readonly roots: ReadonlyMap<string, string>;
  readonly rootKeys: ReadonlyMap<string, RootKey>;
  /** Tiers that an authority's root may confer; an authority that is absent may confer any. */
  readonly conferrable: ReadonlyMap<string, readonly string[]>;
  readonly rotations: RotationsOf;
  readonly revocations: readonly Revocation[];
  readonly states: readonly RevocationState[];
  /** Issues of policies, which aliases lead along. */
  readonly issues: readonly Issue[];
  /** How old a revocation state may be at an observation's stated time, in microseconds; null where none is asked for. */
  readonly revocationAge: number | null;
  readonly vouched: Vouched;
  readonly device: DeviceNeed;
  /** Governance classes it consents to receive; null for all that its taxonomies and credentials allow. */
  readonly consents: readonly string[] | null;
  /** What was set aside while assembling. */
  readonly notes: readonly Note[];
  readonly memory: ChainMemory;
};

export type TrustTerms = {
  readonly mesh: string | null;
  readonly pins: ReadonlyMap<string, string>;
  readonly conferrable?: ReadonlyMap<string, readonly string[]>;
  readonly statements?: readonly AuthorityStatement[];
  readonly taxonomyGrace?: number;
  readonly revocationAge?: number | null;
  readonly vouched?: Vouched;
  readonly device?: DeviceNeed;
  readonly consents?: readonly string[] | null;
};

/** How long an old version of a taxonomy outlives its successor where nothing else is said: 90 days. */
export const TAXONOMY_GRACE = 90 * 86_400 * 1_000_000;

/** Assembles trust. Statements for another mesh are set aside. */
export function assembleTrust(terms: TrustTerms): Trust {
  const { mesh, pins, conferrable = new Map(), statements = [], taxonomyGrace = TAXONOMY_GRACE } = terms;
  const { revocationAge = null, vouched = new Map(), device = "any", consents = null } = terms;
  const known = [...new Map(statements.map((statement) => [statement.id, statement])).values()]
    .filter(({ body }) => mesh === null || body.mesh === mesh)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const rotations = indexRotations(known.filter((statement) => isStatement(statement, "rotation")));
  const { keys, notes } = rootKeys(
    pins,
    known.filter((statement) => isStatement(statement, "root")),
    rotations,
  );
  return {
    mesh,
    roots: new Map([...keys].map(([key, { authority }]) => [key, authority])),
    rootKeys: keys,
    conferrable,
    taxonomies: known.filter((statement): statement is Taxonomy => isStatement(statement, "taxonomy")),
    taxonomyGrace,
    rotations,
    revocations: known.filter((statement) => isStatement(statement, "revocation")),
    states: known.filter((statement) => isStatement(statement, "revocation-state")),
    issues: known.filter((statement) => isStatement(statement, "policy")),
    revocationAge,
    vouched,
    device,
    consents,
    notes,
    memory: emptyMemory(),
  };
}
