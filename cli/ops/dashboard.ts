// A dashboard for Grafana: what whoever is called looks at first stands first. It asks for its data source when it is imported.

type Panel = {
  readonly title: string;
  readonly kind: "stat" | "timeseries";
  readonly queries: readonly Query[];
  readonly unit?: string;
};
type Query = readonly [expression: string, legend: string];

const PANELS: readonly Panel[] = [
  { title: "Bus", kind: "stat", queries: [["quorate_bus_connected", "linked"]] },
  { title: "Degraded because of", kind: "stat", queries: [["quorate_degraded", "{{reason}}"]] },
  { title: "Open ceremonies", kind: "stat", queries: [["sum by (pattern) (quorate_ceremony_open)", "{{pattern}}"]] },
  {
    title: "Outcomes that differ, last day",
    kind: "stat",
    queries: [['increase(quorate_outcome_agreement_total{same="different"}[1d])', "different"]],
  },
  {
    title: "Statements a second",
    kind: "timeseries",
    queries: [["sum by (disposition) (rate(quorate_observations_total[5m]))", "{{disposition}}"]],
  },
  {
    title: "Refused, by code",
    kind: "timeseries",
    queries: [['sum by (code) (increase(quorate_observations_total{disposition="refused"}[15m]))', "{{code}}"]],
  },
  {
    title: "Ceremonies ended, by how",
    kind: "timeseries",
    queries: [["sum by (outcome) (increase(quorate_ceremony_decided_total[1h]))", "{{outcome}}"]],
  },
  {
    title: "Time to an ending",
    kind: "timeseries",
    unit: "s",
    queries: [
      ["histogram_quantile(0.5, sum by (le) (rate(quorate_ceremony_duration_seconds_bucket[1h])))", "half within"],
      ["histogram_quantile(0.95, sum by (le) (rate(quorate_ceremony_duration_seconds_bucket[1h])))", "95 % within"],
    ],
  },
  {
    title: "Partners last heard",
    kind: "timeseries",
    unit: "s",
    queries: [["quorate_partner_last_heard_seconds", "{{partner}}"]],
  },
  { title: "Waiting to be sent", kind: "timeseries", queries: [["quorate_queue_backlog", "{{partner}}"]] },
  {
    title: "Waiting to be taken in",
    kind: "timeseries",
    queries: [
      ["quorate_intake_waiting", "{{at}}"],
      ["quorate_shard_waiting", "shards"],
    ],
  },
  {
    title: "Events not told",
    kind: "timeseries",
    queries: [["quorate_hook_deliveries", "{{owner}} {{status}}"]],
  },
  {
    title: "Webhooks",
    kind: "timeseries",
    queries: [["sum by (source, result) (increase(quorate_hook_requests_total[15m]))", "{{source}} {{result}}"]],
  },
  { title: "Clocks", kind: "timeseries", unit: "s", queries: [["quorate_clock_skew_seconds", "{{partner}}"]] },
  { title: "Keys end in", kind: "timeseries", unit: "s", queries: [["quorate_key_expiry_seconds", "{{key}}"]] },
  { title: "Revocations not seen", kind: "timeseries", queries: [["quorate_revocation_unseen", "{{partner}}"]] },
  {
    title: "Divergence of meshes",
    kind: "timeseries",
    unit: "percentunit",
    queries: [["quorate_divergence_ratio", "{{partner}}"]],
  },
];

const INPUT = "DS_PROMETHEUS";
/** Grafana fills the name in when the dashboard is imported. */
const SOURCE = { type: "prometheus", uid: `$\{${INPUT}}` };
const [WIDTH, HEIGHT] = [8, 7];

export function dashboard() {
  return {
    __inputs: [{ name: INPUT, label: "Prometheus", type: "datasource", pluginId: "prometheus" }],
    title: "Quorate agent",
    uid: "quorate-agent",
    schemaVersion: 39,
    refresh: "1m",
    time: { from: "now-24h", to: "now" },
    tags: ["quorate"],
    panels: PANELS.map(({ title, kind, queries, unit }, index) => ({
      id: index + 1,
      title,
      type: kind,
      datasource: SOURCE,
      gridPos: { x: (index % 3) * WIDTH, y: Math.floor(index / 3) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: unit === undefined ? {} : { unit }, overrides: [] },
      targets: queries.map(([expr, legendFormat], at) => ({
        refId: String.fromCharCode(65 + at),
        datasource: SOURCE,
        expr,
        legendFormat,
      })),
    })),
  };
}
