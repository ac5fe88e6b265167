// The pool of a coalition: each authority's own policy, the translators between them, and the revocations of translators (SPEC §15).
// Nobody signs for another: what holds at home is computed there, from what home itself admits.
import type { Json } from "../cbor/json.ts";
import { fromJson } from "../cbor/json.ts";
import {
  anything,
  boolean,
  integer,
  list,
  nullable,
  oneOf,
  type Reader,
  readAs,
  record,
  text,
  textMap,
} from "../cbor/read.ts";
import { type CborValue, isCborMap } from "../cbor/value.ts";
import { TEXT_LENGTH_MAX } from "../limits.ts";
import { fault, ok, type Result } from "../result.ts";

/** One rule of an authority. `label` is its handling caveat; `scope` says where it holds, everywhere if null. */
export type Clause = {
  readonly id: string;
  readonly effect: "permit" | "prohibit";
  readonly value: CborValue;
  readonly label: string | null;
  readonly scope: ReadonlyMap<string, string> | null;
};

/** Times are microseconds of the home's frame. `overrides` lets permission win between partners, where home says so. */
export type AuthorityPolicy = {
  readonly authority: string;
  readonly clauses: readonly Clause[];
  readonly admits: readonly string[];
  readonly version: number;
  readonly issued: number | null;
  readonly refreshBy: number | null;
  readonly expires: number | null;
  readonly overrides: boolean;
  /** Where the whole policy holds, as a clause's scope; everywhere if null. */
  readonly scope: ReadonlyMap<string, string> | null;
  /** Microseconds from its issue for which a partner's policy waits here before it holds. */
  readonly staging: number;
};

export type TermImage = { readonly as: CborValue; readonly loss: Loss };
export type Loss = "exact" | "narrowed" | "widened" | "dropped" | "ambiguous";

/** `clauses` are the clauses it translates, all if null; `scope` is the operation it holds in. */
export type PolicyTranslator = {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly signer: string;
  readonly clauses: readonly string[] | null;
  readonly terms: ReadonlyMap<string, TermImage>;
  readonly expires: number | null;
  readonly scope: ReadonlyMap<string, string> | null;
};

/** `after` is the first instant at which the translator no longer holds, within `scope`. */
export type TranslatorRevocation = {
  readonly revokes: string;
  readonly by: string;
  readonly after: number;
  readonly scope: ReadonlyMap<string, string> | null;
};

export type Pool = {
  readonly policies: readonly AuthorityPolicy[];
  readonly translators: readonly PolicyTranslator[];
  readonly revocations: readonly TranslatorRevocation[];
};

const CLAUSES_MAX = 10_000;
const ADMITS_MAX = 1_000;

const instant = integer(0, Number.MAX_SAFE_INTEGER);
/** A scope as one word is an operation's name. */
const scope: Reader<ReadonlyMap<string, string>> = (value, path) =>
  typeof value === "string" ? new Map([["operation", text()(value, path)]]) : textMap(text(), 16)(value, path);

const readClause: Reader<Clause> = (value, path) =>
  record<Clause>({
    id: text(),
    effect: oneOf("permit", "prohibit"),
    value: anything,
    label: nullable(text()),
    scope: nullable(scope),
  })(filled(value, { label: null, scope: null }), path);

const POLICY_DEFAULTS = {
  admits: [],
  version: 1,
  issued: null,
  refreshBy: null,
  expires: null,
  overrides: false,
  scope: null,
  staging: 0,
};

export const readPolicy: Reader<AuthorityPolicy> = (value, path) =>
  record<AuthorityPolicy>({
    authority: text(),
    clauses: list(readClause, CLAUSES_MAX),
    admits: list(text(), ADMITS_MAX),
    version: integer(0, Number.MAX_SAFE_INTEGER),
    issued: nullable(instant),
    refreshBy: nullable(instant),
    expires: nullable(instant),
    overrides: boolean,
    scope: nullable(scope),
    staging: instant,
  })(filled(value, POLICY_DEFAULTS), path);

const LOSSES = ["exact", "narrowed", "widened", "dropped", "ambiguous"] as const;

const readImage: Reader<TermImage> = (value, path) =>
  record<TermImage>({ as: anything, loss: oneOf(...LOSSES) })(
    isCborMap(value)
      ? filled(value, { as: null, loss: "exact" })
      : new Map([
          ["as", value],
          ["loss", "exact"],
        ]),
    path,
  );

export const readTranslator: Reader<PolicyTranslator> = (value, path) => {
  const whole = record<PolicyTranslator & { readonly authorities: CborValue; readonly units: CborValue }>({
    id: text(),
    from: text(),
    to: text(),
    signer: text(),
    clauses: readCovered,
    terms: textMap(readImage, CLAUSES_MAX),
    expires: nullable(instant),
    scope: nullable(scope),
    authorities: anything,
    units: anything,
  })(
    filled(value, {
      clauses: null,
      terms: new Map(),
      expires: null,
      scope: null,
      authorities: null,
      units: null,
      signer: fieldOf(value, "from"),
    }),
    path,
  );
  const { authorities: _, units: __, ...translator } = whole;
  return translator;
};

/** The clauses that a translator covers: a list of ids, or "*" for all. */
const readCovered: Reader<readonly string[] | null> = (value, path) =>
  value === null || value === "*" ? null : list(text(), CLAUSES_MAX)(value, path);

export const readRevocation: Reader<TranslatorRevocation> = (value, path) =>
  record<TranslatorRevocation>({ revokes: text(TEXT_LENGTH_MAX), by: text(), after: instant, scope: nullable(scope) })(
    filled(value, { scope: null }),
    path,
  );

function fieldOf(value: CborValue, name: string): CborValue {
  return (isCborMap(value) ? value.get(name) : undefined) ?? null;
}

/** Optional fields may be left out of what people write; every reader sees them all. */
function filled(value: CborValue, optional: Readonly<Record<string, CborValue>>): CborValue {
  return isCborMap(value) ? new Map([...Object.entries(optional), ...value]) : value;
}

/** Reads plain documents, each a policy, a translator or a revocation; a list of such is taken item by item. */
export function readPool(documents: readonly { readonly name: string; readonly document: unknown }[]): Result<Pool> {
  const policies: AuthorityPolicy[] = [];
  const translators: PolicyTranslator[] = [];
  const revocations: TranslatorRevocation[] = [];
  for (const { name, document } of documents) {
    for (const item of Array.isArray(document) ? document : [document]) {
      const value = fromJson(item as Json, name);
      if (!value.ok) return value;
      const read = readItem(value.value, name, { policies, translators, revocations });
      if (!read.ok) return read;
    }
  }
  const twice = repeated(translators.map(({ id }) => id));
  if (twice !== undefined) return fault("POOL_INVALID", { path: twice, need: "one translator of that id" });
  return ok({ policies, translators, revocations });
}

type Growing = { policies: AuthorityPolicy[]; translators: PolicyTranslator[]; revocations: TranslatorRevocation[] };

function readItem(value: CborValue, name: string, pool: Growing): Result<null> {
  const add = <T>(list: T[], reader: Reader<T>): Result<null> => {
    const read = readAs(value, reader, name);
    if (!read.ok) return read;
    list.push(read.value);
    return ok(null);
  };
  if (isCborMap(value) && value.has("revokes")) return add(pool.revocations, readRevocation);
  if (isCborMap(value) && value.has("authority")) return add(pool.policies, readPolicy);
  if (isCborMap(value) && value.has("from") && value.has("to")) return add(pool.translators, readTranslator);
  return fault("POOL_INVALID", {
    path: name,
    need: "a policy (authority), a translator (from, to) or a revocation (revokes)",
  });
}

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}
