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
  withDefaults,
} from "../cbor/read.ts";
import { type CborValue, isCborMap } from "../cbor/value.ts";
import { readInstant } from "../mesh/documents/fields.ts";
import { readScope, readTranslator, readTranslatorRevocation } from "../mesh/documents/translator.ts";
import type { Scope, Translator, TranslatorRevocation } from "../mesh/translator.ts";
import { fault, ok, type Result } from "../result.ts";

/** One rule of an authority. `label` is its handling caveat; `scope` says where it holds, everywhere if null. */
export type Clause = {
  readonly id: string;
  readonly effect: "permit" | "prohibit";
  readonly value: CborValue;
  readonly label: string | null;
  readonly scope: Scope;
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
  readonly scope: Scope;
  /** Microseconds from its issue for which a partner's policy waits here before it holds. */
  readonly staging: number;
  /** Whether a partner's policy past its refresh hint is refused here, or held and flagged. */
  readonly stale: "refuse" | "flag";
};

export type Pool = {
  readonly policies: readonly AuthorityPolicy[];
  readonly translators: readonly Translator[];
  readonly revocations: readonly TranslatorRevocation[];
};

const CLAUSES_MAX = 10_000;
const ADMITS_MAX = 1_000;

const readClause: Reader<Clause> = withDefaults(
  { label: null, scope: null },
  record<Clause>({
    id: text(),
    effect: oneOf("permit", "prohibit"),
    value: anything,
    label: nullable(text()),
    scope: readScope,
  }),
);

export const readPolicy: Reader<AuthorityPolicy> = withDefaults(
  {
    admits: [],
    version: 1,
    issued: null,
    refreshBy: null,
    expires: null,
    overrides: false,
    scope: null,
    staging: 0,
    stale: "refuse",
  },
  record<AuthorityPolicy>({
    authority: text(),
    clauses: list(readClause, CLAUSES_MAX),
    admits: list(text(), ADMITS_MAX),
    version: integer(0, Number.MAX_SAFE_INTEGER),
    issued: nullable(readInstant),
    refreshBy: nullable(readInstant),
    expires: nullable(readInstant),
    overrides: boolean,
    scope: readScope,
    staging: integer(0, Number.MAX_SAFE_INTEGER),
    stale: oneOf("refuse", "flag"),
  }),
);

/** Reads plain documents, each a policy, a translator or a revocation; a list of such is taken item by item. */
export function readPool(documents: readonly { readonly name: string; readonly document: unknown }[]): Result<Pool> {
  const policies: AuthorityPolicy[] = [];
  const translators: Translator[] = [];
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

type Growing = { policies: AuthorityPolicy[]; translators: Translator[]; revocations: TranslatorRevocation[] };

function readItem(value: CborValue, name: string, pool: Growing): Result<null> {
  const add = <T>(list: T[], reader: Reader<T>): Result<null> => {
    const read = readAs(value, reader, name);
    if (!read.ok) return read;
    list.push(read.value);
    return ok(null);
  };
  if (isCborMap(value) && value.has("revokes")) return add(pool.revocations, readTranslatorRevocation(null));
  if (isCborMap(value) && value.has("authority")) return add(pool.policies, readPolicy);
  if (isCborMap(value) && value.has("from") && value.has("to")) return add(pool.translators, readTranslator(null));
  return fault("POOL_INVALID", {
    path: name,
    need: "a policy (authority), a translator (from, to) or a revocation (revokes)",
  });
}

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}
