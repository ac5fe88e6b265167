// Who may call the agent's API: bearer keys with scopes, and people whom an identity provider vouches for (Cloudflare Access). Read once.
import { type Json, toJson } from "../shared/cbor/json.ts";
import {
  anything,
  hex32,
  integer,
  list,
  misfit,
  nullable,
  oneOf,
  type Reader,
  record,
  text,
  textMap,
  withDefaults,
} from "../shared/cbor/read.ts";
import { sha256Hex } from "../shared/hash.ts";
import { FIRST_KEY, isKeyName, SCOPES, type Scope } from "../shared/scopes.ts";

/** A bearer key, known by the SHA-256 of its text. Several are in force at a time, so that one follows another without a gap. */
export type ApiKey = {
  readonly id: string;
  readonly sha256: string;
  readonly scopes: readonly Scope[];
  /** From when and until when it is good, in milliseconds; null for no bound. */
  readonly from: number | null;
  readonly until: number | null;
  /** Units of work a minute. */
  readonly perMinute: number;
};

/** Whose tokens are taken, and what their bearers may do. */
export type AccessDocument = {
  readonly issuer: string;
  readonly audience: string;
  /** A JWK set; null to fetch it from `keysUrl`. */
  readonly keys: Json;
  /** Where the set is; null for the place that Cloudflare Access has it. */
  readonly keysUrl: string | null;
  /** What everyone may do whom the issuer lets through, and what single people or services may, by `personId` of email or common name. */
  readonly scopes: readonly Scope[];
  readonly people: ReadonlyMap<string, readonly Scope[]>;
};

/** Far above what people and their programs ask, and far below what one object bears. */
export const UNITS_A_MINUTE = 6_000;
const KEYS_MAX = 64;
const PEOPLE_MAX = 1_000;

/** One id for a person however the name is spelt: an identity provider takes either case, and so must whoever withdraws. */
export function personId(name: string): string {
  return `${PERSON}${name.trim().normalize("NFC").toLowerCase()}`;
}
export const PERSON = "access:";

const scopes = list(oneOf(...SCOPES), SCOPES.length);
const id: Reader<string> = (value, path) =>
  typeof value === "string" && isKeyName(value) ? value : misfit(path, "1 to 64 letters, digits, . _ -");
const instant: Reader<number> = (value, path) => {
  const at = typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isFinite(at) ? at : misfit(path, "an ISO 8601 time such as 2027-01-31T00:00:00Z");
};
const url: Reader<string> = (value, path) =>
  typeof value === "string" && /^https:\/\/[^\s?#@]+$/.test(value) && URL.canParse(value)
    ? value
    : misfit(path, "an https address");

export const readKeys: Reader<readonly ApiKey[]> = list(
  withDefaults<ApiKey>(
    { from: null, until: null, perMinute: UNITS_A_MINUTE },
    record<ApiKey>({
      id,
      sha256: hex32,
      scopes,
      from: nullable(instant),
      until: nullable(instant),
      perMinute: integer(1, 1_000_000),
    }),
  ),
  KEYS_MAX,
);

/** By their ids. */
const readPeople: Reader<ReadonlyMap<string, readonly Scope[]>> = (value, path) => {
  const named = textMap(scopes, PEOPLE_MAX)(value, path);
  const people = new Map([...named].map(([name, own]) => [personId(name), own]));
  return people.size === named.size ? people : misfit(path, "each person once, whatever the case of the letters");
};

export const readAccess: Reader<AccessDocument> = withDefaults<AccessDocument>(
  { keys: null, keysUrl: null, scopes: [], people: new Map() },
  record<AccessDocument>({
    issuer: url,
    audience: text(256),
    keys: (value) => toJson(anything(value, "")),
    keysUrl: nullable(url),
    scopes,
    people: readPeople,
  }),
);

/** The key that the agent is set up with: it may do all. */
export function firstKey(apiKey: string): ApiKey {
  const sha256 = sha256Hex(new TextEncoder().encode(apiKey));
  return { id: FIRST_KEY, sha256, scopes: ["admin"], from: null, until: null, perMinute: UNITS_A_MINUTE };
}

/** Whoever may administer may do all. */
export function allows(given: readonly Scope[], needed: Scope): boolean {
  return given.includes(needed) || given.includes("admin");
}
