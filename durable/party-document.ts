// The document that an agent is deployed with, as `PARTY`: who it is, whom it recognises, what may come in, and who is told.
import type { Json } from "../shared/cbor/json.ts";
import { integer, list, misfit, nullable, type Reader, record, text, withDefaults } from "../shared/cbor/read.ts";
import { readTrustStatement, type TrustStatement } from "../shared/evidence/trust-statement.ts";
import { CHAIN_LENGTH_MAX, DEVICE_LINKS_MAX, SEATS_MAX, SHARDS_MAX } from "../shared/limits.ts";
import { isToken } from "../shared/mesh/subject.ts";
import type { PartyCore } from "../shared/party.ts";
import { readSource, type SourceDocument } from "../shared/source/document.ts";
import { TARGET_LENGTH_MAX } from "../shared/webhooks/target.ts";
import { ENDPOINTS_MAX, type Endpoint, readEndpoint } from "./hook-endpoints.ts";
import type { StandingDocument } from "./standing.ts";

export type PartyDocument = PartyCore<SourceDocument> & {
  /** Further meshes in which it stands; may be left out, as by most. */
  readonly meshes: readonly StandingDocument[];
  /** Addresses of partners' signed statements, and the mesh that they are for; may be left out. */
  readonly pulls: readonly { readonly mesh: string; readonly url: string }[];
  /** Who is told of its ceremonies by webhooks; may be left out. */
  readonly endpoints: readonly Endpoint[];
  /** A DNS-over-HTTPS service with the JSON form, asked before a webhook is sent; null where names are not looked up. */
  readonly resolver: string | null;
  /** Objects over which it spreads the intake of a ceremony with seats that run no agent: 0 for none, null for as many as the load asks. */
  readonly shards: number | null;
};

const LARGE = 65_536;
/** Meshes in which one party stands besides its own. */
const MESHES_MAX = 16;
/** Addresses that one sweep asks, each for ten seconds at most, a few at a time. */
const PULLS_MAX = 32;
const readTrust: Reader<TrustStatement> = (value, path) => {
  const plain = readTrustStatement(value instanceof Map ? mapToJson(value) : value);
  return plain.ok ? plain.value : misfit(path, "a trust statement");
};

/** A name that stands in subjects: with a dot or a blank in it nothing could be sent to its bearer. */
const token: Reader<string> = (value, path) =>
  typeof value === "string" && isToken(value)
    ? value
    : misfit(path, "1 to 64 letters, digits, hyphens and underscores, as it stands in subjects");

/** Of a file that anyone may serve: what it holds is judged, and not where it came from. */
const webAddress: Reader<string> = (value, path) =>
  typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
    ? value
    : misfit(path, "an address that begins with https:// or http://");

const clockOffset = integer(-86_400_000_000, 86_400_000_000);
const readFields = record<PartyDocument>({
  name: token,
  mesh: token,
  credentials: list(text(LARGE), CHAIN_LENGTH_MAX, 1),
  trust: readTrust,
  partners: list(record({ name: token, account: token }), SEATS_MAX),
  sources: list(readSource, 64),
  clockOffsetMs: clockOffset,
  deviceLinks: list(text(LARGE), DEVICE_LINKS_MAX),
  pulls: list(record({ mesh: token, url: webAddress }), PULLS_MAX),
  meshes: list(
    record<StandingDocument>({
      mesh: token,
      frame: text(),
      clockOffsetMs: clockOffset,
      class: text(),
      trust: readTrust,
      credentials: list(text(LARGE), CHAIN_LENGTH_MAX, 1),
      partners: list(token, SEATS_MAX),
    }),
    MESHES_MAX,
  ),
  endpoints: list(readEndpoint, ENDPOINTS_MAX),
  resolver: nullable(text(TARGET_LENGTH_MAX)),
  shards: nullable(integer(0, SHARDS_MAX)),
});
const OPTIONAL = { meshes: [], deviceLinks: [], pulls: [], endpoints: [], resolver: null, shards: null };
export const readParty: Reader<PartyDocument> = withDefaults(OPTIONAL, readFields);

function mapToJson(value: ReadonlyMap<unknown, unknown>): Json {
  const plain = (item: unknown): unknown =>
    item instanceof Map
      ? Object.fromEntries([...item].map(([key, inner]) => [key, plain(inner)]))
      : Array.isArray(item)
        ? item.map(plain)
        : item;
  return plain(value) as Json;
}
