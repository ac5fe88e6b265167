// The one table of metrics: each with its name, kind, meaning, and how it follows from what the agent knows. Written as Prometheus reads it.
import { DURATION_BOUNDS } from "../../durable/directory-counters.ts";
import type { UndeliveredCount } from "../../durable/hook-outbox.ts";
import { readinessOf } from "./readiness.ts";
import type { Vitals } from "./vitals.ts";

type Labels = Readonly<Record<string, string>>;
export type Sample = { readonly labels: Labels; readonly value: number; readonly suffix?: string };
/** What is asked of other objects only when metrics are read. */
export type Further = {
  readonly divergences: readonly { readonly partner: string; readonly ratio: number }[];
  readonly partners: readonly { readonly name: string; readonly account: string }[];
  readonly deliveries: readonly UndeliveredCount[];
};

export type Metric = {
  readonly name: string;
  readonly kind: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly read: (vitals: Vitals, further: Further) => readonly Sample[];
};

const counted =
  (name: string) =>
  ({ tallies }: Vitals) =>
    tallies.counts.filter((count) => count.name === name).map(({ labels, n }) => ({ labels, value: n }));

export const METRICS: readonly Metric[] = [
  {
    name: "quorate_observations_total",
    kind: "counter",
    help: "Statements that arrived, by what became of them",
    read: counted("observations"),
  },
  {
    name: "quorate_ceremony_open",
    kind: "gauge",
    help: "Ceremonies without an ending",
    read: ({ tallies }) => tallies.open.map(({ pattern, n }) => ({ labels: { pattern }, value: n })),
  },
  {
    name: "quorate_ceremony_decided_total",
    kind: "counter",
    help: "Ceremonies that ended, by how",
    read: counted("decided"),
  },
  {
    name: "quorate_ceremony_duration_seconds",
    kind: "histogram",
    help: "From the first that was known of a ceremony to its ending",
    read: durations,
  },
  {
    name: "quorate_outcome_agreement_total",
    kind: "counter",
    help: "Outcomes that all organisations are known to share, and those of which one has another",
    read: counted("agreement"),
  },
  {
    name: "quorate_partner_last_heard_seconds",
    kind: "gauge",
    help: "Seconds since a partner was heard over the bus; absent where it never was",
    read: ({ link, nowMs }, { partners }) =>
      partners.flatMap(({ name, account }) => {
        const at = link.lastHeardMs[account];
        return at === undefined ? [] : [{ labels: { partner: name }, value: (nowMs - at) / 1_000 }];
      }),
  },
  {
    name: "quorate_queue_backlog",
    kind: "gauge",
    help: "Messages that wait to be handed to a partner's inbox",
    read: ({ link }) => link.lanes.map(({ peer, rows }) => ({ labels: { partner: peer }, value: rows })),
  },
  {
    name: "quorate_intake_waiting",
    kind: "gauge",
    help: "Messages that wait to be taken in: in the party's own stream at the bus (bus), and in the platform's queue (queue); absent where that is not known",
    read: ({ link, queue }) => [
      ...(link.inbox === null ? [] : [{ labels: { at: "bus" }, value: link.inbox }]),
      ...(queue === null ? [] : [{ labels: { at: "queue" }, value: queue.messages }]),
    ],
  },
  {
    name: "quorate_intake_age_seconds",
    kind: "gauge",
    help: "How long the oldest message of the platform's queue has waited; absent where there is none",
    read: ({ queue, nowMs }) =>
      queue === null || queue.oldestMs === null ? [] : [{ labels: {}, value: (nowMs - queue.oldestMs) / 1_000 }],
  },
  {
    name: "quorate_shard_waiting",
    kind: "gauge",
    help: "Contributions that wait at shards of an intake to be handed to their ceremonies",
    read: ({ tallies }) => [{ labels: {}, value: tallies.shards.waiting }],
  },
  {
    name: "quorate_shard_age_seconds",
    kind: "gauge",
    help: "How long the shard that is longest behind has handed over nothing; absent where none is",
    read: ({ tallies: { shards }, nowMs }) =>
      shards.sinceMs === null ? [] : [{ labels: {}, value: Math.max(0, nowMs - shards.sinceMs) / 1_000 }],
  },
  {
    name: "quorate_hook_deliveries",
    kind: "gauge",
    help: "Events that an endpoint, or a source that is answered, has not been told: waiting to be sent, or dead",
    read: (_, { deliveries }) => deliveries.map(({ owner, status, n }) => ({ labels: { owner, status }, value: n })),
  },
  {
    name: "quorate_hook_requests_total",
    kind: "counter",
    help: "Webhook requests, by source and answer",
    read: counted("hook-requests"),
  },
  {
    name: "quorate_revocation_unseen",
    kind: "gauge",
    help: "Revocations that a partner has not been handed yet",
    read: ({ unsent }) => unsent.map(({ peer, n }) => ({ labels: { partner: peer }, value: n })),
  },
  {
    name: "quorate_divergence_ratio",
    kind: "gauge",
    help: "Share of shared subjects on which a mesh differed when it was last measured",
    read: (_, { divergences }) => divergences.map(({ partner, ratio }) => ({ labels: { partner }, value: ratio })),
  },
  {
    name: "quorate_key_expiry_seconds",
    kind: "gauge",
    help: "Seconds until a credential of the agent's chain ends",
    read: ({ keys, nowMs }) => keys.map(({ key, endsMs }) => ({ labels: { key }, value: (endsMs - nowMs) / 1_000 })),
  },
  {
    name: "quorate_clock_skew_seconds",
    kind: "gauge",
    help: "How far a partner's clock seems behind this agent's; below zero it is ahead",
    read: ({ clocks }) => clocks.map(({ partner, behindMs }) => ({ labels: { partner }, value: behindMs / 1_000 })),
  },
  {
    name: "quorate_bus_connected",
    kind: "gauge",
    help: "1 while the link to the bus is up",
    read: ({ link }) => [{ labels: {}, value: link.connected ? 1 : 0 }],
  },
  {
    name: "quorate_degraded",
    kind: "gauge",
    help: "1 for each reason for which the agent is not ready, or will not be before long",
    read: (vitals) => readinessOf(vitals).reasons.map(({ code }) => ({ labels: { reason: code }, value: 1 })),
  },
];

function durations({ tallies }: Vitals): readonly Sample[] {
  const by = new Map(
    tallies.counts.filter(({ name }) => name === "duration").map(({ labels, n }) => [labels.le ?? "", n]),
  );
  const sum = tallies.counts.find(({ name }) => name === "duration-sum")?.n ?? 0;
  let total = 0;
  const buckets = [...DURATION_BOUNDS.map(String), "+Inf"].map((le): Sample => {
    total += by.get(le) ?? 0;
    return { suffix: "_bucket", labels: { le }, value: total };
  });
  return [...buckets, { suffix: "_sum", labels: {}, value: sum }, { suffix: "_count", labels: {}, value: total }];
}

/** The text exposition format, version 0.0.4. */
export function writeMetrics(vitals: Vitals, further: Further): string {
  const lines = METRICS.flatMap(({ name, kind, help, read }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${kind}`,
    ...read(vitals, further).map(({ suffix = "", labels, value }) => `${name}${suffix}${written(labels)} ${value}`),
  ]);
  return `${lines.join("\n")}\n`;
}

function written(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return parts.length === 0 ? "" : `{${parts.join(",")}}`;
}

/** Names of patterns and codes may be others'. */
function escaped(value: string): string {
  return value
    .replace(/\\/g, "\\\\")
    .replace(/"/g, '\\"')
    .replace(/\p{Cc}/gu, " ");
}
