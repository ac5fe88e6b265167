// Shapes of what the agent answers, in the readers that anything is decoded with: the compiler holds each to the type that is sent, and the
// schemas that are served are read off them.
import type { Alert, ShownCeremony } from "../../../durable/alerts.ts";
import type { CeremonyRow } from "../../../durable/ceremony-list.ts";
import type { EdgeRefusal } from "../../../durable/directory-object.ts";
import type { LinkHealth } from "../../../durable/link-object.ts";
import type { PeerLane } from "../../../durable/link-outbox.ts";
import type { Trouble } from "../../../durable/link-schema.ts";
import { type Json, toJson } from "../../../shared/cbor/json.ts";
import {
  anything,
  boolean,
  described,
  hex32,
  integer,
  list,
  nullable,
  oneOf,
  type Reader,
  record,
  recordWith,
  text,
} from "../../../shared/cbor/read.ts";
import type { DisputeView } from "../../../shared/ceremony/contest.ts";
import type { Receipt } from "../../../shared/ceremony/effect.ts";
import type { ShardDepth } from "../../../shared/ceremony/spread.ts";
import type { UnderView } from "../../../shared/ceremony/standpoint.ts";
import type { Phase } from "../../../shared/ceremony/state.ts";
import type { CeremonyView, PartyView } from "../../../shared/ceremony/view.ts";
import type { Elsewhere, Explanation } from "../../../shared/evidence/explain.ts";
import type { Factor, NearestChange } from "../../../shared/evidence/explain-steps.ts";
import { ENTRY_KINDS, type LinkedEntry } from "../../../shared/lineage/entry.ts";
import { REFUSALS, type Refusal, type RefusalCode } from "../../../shared/refusals.ts";

const ANY = Number.MAX_SAFE_INTEGER;
export const count = integer(0, ANY);
export const whole = integer(-ANY, ANY);
export const words = text(1_000_000, 0);
const many = <T>(reader: Reader<T>) => list(reader, 1_000_000);
export const json: Reader<Json> = (value) => toJson(value);
export const flag = boolean;
/** Values that have a type of their own in the code, and are whatever they are on the wire. */
const opaque = <T>(): Reader<T> => anything as unknown as Reader<T>;

export const refusalCode = described(
  () => ({ enum: Object.keys(REFUSALS) }),
  (value) => value as RefusalCode,
);
export const PHASES = [
  "waiting",
  "refused",
  "held",
  "gathering",
  "closing",
  "final",
  "abandoned",
  "expired",
] as const satisfies readonly Phase[];
const phase: Reader<Phase> = oneOf(...PHASES);

export const refusal = record<Refusal>({ code: refusalCode, what: words, why: words, do: words });

export const problem = recordWith(
  {
    type: words,
    title: words,
    status: integer(200, 599),
    detail: words,
    instance: words,
    code: refusalCode,
    what: words,
    why: words,
    do: words,
    retryable: boolean,
  },
  { about: json },
);

const party = record<PartyView>({
  authority: words,
  role: words,
  power: count,
  contribution: nullable(hex32),
  choice: nullable(words),
  outcome: nullable(hex32),
  equivocated: boolean,
});

const dispute = record<DisputeView>({
  id: hex32,
  by: words,
  act: oneOf("dispute", "response", "ruling"),
  about: many(hex32),
  reason: words,
  ruling: nullable(words),
  same: boolean,
  override: boolean,
});

const alert = record<Alert>({ code: refusalCode, what: words, why: words, do: words, at: whole, about: many(hex32) });

type Outcome = NonNullable<CeremonyView["outcome"]>;
const outcomeFields = {
  digest: hex32,
  status: words,
  value: json,
  cause: nullable(words),
  path: words,
  late: boolean,
};
export const agreement = record<CeremonyView["agreement"]>({ same: count, of: count, different: many(words) });

export const ceremony = record<ShownCeremony>({
  ceremony: hex32,
  asSeenBy: words,
  title: words,
  phase,
  policy: nullable(hex32),
  pattern: nullable(words),
  openedBy: nullable(words),
  subject: json,
  asked: nullable(record({ role: words, choices: many(words) })),
  round: whole,
  opensAt: nullable(whole),
  closesAt: nullable(whole),
  expiresAt: nullable(whole),
  parties: many(party),
  contributions: whole,
  outcome: nullable(record<Outcome>(outcomeFields)),
  agreement,
  disputes: many(dispute),
  under: nullable(opaque<UnderView>()),
  hold: nullable(words),
  mute: boolean,
  refusal: nullable(words),
  alerts: many(alert),
  shards: many(record<ShardDepth>({ shard: count, sealed: boolean, waiting: nullable(count) })),
});

export const outcome = record<
  Outcome & { readonly ceremony: string; readonly phase: Phase; readonly agreement: CeremonyView["agreement"] }
>({ ceremony: hex32, phase, ...outcomeFields, agreement });

export const row = record<CeremonyRow>({
  ceremony: hex32,
  title: words,
  phase: words,
  atMs: count,
  pattern: nullable(words),
  openedBy: nullable(words),
  parties: many(words),
});

export const entry = record<LinkedEntry>({
  index: count,
  prev: hex32,
  hash: hex32,
  kind: oneOf(...ENTRY_KINDS),
  at: whole,
  about: many(words),
  by: nullable(words),
  detail: opaque<LinkedEntry["detail"]>(),
});

export const verdict: Reader<Receipt["verdict"]> = oneOf("admitted", "held", "ignored", "refused");
export const receipt = record<Receipt>({
  id: hex32,
  verdict,
  code: nullable(refusalCode),
  detail: opaque<Receipt["detail"]>(),
});
/** One answer of several: a refusal stands in it whole. */
export const itemAnswer = recordWith(
  { id: nullable(hex32), verdict },
  { code: nullable(refusalCode), what: words, why: words, do: words },
);

export const said = record({ observation: hex32, verdict, code: nullable(refusalCode) });

const factor = record<Factor>({
  name: words,
  need: words,
  got: words,
  weight: opaque<Factor["weight"]>(),
  verdict: oneOf("met", "not met", "unknown", "not reached", "not checked"),
  clause: words,
});
const nearest = record<NearestChange>({
  by: oneOf("sender", "policy"),
  factors: many(words),
  text: words,
  score: nullable(whole),
});
export const explanation = record<Explanation>({
  id: hex32,
  verdict: oneOf("admitted", "partially admitted", "not admitted", "held", "ignored"),
  provisional: boolean,
  by: words,
  authority: words,
  kind: words,
  role: nullable(words),
  round: nullable(whole),
  at: opaque<Explanation["at"]>(),
  factors: many(factor),
  refusal: nullable(refusal),
  nearest: many(nearest),
  admission: opaque<Explanation["admission"]>(),
  contradicts: nullable(hex32),
  elsewhere: nullable(record<Elsewhere>({ same: many(words), different: many(words), notHeard: many(words) })),
});

export const edgeRefusal = record<EdgeRefusal>({
  code: words,
  road: words,
  account: nullable(words),
  bytes: count,
  atMs: count,
});

/** A document of the mesh's own language: the fields named are there, and more may be. */
export function document(...required: readonly string[]): Reader<unknown> {
  return described(
    () => ({ type: "object", required }),
    (value) => value,
  );
}

export const several = many;

export const link = record<LinkHealth>({
  connected: boolean,
  draining: boolean,
  outbox: count,
  inbox: nullable(count),
  lanes: many(record<PeerLane>({ peer: words, rows: count, failures: count })),
  lastHeardMs: opaque<LinkHealth["lastHeardMs"]>(),
  counts: opaque<LinkHealth["counts"]>(),
  lastError: nullable(record<Trouble>({ what: words, atMs: count })),
});
