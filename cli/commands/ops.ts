// `ops alerts|dashboard|runbook`: what monitoring needs, from the one table of alerts.
import { ALERTS, alertsYaml, anchorOf, runbookText } from "../ops/alerts.ts";
import { dashboard } from "../ops/dashboard.ts";
import { type Command, EXIT, refused } from "../registry.ts";

export const opsAlerts: Command = {
  name: "ops alerts",
  usage: "ops alerts",
  about: "alerts for Prometheus over an agent's /metrics, as YAML",
  flags: {},
  example: "ops alerts",
  run: async () => ({
    exit: EXIT.yes,
    data: { alerts: ALERTS.map((alert) => ({ ...alert, anchor: anchorOf(alert) })) },
    text: alertsYaml(),
  }),
};

export const opsDashboard: Command = {
  name: "ops dashboard",
  usage: "ops dashboard",
  about: "a dashboard for Grafana over the same metrics, as JSON",
  flags: {},
  example: "ops dashboard",
  run: async () => ({ exit: EXIT.yes, data: dashboard(), text: JSON.stringify(dashboard(), null, 1) }),
};

export const opsRunbook: Command = {
  name: "ops runbook",
  usage: "ops runbook [ALERT]",
  about: "what to do when an alert fires; all of them without one",
  flags: {},
  input: ["ALERT     its name, such as QuorateBusDown"],
  example: "ops runbook QuorateBusDown",
  run: async ({ args: [name] }) => {
    const alerts = name === undefined ? ALERTS : ALERTS.filter((alert) => alert.name === name);
    if (alerts.length === 0) throw refused("NOT_FOUND", { thing: `alert ${name}` });
    return { exit: EXIT.yes, data: { alerts }, text: runbookText(alerts) };
  },
};
