// `admit` on plain documents (SPEC §18.9): a policy's admission rule, an observation in words, and what surrounds it. They stand in for signed
// frames, so that a rule can be tried without keys; the functions that judge are the agents' own.
import { fromJson } from "../cbor/json.ts";
import {
  integer,
  list,
  misfit,
  nullable,
  oneOf,
  type Reader,
  readAs,
  record,
  text,
  textMap,
  withDefaults,
} from "../cbor/read.ts";
import { type CborValue, isCborMap } from "../cbor/value.ts";
import { LINEAGE_REFERENCES_MAX, READINGS_MAX, TEXT_LENGTH_MAX } from "../limits.ts";
import type { Interval } from "../observation/observation.ts";
import { readPlace } from "../reference/place.ts";
import { readProfile } from "../reference/profile.ts";
import type { RefusalCode } from "../refusals.ts";
import { fault, ok, type Result } from "../result.ts";
import { type Attested, type Evidence, MILLION } from "./evidence.ts";
import { type Admission, type AdmissionPolicy, judgeAdmission, ruleOf, type Surroundings } from "./judge.ts";
import { readAdmissionRule } from "./rule.ts";
import type { Deed } from "./standing.ts";

export const POLICY_SHAPE =
  '{"admission":{"rule":"intersection"|"weighted-intersection"|"hierarchical","thresholds":{"admit":600000,"partial":400000,"defer":250000},"factors":[{"kind":"weight"|"standing"|"place"|"window"|"tier"|"granted"|"attested","name":"license-class","weight":1000000,"advisory":false}],"weight":null,"standing":null,"quorum":"named"},"proximity":null}; a whole policy document will do';
export const OBSERVATION_SHAPE =
  '{"id":"obs-1","authority":"acme","device":"d1","tier":"operator","class":"coordination","granted":["coordination"],"credential":{"depth":1,"age":0,"revocations":0},"places":[{"frame":"site","key":"plant-7"}],"frame":"utc","at":[lo,hi],"ttl":3600000000,"sources":[],"claim":"door is open","operation":"live","modality":null,"profiles":[{"profile":"license-class","state":"admit"|"admit-with-conditions"|"defer"|"refuse"}],"signature":"valid","chain":"valid","ceremony":null} (only id and authority are needed)';
export const CONTEXT_SHAPE =
  '{"at":µs,"window":{"frame":"utc","opensAt":µs,"closesAt":µs},"ceremony":null,"others":[observation…],"records":{"acme":[{"id":"c1","order":1,"is":"clean"|"fault","class":"coordination"}]}}';

const instant = integer(0, Number.MAX_SAFE_INTEGER);
const share = integer(0, MILLION);

const readAt: Reader<Interval> = (value, path) => {
  const pair = typeof value === "number" ? [value, value] : value;
  const [least = 0, most = 0] = list(instant, 2, 2)(pair as CborValue, path);
  return least <= most ? [least, most] : misfit(path, "bounds in order");
};

const readAttested: Reader<Attested> = withDefaults(
  { score: null, conditions: [], reason: "", by: "" },
  record<Attested>({
    profile: text(),
    state: oneOf("admit", "admit-with-conditions", "defer", "refuse"),
    score: nullable(share),
    conditions: list(text(TEXT_LENGTH_MAX), 32),
    reason: text(TEXT_LENGTH_MAX, 0),
    by: text(128, 0),
  }),
);

const CHAINS: Readonly<Record<string, RefusalCode | null>> = {
  valid: null,
  broken: "CHAIN_BROKEN",
  unknown: "ROOT_UNKNOWN",
  expired: "CREDENTIAL_EXPIRED",
  revoked: "CREDENTIAL_REVOKED",
};

/** An observation in words; its fields are those of `Evidence`, and what the door would have said of it. */
type Words = Omit<Evidence, "until" | "governanceClass" | "attested" | "vetoes"> & {
  readonly class: string;
  readonly ttl: number | null;
  readonly profiles: readonly Attested[];
  readonly signature: "valid" | "invalid";
  readonly chain: string;
  readonly ceremony: string | null;
};

const readWords: Reader<Words> = (value, path) => {
  const authority = isCborMap(value) ? (value.get("authority") ?? null) : null;
  return withDefaults(
    {
      device: typeof authority === "string" ? `device of ${authority}` : null,
      tier: null,
      class: "coordination",
      granted: [],
      credential: new Map(),
      places: [],
      frame: "utc",
      at: 0,
      ttl: null,
      sources: [],
      claim: null,
      operation: "live",
      modality: null,
      profiles: [],
      signature: "valid",
      chain: "valid",
      ceremony: null,
    },
    record<Words>({
      id: text(),
      authority: text(),
      device: text(160),
      tier: nullable(text()),
      class: text(),
      granted: list(text(), 64),
      credential: withDefaults(
        { depth: 1, age: 0, revocations: 0 },
        record({ depth: integer(1, 64), age: instant, revocations: integer(0, 1_000) }),
      ),
      places: list(readPlace, 16),
      frame: text(),
      at: readAt,
      ttl: nullable(instant),
      sources: list(text(), LINEAGE_REFERENCES_MAX),
      claim: nullable(text(TEXT_LENGTH_MAX)),
      operation: oneOf("live", "replay", "training"),
      modality: nullable(text()),
      profiles: list(readAttested, 64),
      signature: oneOf("valid", "invalid"),
      chain: (chain, at) => oneOf(...Object.keys(CHAINS))(chain, at),
      ceremony: nullable(text()),
    }),
  )(value, path);
};

type Context = {
  readonly at: number | null;
  readonly window: { readonly frame: string; readonly opensAt: number; readonly closesAt: number };
  readonly ceremony: string | null;
  readonly others: readonly Words[];
  readonly records: ReadonlyMap<string, readonly Deed[]>;
};

const readDeed: Reader<Deed> = (value, path) => {
  const deed = withDefaults(
    { order: 0, class: null },
    record({ id: text(), order: instant, is: oneOf("clean", "fault"), class: nullable(text()) }),
  )(value, path);
  return { id: deed.id, order: deed.order, is: deed.is, governanceClass: deed.class };
};

const readContext: Reader<Context> = withDefaults(
  { at: null, window: new Map(), ceremony: null, others: [], records: new Map() },
  record<Context>({
    at: nullable(instant),
    window: withDefaults(
      { frame: "utc", opensAt: 0, closesAt: Number.MAX_SAFE_INTEGER },
      record({ frame: text(), opensAt: instant, closesAt: instant }),
    ),
    ceremony: nullable(text()),
    others: list(readWords, READINGS_MAX),
    records: textMap(list(readDeed, READINGS_MAX), READINGS_MAX),
  }),
);

/** The admission part of a policy document, or such a part by itself. */
export function parseAdmissionPolicy(document: unknown): Result<AdmissionPolicy> {
  const value = fromJson(document);
  if (!value.ok)
    return fault("FILE_SHAPE", { thing: "an admission policy", shape: POLICY_SHAPE, ...value.fault.detail });
  const fields = isCborMap(value.value) ? value.value : new Map<string, CborValue>();
  const bare = fields.has("factors");
  const admission = readAs<AdmissionPolicy["admission"]>(
    (bare ? value.value : fields.get("admission")) ?? null,
    nullable(readAdmissionRule),
    bare ? "" : "admission",
  );
  if (!admission.ok)
    return fault("FILE_SHAPE", { thing: "an admission policy", shape: POLICY_SHAPE, ...admission.fault.detail });
  const proximity = readAs(bare ? null : (fields.get("proximity") ?? null), nullable(readProfile), "proximity");
  if (!proximity.ok)
    return fault("FILE_SHAPE", { thing: "an admission policy", shape: POLICY_SHAPE, ...proximity.fault.detail });
  const policy = { admission: admission.value, proximity: proximity.value };
  return ruleOf(policy) === null
    ? fault("FILE_SHAPE", {
        thing: "an admission policy",
        shape: POLICY_SHAPE,
        path: "admission",
        need: "there, or proximity",
      })
    : ok(policy);
}

/** Judges one observation among others. */
export function admitPlain(policy: AdmissionPolicy, observation: unknown, context: unknown): Result<Admission> {
  const words = parse(observation, readWords, "an observation", OBSERVATION_SHAPE);
  if (!words.ok) return words;
  const around = parse(context, readContext, "a context", CONTEXT_SHAPE);
  if (!around.ok) return around;
  const rule = ruleOf(policy);
  if (rule === null)
    return fault("FILE_SHAPE", { thing: "an admission policy", shape: POLICY_SHAPE, path: "admission", need: "there" });
  const { window, records, others } = around.value;
  const evidences = [words.value, ...others.filter(({ id }) => id !== words.value.id)].map((one) =>
    toEvidence(one, around.value),
  );
  const surroundings: Surroundings = { when: window, sources: [], records };
  return ok(judgeAdmission(policy, rule, evidences, surroundings).get(words.value.id) as Admission);
}

function parse<T>(document: unknown, reader: Reader<T>, thing: string, shape: string): Result<T> {
  const value = fromJson(document);
  const read: Result<T> = value.ok ? readAs<T>(value.value, reader) : value;
  return read.ok ? read : fault("FILE_SHAPE", { thing, shape, ...read.fault.detail });
}

function toEvidence(
  { class: governanceClass, ttl, profiles, signature, chain, ceremony, ...words }: Words,
  context: Context,
): Evidence {
  const until = ttl === null ? Number.MAX_SAFE_INTEGER : Math.min(words.at[1] + ttl, Number.MAX_SAFE_INTEGER);
  const vetoes: { code: RefusalCode; detail: Readonly<Record<string, unknown>> }[] = [];
  if (signature === "invalid") vetoes.push({ code: "SIGNATURE_INVALID", detail: {} });
  const broken = CHAINS[chain];
  if (broken) vetoes.push({ code: broken, detail: { link: 0 } });
  if (ceremony !== null && context.ceremony !== null && ceremony !== context.ceremony)
    vetoes.push({ code: "CEREMONY_MISMATCH", detail: { found: ceremony } });
  if (context.at !== null && until < context.at)
    vetoes.push({
      code: "TTL_EXPIRED",
      detail: { until: `${context.at - until} µs before`, at: "the evaluation instant" },
    });
  return { ...words, governanceClass, until, attested: profiles, vetoes };
}
