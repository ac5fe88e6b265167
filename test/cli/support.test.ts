// A file for whoever helps: gathered from a real agent full of secrets, none of which is in it; and what stands out in it. The alerts speak of
// metrics that there are.
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ALERTS, alertsYaml, anchorOf } from "../../cli/ops/alerts.ts";
import { dashboard } from "../../cli/ops/dashboard.ts";
import { METRICS } from "../../functions/ops/metrics.ts";
import { CLOCKS_APART_MS, INTAKE_LONG, KEY_ENDS_SOON_MS, OUTBOX_LONG, REASONS } from "../../functions/ops/readiness.ts";
import * as send from "../functions/hooks/senders.ts";
import { type AgentHere, agentHere } from "../support/agent-here.ts";
import { run } from "../support/command.ts";
import { testParties } from "../support/parties.ts";
import { scratchFolder } from "../support/scratch.ts";

const parties = testParties(3);
const SECRET = "SEEDED-5e17";
const KEY = "a key for the tests";
const source = {
  id: "gh",
  scheme: "github",
  event: "deployment",
  action: null,
  pattern: "approval",
  set: [],
  parties: [{ authority: "acme", role: "approver", power: 1 }],
  closesIn: null,
  expiresIn: null,
};
const scratch = scratchFolder("support");
let server: Server;
let url: string;

/** The agent behind a real port. */
async function serve(agent: AgentHere): Promise<void> {
  server = createServer(async (request, response) => {
    const answer = await agent.request(request.url ?? "/", { headers: request.headers as Record<string, string> });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(new Uint8Array(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeEach(async () => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const agent = agentHere(parties[0] as (typeof parties)[number], parties, { sources: [source] }, undefined, {
    gh: [`${SECRET}-hook`],
  });
  await serve(agent);
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    agent.request(path, {
      method: "POST",
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  const opened = await post("/v1/ceremonies", {
    pattern: "approval",
    title: `${SECRET}-title`,
    subject: { reference: `${SECRET}-subject` },
    parties: parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 })),
  });
  const { ceremony } = (await opened.json()) as { ceremony: string };
  await post(`/v1/ceremonies/${ceremony}/attestations`, { choice: "approve", attestation: { note: `${SECRET}-note` } });
  await post("/v1/meshes/test-mesh/facts", { subject: `${SECRET}/fact`, value: `${SECRET}-value` });
  const forged = send.github(send.utf8(`{"payload":"${SECRET}-payload"}`));
  await post("/hooks/gh", {}, { ...forged.headers });
});
afterEach(() => {
  server.close();
  vi.restoreAllMocks();
});

describe("support gather", () => {
  it("takes nothing that is secret, and nothing that a request, a ceremony or a fact says", async () => {
    const file = `${scratch.dir}/support.json`;
    const { exit, refusal } = await run("support", "gather", "--url", url, "--key", KEY, "-f", file);
    expect([exit, refusal]).toEqual([0, null]);
    const text = readFileSync(file, "utf8");
    for (const secret of [SECRET, KEY]) expect(text).not.toContain(secret);
    const { parts } = JSON.parse(text) as { parts: Record<string, { rows?: readonly object[]; refused?: string }> };
    expect(Object.entries(parts).filter(([, part]) => part.refused !== undefined)).toEqual([]);
    expect(parts.ceremonies?.rows).toHaveLength(1);
    expect(parts.sources?.rows).toMatchObject([{ id: "gh", byStatus: { rejected: 1 } }]);
    const { exit: found, data } = await run("support", "analyze", file);
    const codes = (data as { findings: readonly { code: string }[] }).findings.map(({ code }) => code);
    expect([found, codes]).toEqual([5, ["BUS_UNREACHABLE", "HOOKS_REFUSED"]]);
  });

  it("says what it may not read, and refuses where nobody answers", async () => {
    const file = `${scratch.dir}/unread.json`;
    await run("support", "gather", "--url", url, "--key", "a wrong key", "-f", file);
    const { data } = await run("support", "analyze", file);
    const codes = (data as { findings: readonly { code: string }[] }).findings.map(({ code }) => code);
    expect(codes).toContain("UNAUTHORISED");
    server.close();
    server.closeAllConnections();
    expect((await run("support", "gather", "--url", url, "--key", KEY, "-f", file)).refusal?.code).toBe("UNREACHABLE");
    writeFileSync(file, '{"format":"other"}');
    expect((await run("support", "analyze", file)).refusal?.code).toBe("FILE_SHAPE");
    scratch.remove();
  });
});

describe("alerts and the dashboard", () => {
  const names = METRICS.flatMap(({ name, kind }) =>
    kind === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  const named = (text: string) => [...text.matchAll(/quorate_\w+/g)].map(([name]) => name);

  it("speak of metrics that the agent has, and leave none of trouble without an alert", () => {
    const inAlerts = ALERTS.flatMap(({ when }) => named(when));
    const inPanels = dashboard().panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => named(expr)));
    for (const name of [...inAlerts, ...inPanels]) expect(names).toContain(name);
    const shown = METRICS.map(({ name }) => name).filter((name) =>
      [...inAlerts, ...inPanels].some((one) => one.startsWith(name)),
    );
    expect(shown).toEqual(METRICS.map(({ name }) => name));
  });

  it("cover each reason for which an agent is not ready, at its limit", () => {
    const covers = (code: string) => ALERTS.filter((alert) => alert.covers?.some((one) => one === code));
    for (const { code } of REASONS) expect([code, covers(code).length]).toEqual([code, 1]);
    expect(ALERTS.flatMap(({ covers: codes = [] }) => codes).sort()).toEqual(REASONS.map(({ code }) => code).sort());
    const limits = {
      OUTBOX_LONG,
      INTAKE_LONG,
      KEY_EXPIRING: KEY_ENDS_SOON_MS / 1_000,
      CLOCKS_APART: CLOCKS_APART_MS / 1_000,
    };
    for (const [code, limit] of Object.entries(limits))
      expect(covers(code)[0]?.when).toMatch(new RegExp(`\\b${limit}\\b`));
  });

  it("tell a metric that is absent from one that is fine, and lead to a runbook each", async () => {
    expect(ALERTS.filter(({ when }) => when.startsWith("absent("))).toHaveLength(1);
    const all = (await run("ops", "runbook")).text;
    for (const alert of ALERTS) {
      expect(all).toContain(`{#${anchorOf(alert)}}`);
      expect(alertsYaml()).toContain(JSON.stringify(anchorOf(alert)));
    }
    expect(new Set(ALERTS.map(anchorOf)).size).toBe(ALERTS.length);
  });

  it("are each told what to do about, and written as YAML takes it", () => {
    for (const { runbook } of ALERTS) expect(runbook.length).toBeGreaterThan(1);
    const lines = alertsYaml().split("\n");
    expect(lines.filter((line) => line.startsWith("      - alert: "))).toHaveLength(ALERTS.length);
    for (const line of lines) expect(line).toMatch(/^ *(- )?\w+:( (".*"|[\w{}: ]+))?$/);
  });
});
