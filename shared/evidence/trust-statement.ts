// A trust statement: the roots that a verifier, or a party, recognises, and what it knows about authority besides (SPEC §12.1).
// Identity is never implied by the evidence.
import {
  type AuthorityStatement,
  isStatement,
  openAuthorityStatement,
  parseAuthorityStatement,
} from "../authority/statement.ts";
import { DEVICE_NEEDS, type DeviceNeed, type Recognised } from "../authority/taxonomy.ts";
import { assembleTrust, TAXONOMY_GRACE, type Trust, type TrustTerms, type Vouched } from "../authority/trust.ts";
import { parseBase64 } from "../bytes.ts";
import { fromJson, type Json } from "../cbor/json.ts";
import { hex32, integer, list, nullable, oneOf, readAs, record, text, withDefaults } from "../cbor/read.ts";
import { AUTHORITY_STATEMENTS_MAX, FRAME_BYTES_MAX, SEATS_MAX, TIERS_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";

export const TRUST_FORMAT = "quorate-trust/1";

export type TrustedRoot = {
  readonly authority: string;
  /** The root's public key in hexadecimal: any key of its history. */
  readonly key: string;
  /** Tiers that the root may confer; null for any. */
  readonly tiers?: readonly string[] | null;
};

/** All but format, mesh and roots may be left out. Durations in microseconds. */
export type TrustStatement = {
  readonly format: typeof TRUST_FORMAT;
  readonly mesh: string;
  readonly roots: readonly TrustedRoot[];
  /** Roots' histories, rotations, taxonomies, revocations and their state, as signed, in base64. */
  readonly statements?: readonly string[];
  readonly taxonomyGrace?: number;
  /** How old a revocation state may be at an observation's stated time; null where none is asked for. */
  readonly revocationAge?: number | null;
  readonly device?: DeviceNeed;
  /** Governance classes that are received; null for all. */
  readonly classes?: readonly string[] | null;
};

const readNames = nullable(list(text(), TIERS_MAX));
const readRoot = withDefaults(
  { tiers: null },
  record<Required<TrustedRoot>>({ authority: text(), key: hex32, tiers: readNames }),
);

const duration = integer(0, Number.MAX_SAFE_INTEGER);
const readFields = withDefaults(
  { statements: [], taxonomyGrace: TAXONOMY_GRACE, revocationAge: null, device: "any", classes: null },
  record<Required<TrustStatement>>({
    format: oneOf(TRUST_FORMAT),
    mesh: text(),
    roots: list(readRoot, SEATS_MAX, 1),
    statements: list(text(2 * FRAME_BYTES_MAX), AUTHORITY_STATEMENTS_MAX),
    taxonomyGrace: duration,
    revocationAge: nullable(duration),
    device: oneOf(...DEVICE_NEEDS),
    classes: readNames,
  }),
);

export function readTrustStatement(document: Json | unknown): Result<TrustStatement> {
  const value = fromJson(document);
  const statement = value.ok ? readAs(value.value, readFields) : value;
  if (!statement.ok) return fault("TRUST_INVALID", statement.fault.detail);
  const keys = new Set(statement.value.roots.map(({ key }) => key));
  if (keys.size !== statement.value.roots.length)
    return fault("TRUST_INVALID", { path: "roots", need: "each key once" });
  const parsed = parseStatements(statement.value);
  return parsed.ok ? statement : parsed;
}

export function writeTrustStatement(mesh: string, roots: ReadonlyMap<string, string>): TrustStatement {
  return { format: TRUST_FORMAT, mesh, roots: [...roots].map(([key, authority]) => ({ authority, key })) };
}

/** The frames of its statements; null where one is not base64. */
export function statementFrames({ statements = [] }: TrustStatement): readonly (Uint8Array | null)[] {
  return statements.map(parseBase64);
}

function parseStatements(statement: TrustStatement): Result<readonly AuthorityStatement[]> {
  const parsed: AuthorityStatement[] = [];
  for (const [index, frame] of statementFrames(statement).entries()) {
    const path = `statements[${index}]`;
    if (frame === null) return fault("TRUST_INVALID", { path, need: "canonical base64" });
    const read = parseAuthorityStatement(frame);
    if (!read.ok) return fault("TRUST_INVALID", { path, need: `a signed statement (${read.fault.code})` });
    parsed.push(read.value.signed);
  }
  return ok(parsed);
}

/**
 * Root keys under the names they stand for, rotated ones included, and the taxonomies: for what is done with frames that the door has
 * admitted. The door itself checks the signatures besides (`openTrust`).
 */
export function recognisedIn(statement: TrustStatement): Recognised {
  const parsed = parseStatements(statement);
  return assembleTrust({ ...termsOf(statement), statements: parsed.ok ? parsed.value : [] });
}

function termsOf(statement: TrustStatement): TrustTerms {
  const { mesh, roots, taxonomyGrace = TAXONOMY_GRACE, revocationAge = null, device = "any", classes } = statement;
  const limited = roots.flatMap(({ authority, tiers }) => (tiers ? ([[authority, tiers]] as const) : []));
  return {
    mesh,
    pins: new Map(roots.map(({ authority, key }) => [key, authority])),
    conferrable: new Map(limited),
    taxonomyGrace,
    revocationAge,
    device,
    consents: classes ?? null,
  };
}

/**
 * What the door takes as given: the statement's own terms, its statements and those that came with the evidence, all verified. Evidence
 * may bring histories of keys and revocations, which bear on what is pinned; a taxonomy counts only where the statement itself has it.
 */
export async function openTrust(
  statement: TrustStatement,
  carried: readonly Uint8Array[] = [],
  vouched: Vouched = new Map(),
): Promise<Result<Trust>> {
  const statements: AuthorityStatement[] = [];
  const own = statementFrames(statement);
  for (const [index, frame] of [...own, ...carried].entries()) {
    const opened = frame === null ? fault("STATEMENT_UNKNOWN", { kind: "none" }) : await openAuthorityStatement(frame);
    if (!opened.ok) return fault("STATEMENT_INVALID", { entry: index, reason: opened.fault.code });
    if (index < own.length || !isStatement(opened.value, "taxonomy")) statements.push(opened.value);
  }
  return ok(assembleTrust({ ...termsOf(statement), statements, vouched }));
}
