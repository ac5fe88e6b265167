// The one table of alerts: when each fires, what it means, and what whoever is called does about it.
import type { RefusalCode } from "../../shared/refusals.ts";

export type Alert = {
  readonly name: string;
  /** In PromQL. */
  readonly when: string;
  /** So long must it hold. */
  readonly for: string;
  readonly severity: "page" | "ticket";
  /** Codes of /readyz that it covers. */
  readonly covers?: readonly RefusalCode[];
  readonly summary: string;
  /** What to do, step by step. */
  readonly runbook: readonly string[];
};

export const ALERTS: readonly Alert[] = [
  {
    name: "QuorateAbsent",
    when: "absent(quorate_bus_connected)",
    for: "5m",
    severity: "page",
    summary: "No metrics of the agent arrive: nothing is known of it, which is not the same as all being well",
    runbook: [
      "Ask /healthz: no answer means that the Worker is gone or its route is; see the last deployment.",
      "Where it answers, ask /metrics with the scraper's key: 401 means that the key was withdrawn or is over.",
      "Until metrics arrive again, take no other alert's silence for health.",
    ],
  },
  {
    name: "QuorateBusDown",
    when: "quorate_bus_connected == 0",
    for: "2m",
    severity: "page",
    covers: ["BUS_UNREACHABLE"],
    summary: "The agent is not linked to the bus: nothing goes to partners, and nothing comes",
    runbook: [
      "GET /v1/health: lastError says what the server answered, and when.",
      "An authorization error: the login has expired or was withdrawn; have a new one made and set NATS_USER and NATS_PASSWORD.",
      "No connection: check NATS_URL and the server. What is said meanwhile waits in the outbox for seven days.",
      "Ceremonies that are due now: partners' statements can be brought as files, over POST /v1/observations.",
    ],
  },
  {
    name: "QuoratePartnerSilent",
    when: "quorate_partner_last_heard_seconds > 3600",
    for: "10m",
    severity: "ticket",
    summary: "A partner was not heard for an hour",
    runbook: [
      "quorate mesh check: it probes both directions and names the subject that a permission leaves out.",
      "Ask the partner whether its agent runs; where it does, compare accounts in both PARTY documents.",
      "Ceremonies that need it: quorate explain says who is missing. Nobody's data is wrong because somebody is silent.",
    ],
  },
  {
    name: "QuorateOutboxLong",
    when: "sum by (instance) (quorate_queue_backlog) > 1000",
    for: "10m",
    severity: "ticket",
    covers: ["OUTBOX_LONG"],
    summary: "Messages pile up for partners",
    runbook: [
      "GET /v1/health: failures of its lane say whether its inbox answers at all.",
      "One lane only: that partner's stream is full or gone; it starts its agent once, which makes it again.",
      "All lanes: our own link is slow; see QuorateBusDown. Above 20,000 in all, new work is refused with QUEUE_BACKLOGGED.",
    ],
  },
  {
    name: "QuorateIntakeLong",
    when: "(sum by (instance) (quorate_intake_waiting) > 1000) or (quorate_intake_age_seconds > 60) or (quorate_shard_age_seconds > 60)",
    for: "5m",
    severity: "ticket",
    covers: ["INTAKE_LONG"],
    summary: "Messages wait to be taken in: what partners said is not counted yet",
    runbook: [
      "quorate_intake_waiting by `at`. At the queue: the platform's dashboard shows whether its consumer runs, and with which errors; npx wrangler tail shows the agent's log.",
      "ingest-failed or agent-misconfigured in the log says what each message fails at. Nothing is lost: after ten tries it lies in the queue of the dead.",
      "At a shard: handing-over-failed in the log says why; the round closes without what it holds, and the ceremony's alerts name each contribution.",
      "At the bus, with the queue empty: the link does not hand on; see lastError in GET /v1/health, and end a drain with DELETE /v1/link/drain.",
      "A flood by one partner: GET /v1/refusals shows from which account.",
    ],
  },
  {
    name: "QuorateDraining",
    when: 'quorate_degraded{reason="AGENT_DRAINING"} == 1',
    for: "10m",
    severity: "ticket",
    covers: ["AGENT_DRAINING"],
    summary: "The agent takes nothing in, since somebody is about to stop it",
    runbook: [
      "Ask who drains it: it was for a stop, which should have come by now.",
      "`link resume` (DELETE /v1/link/drain) takes in again; by itself it does so after a quarter of an hour. Nothing is lost meanwhile.",
    ],
  },
  {
    name: "QuorateKeyExpiring",
    when: "quorate_key_expiry_seconds < 604800",
    for: "1h",
    severity: "ticket",
    covers: ["KEY_EXPIRING"],
    summary: "A credential of the agent's chain ends within a week",
    runbook: [
      "Have its issuer grant it anew, with time enough for open ceremonies to end.",
      "Put the new chain into PARTY and deploy; partners need nothing, since chains travel with statements.",
      "What was signed under the old one stays good.",
    ],
  },
  {
    name: "QuorateKeyExpired",
    when: "quorate_key_expiry_seconds <= 0",
    for: "1m",
    severity: "page",
    summary: "A credential of the agent's chain has ended: what it signs now counts nowhere",
    runbook: [
      "As for QuorateKeyExpiring, now. Until then attest over another agent of the party, if it has one.",
      "Ceremonies that closed meanwhile ended without this party's voice; those that are open can still take it.",
    ],
  },
  {
    name: "QuorateClockSkew",
    when: "abs(quorate_clock_skew_seconds) > 60",
    for: "10m",
    severity: "ticket",
    covers: ["CLOCKS_APART"],
    summary: "A partner's clock and ours are more than a minute apart",
    runbook: [
      "Several partners, the same way: it is our clock; set clockOffsetMs in PARTY and deploy.",
      "One partner: tell it. Beyond a policy's tolerance its statements are refused as dated wrong.",
    ],
  },
  {
    name: "QuorateRevocationUnseen",
    when: "quorate_revocation_unseen > 0",
    for: "5m",
    severity: "page",
    covers: ["REVOCATION_UNSEEN"],
    summary: "A partner has not been handed a revocation: it still goes by what was withdrawn",
    runbook: [
      "Send the partner the file that `party revoke` wrote, by another road; it hands it to its own agent with `revocation announce`.",
      "Carry it into ceremonies that are open (POST /v1/ceremonies/ID/revocations), so that it counts there for everyone alike.",
    ],
  },
  {
    name: "QuorateOutcomeDiffers",
    when: 'increase(quorate_outcome_agreement_total{same="different"}[1h]) > 0',
    for: "0m",
    severity: "page",
    summary: "An organisation states another outcome than ours for the same ceremony",
    runbook: [
      "Act on neither outcome. GET /v1/ceremonies/ID: agreement.different names who.",
      "Have both sides export the evidence and verify each other's bundle: one of them fails, and its first failing step says why.",
      "Proof of two statements for one place (equivocated) names the signer; its credential can be revoked.",
    ],
  },
  {
    name: "QuorateDivergence",
    when: "quorate_divergence_ratio > 0.1",
    for: "15m",
    severity: "ticket",
    summary: "Two meshes differ on more than a tenth of what both speak of",
    runbook: [
      "GET /v1/meshes/MESH: reconciliations tell the measure and what stopped the merge.",
      "Above the agreement's limit nothing is merged: open the ceremony that the report names, and settle it by POST /v1/meshes/MESH/merge.",
    ],
  },
  {
    name: "QuorateRefusalsHigh",
    when: 'sum(rate(quorate_observations_total{disposition="refused"}[15m])) / clamp_min(sum(rate(quorate_observations_total[15m])), 0.001) > 0.2',
    for: "15m",
    severity: "ticket",
    summary: "More than a fifth of what arrives is refused",
    runbook: [
      "sum by (code) (increase(quorate_observations_total[1h])) shows which code; quorate errors CODE says what it means.",
      "GET /v1/refusals shows from which account. One sender only: tell it, or remove it from partners.",
      "Every sender: look for what changed here: trust, a revocation, the clock.",
    ],
  },
  {
    name: "QuorateHooksFailing",
    when: 'sum by (source) (increase(quorate_hook_requests_total{result=~"rejected|failed"}[15m])) > 5',
    for: "0m",
    severity: "ticket",
    summary: "A source's webhooks are refused",
    runbook: [
      "quorate source requests SOURCE --status rejected: the cause of each mismatch stands there.",
      "After a rotation: set the new secret beside the old one. After a fix: quorate source replay-missing SOURCE brings what was lost.",
    ],
  },
  {
    name: "QuorateDeliveriesDead",
    when: 'sum by (owner) (quorate_hook_deliveries{status="dead"}) > 0',
    for: "5m",
    severity: "ticket",
    summary: "An endpoint could not be told of events, and is tried no more",
    runbook: [
      "quorate delivery list --status dead --endpoint ENDPOINT lists them; GET /v1/attempts?endpoint=ENDPOINT tells what it answered each time.",
      "It answered 410: it is disabled until quorate endpoint enable. It is gone for good: quorate endpoint remove.",
      "Once it answers again, quorate delivery replay sends each; receivers know repetitions by the event's id.",
    ],
  },
  {
    name: "QuorateCeremoniesFailing",
    when: 'sum(increase(quorate_ceremony_decided_total{outcome=~"abandoned|expired"}[1h])) > 3',
    for: "0m",
    severity: "ticket",
    summary: "Several ceremonies ended without an outcome",
    runbook: [
      "quorate explain CEREMONY says for each who was missing, or what the policy lacked.",
      "The same party in all: see QuoratePartnerSilent. The same pattern: try its policy with quorate policy simulate.",
    ],
  },
];

/** Where a runbook's text stands: the page of the same name, printed by `ops runbook`. */
export function anchorOf({ name }: Alert): string {
  return `runbook-${name.replace(/([a-z])([A-Z])/g, "$1-$2").toLowerCase()}`;
}

/** As Prometheus reads it; its texts are JSON strings, which YAML takes as they are. */
export function alertsYaml(): string {
  const text = JSON.stringify;
  const rules = ALERTS.flatMap((alert) => [
    `      - alert: ${alert.name}`,
    `        expr: ${text(alert.when)}`,
    `        for: ${alert.for}`,
    `        labels: { severity: ${alert.severity} }`,
    "        annotations:",
    `          summary: ${text(alert.summary)}`,
    `          runbook: ${text(alert.runbook.map((step, index) => `${index + 1}. ${step}`).join(" "))}`,
    `          anchor: ${text(anchorOf(alert))}`,
  ]);
  return ["groups:", "  - name: quorate", "    rules:", ...rules].join("\n");
}

export function runbookText(alerts: readonly Alert[]): string {
  return alerts
    .flatMap((alert) => [
      `## ${alert.name} {#${anchorOf(alert)}}`,
      "",
      `${alert.summary}. (${alert.severity}: ${alert.when}, for ${alert.for})`,
      "",
      ...alert.runbook.map((step, index) => `${index + 1}. ${step}`),
      "",
    ])
    .join("\n");
}
