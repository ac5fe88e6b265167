// `admit` on documents (SPEC §18.9): a policy's admission rule, an observation, and what surrounds it. An observation in words stands in for a
// signed frame, so that a rule can be tried without keys; the functions that judge are the agents' own.
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
import { fault, invariant, ok, type Result } from "../result.ts";
import { type Attested, type Evidence, MILLION } from "./evidence.ts";
import { type Admission, type AdmissionPolicy, judgeAdmission, ruleOf, type Surroundings } from "./judge.ts";
import { readAdmissionRule } from "./rule.ts";
import type { Deed } from "./standing.ts";

export const POLICY_SHAPE =
  '{"admission":{"rule":"intersection"|"weighted-intersection"|"hierarchical","thresholds":{"admit":600000,"partial":400000,"defer":250000},"factors":[{"kind":"attested","name":"license-class","weight":1000000,"advisory":false}],"weight":null,"standing":null,"quorum":"named"},"proximity":null}; a whole policy document will do';
/** What each kind of factor takes beside its name and weight, and the two rules that some of them need. */
export const FACTOR_SHAPES = [
  '{"kind":"attested","profile":"license-class"} · {"kind":"place"}, by "proximity" · {"kind":"window","tolerance":0,"mode":"conservative"|"lenient"}',
  '{"kind":"tier","among":["regulator"]} · {"kind":"granted","class":"coordination"} · {"kind":"weight","least":500000} · {"kind":"standing","least":500000}',
  '"weight":{"authority":{"operator":700000},"otherwise":200000,"corroboration":{"each":100000,"most":2},"classes":{"coordination":{"multiplier":1000000,"floor":0,"ceiling":1000000}},',
  '"continuity":{"perLink":0,"young":0,"matureAfter":0,"perRevocation":0},"operation":{"replay":0},"modality":{"radar":900000}}, for a factor of kind weight',
  '"standing":{"newcomer":800000,"fault":500000,"recovery":100000,"stakes":{},"floor":100000,"reducedBelow":1000000,"observerBelow":400000,"excludedBelow":0}, for one of kind standing',
] as const;
export const OBSERVATION_SHAPE =
  '{"id":"obs-1","authority":"acme","device":"d1","tier":"operator","class":"coordination","granted":["coordination"],"credential":{"depth":1,"age":0,"revocations":0},"places":[{"frame":"site","key":"plant-7"}],"frame":"utc","at":[lo,hi],"ttl":3600000000,"sources":[],"claim":"door is open","operation":"live","modality":null,"profiles":[{"profile":"license-class","state":"admit"|"admit-with-conditions"|"defer"|"refuse"}],"signature":"valid","chain":"valid","ceremony":null}; only id and authority are needed, chain may be broken, unknown, expired or revoked, and profiles may be {"license-class":"admit"}';
export const CONTEXT_SHAPE =
  '{"at":µs,"window":{"frame":"utc","opensAt":µs,"closesAt":µs},"ceremony":null,"others":[observation…],"profiles":[what evaluators say of this one],"records":{"acme":[{"id":"c1","order":1,"is":"clean"|"fault","class":"coordination"}]}}; for a signed observation also "trust":{trust statement}, "revocations":[frame…], and frames among others, in base64';

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

/** People also name what they say of each profile, and say that a refusal has a reason. */
const readProfiles: Reader<readonly Attested[]> = (value, path) => {
  const named = isCborMap(value) ? [...value].map(([profile, state]) => ({ profile, state })) : null;
  const items = named === null ? value : named.map((one) => new Map<string, CborValue>(Object.entries(one)));
  return list((item, at) => readAttested(spelledState(item), at), 64)(items as CborValue, path);
};

function spelledState(value: CborValue): CborValue {
  return isCborMap(value) && value.get("state") === "refuse-with-reason"
    ? new Map([...value, ["state", "refuse"]])
    : value;
}

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
      profiles: readProfiles,
      signature: oneOf("valid", "invalid"),
      chain: (chain, at) => oneOf(...Object.keys(CHAINS))(chain, at),
      ceremony: nullable(text()),
    }),
  )(value, path);
};

export type Context = {
  readonly at: number | null;
  readonly window: { readonly frame: string; readonly opensAt: number; readonly closesAt: number };
  readonly ceremony: string | null;
  readonly others: readonly Words[];
  /** What evaluators say of the observation that is judged, beside what it says itself. */
  readonly profiles: readonly Attested[];
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
  { at: null, window: new Map(), ceremony: null, others: [], profiles: [], records: new Map() },
  record<Context>({
    at: nullable(instant),
    window: withDefaults(
      { frame: "utc", opensAt: 0, closesAt: Number.MAX_SAFE_INTEGER },
      record({ frame: text(), opensAt: instant, closesAt: instant }),
    ),
    ceremony: nullable(text()),
    others: list(readWords, READINGS_MAX),
    profiles: readProfiles,
    records: textMap(list(readDeed, READINGS_MAX), READINGS_MAX),
  }),
);

/** "weighted intersection" is written in one word. */
function spelledRule(value: CborValue): CborValue {
  const rule = isCborMap(value) ? value.get("rule") : null;
  if (!isCborMap(value) || typeof rule !== "string") return value;
  return new Map([...value, ["rule", rule.toLowerCase().replace(/[ _]/g, "-")]]);
}

/** The admission part of a policy document, or such a part by itself. */
export function parseAdmissionPolicy(document: unknown): Result<AdmissionPolicy> {
  const value = fromJson(document);
  if (!value.ok)
    return fault("FILE_SHAPE", { thing: "an admission policy", shape: POLICY_SHAPE, ...value.fault.detail });
  const fields = isCborMap(value.value) ? value.value : new Map<string, CborValue>();
  const bare = fields.has("factors");
  const admission = readAs<AdmissionPolicy["admission"]>(
    spelledRule((bare ? value.value : fields.get("admission")) ?? null),
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

/** An observation as it is judged, with the ceremony that it names. */
export type Presented = { readonly evidence: Evidence; readonly ceremony: string | null };

export function parseWords(document: unknown): Result<Presented> {
  const words = parse(document, readWords, "an observation", OBSERVATION_SHAPE);
  return words.ok ? ok(present(words.value)) : words;
}

export function parseContext(document: unknown): Result<Context> {
  return parse(document, readContext, "a context", CONTEXT_SHAPE);
}

/** Judges one observation among others that are at hand, and those that its context tells of. */
export function admitPresented(
  policy: AdmissionPolicy,
  subject: Presented,
  others: readonly Presented[],
  context: Context,
): Admission {
  const rule = ruleOf(policy);
  invariant(rule !== null, "a policy that was read as one of admission has a rule");
  const { window, records, profiles } = context;
  const { id, attested } = subject.evidence;
  const own = { ...subject, evidence: { ...subject.evidence, attested: [...attested, ...profiles] } };
  const rest = [...others, ...context.others.map(present)].filter(({ evidence }) => evidence.id !== id);
  const evidences = [own, ...rest].map((one) => within(one, context));
  const surroundings: Surroundings = { when: window, sources: [], records };
  return judgeAdmission(policy, rule, evidences, surroundings).get(id) as Admission;
}

function parse<T>(document: unknown, reader: Reader<T>, thing: string, shape: string): Result<T> {
  const value = fromJson(document);
  const read: Result<T> = value.ok ? readAs<T>(value.value, reader) : value;
  return read.ok ? read : fault("FILE_SHAPE", { thing, shape, ...read.fault.detail });
}

type Veto = Evidence["vetoes"][number];

function present({ class: governanceClass, ttl, profiles, signature, chain, ceremony, ...words }: Words): Presented {
  const until = ttl === null ? Number.MAX_SAFE_INTEGER : Math.min(words.at[1] + ttl, Number.MAX_SAFE_INTEGER);
  const vetoes: Veto[] = [];
  if (signature === "invalid") vetoes.push({ code: "SIGNATURE_INVALID", detail: {} });
  const broken = CHAINS[chain];
  if (broken) vetoes.push({ code: broken, detail: brokenDetail(words) });
  return { evidence: { ...words, governanceClass, until, attested: profiles, vetoes }, ceremony };
}

/** Words say that a chain does not hold, and not from when on: what is told of it says no more. */
function brokenDetail({ authority, at }: Pick<Words, "authority" | "at">): Veto["detail"] {
  const named = `of ${authority}`;
  return { link: 0, root: named, credential: named, from: "an earlier instant", until: "an earlier one", at };
}

/** With what only the context shows: another ceremony, or an instant at which it may no longer be relied on. */
function within({ evidence, ceremony }: Presented, context: Context): Evidence {
  const vetoes: Veto[] = [...evidence.vetoes];
  if (ceremony !== null && context.ceremony !== null && ceremony !== context.ceremony)
    vetoes.push({ code: "CEREMONY_MISMATCH", detail: { found: ceremony } });
  if (context.at !== null && evidence.until < context.at)
    vetoes.push({ code: "TTL_EXPIRED", detail: { until: evidence.until, at: context.at } });
  return { ...evidence, vetoes };
}
