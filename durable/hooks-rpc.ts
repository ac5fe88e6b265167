// What the object of webhooks does for whoever asks it: its methods, without it.
import type { Result } from "../shared/result.ts";
import type { CeremonyEvent } from "../shared/webhooks/event.ts";
import type { Callback } from "./hook-answers.ts";
import type { Endpoint, ShownEndpoint } from "./hook-endpoints.ts";
import type { Intent } from "./hook-intents.ts";
import type { DeliveryStatus, ShownAttempt, ShownDelivery, UndeliveredCount } from "./hook-outbox.ts";
import type { AddedEndpoint } from "./hook-outgoing.ts";
import type {
  DeliveryClaim,
  HookRequests,
  KeptBody,
  RequestQuery,
  RequestRecord,
  ShownEvent,
  ShownRequest,
} from "./hook-requests.ts";
import type { SecretsOf } from "./hook-secrets.ts";

export type SourceIntake = SecretsOf & { readonly frame: Uint8Array | null; readonly pausedAtMs: number | null };
export type SourceCounts = ReturnType<HookRequests["counts"]> & { readonly pausedAtMs: number | null };

export type HooksRpc = {
  /** With what the delivery was about to open when an attempt at it died. */
  readonly claim: (
    source: string,
    key: string,
    nowMs: number,
    timed: boolean,
  ) => Promise<DeliveryClaim & { readonly intent: Intent | null }>;
  /** Writes down what a delivery is about to open; answers what it is to open, which may be another attempt's. */
  readonly intend: (source: string, key: string, intent: Intent) => Promise<Intent>;
  readonly settle: (
    record: RequestRecord,
    key: string | null,
    label: string | null,
    kept: KeptBody | null,
    callback: Callback | null,
  ) => Promise<string>;
  /** Of a source that was added here its signed document, else null; its secrets, with those that the deployment configures; and its pause. */
  readonly intake: (source: string, configured: readonly string[]) => Promise<SourceIntake>;
  readonly sources: () => Promise<readonly Uint8Array[]>;
  /**
   * Puts a verified document in force, and in the same step its secret: the one given, or one that is made where there is none, or where
   * `renew` says that those in force serve no more. Answers the secret that was put in force, shown this once.
   */
  readonly addSource: (
    frame: Uint8Array,
    secret: string | null,
    renew: boolean,
  ) => Promise<Result<{ readonly secret: string | null }>>;
  readonly removeSource: (id: string) => Promise<Result<true>>;
  /** Answers since when it is paused; null once it is not. */
  readonly pauseSource: (id: string, on: boolean) => Promise<number | null>;
  /** `configured` are those that the deployment has for the source: they are replaced too. */
  readonly rotateSource: (
    id: string,
    secret: string | null,
    configured: readonly string[],
    overlapMs: number,
  ) => Promise<string>;
  readonly requests: (query: RequestQuery) => Promise<readonly ShownRequest[]>;
  readonly request: (source: string, id: string) => Promise<ShownRequest | null>;
  readonly body: (id: string) => Promise<KeptBody | null>;
  readonly events: (source: string, before: number | null, limit: number) => Promise<readonly ShownEvent[]>;
  readonly labelled: (label: string) => Promise<string | null>;
  readonly missing: (source: string, deliveries: readonly string[]) => Promise<readonly string[]>;
  readonly counts: (source: string) => Promise<SourceCounts>;
  /** Takes events to tell; answers the types that anybody wants. */
  readonly notify: (events: readonly CeremonyEvent[]) => Promise<readonly string[]>;
  readonly event: (id: string) => Promise<string | null>;
  readonly endpoints: () => Promise<{ readonly endpoints: readonly ShownEndpoint[]; readonly publicKey: string }>;
  readonly addEndpoint: (endpoint: Endpoint) => Promise<Result<AddedEndpoint>>;
  readonly removeEndpoint: (id: string) => Promise<Result<true>>;
  readonly enableEndpoint: (id: string) => Promise<Result<true>>;
  /** Answers the new secret, shown this once. */
  readonly rotateEndpoint: (id: string, overlapMs: number) => Promise<Result<string>>;
  readonly deliveries: (
    owner: string | null,
    status: DeliveryStatus | null,
    before: number | null,
    limit: number,
  ) => Promise<readonly ShownDelivery[]>;
  readonly attempts: (
    ceremony: string | null,
    owner: string | null,
    before: number | null,
    limit: number,
  ) => Promise<readonly ShownAttempt[]>;
  readonly undelivered: () => Promise<readonly UndeliveredCount[]>;
  readonly redeliver: (id: string) => Promise<Result<true>>;
};
