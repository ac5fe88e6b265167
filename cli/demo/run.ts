// Runs one scenario on a fresh local stack, writes the evidence, verifies it with the one verifier, and stops what it started.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "../../shared/cbor/json.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { verifyBundle } from "../../shared/evidence/verify.ts";
import { makeFolder, writeNamed } from "../files.ts";
import { buildBundle } from "../stack/bundle.ts";
import { rootsOf } from "../stack/party.ts";
import { PARTY_NAMES, type Stack, startStack } from "../stack/stack.ts";
import { githubPayload } from "./github.ts";
import type { Scenario } from "./scenario.ts";
import { SOURCE, Stage } from "./stage.ts";

export type DemoOptions = {
  readonly parties: number;
  readonly keep: string | null;
  readonly say: (line: string) => void;
};

export type DemoReport = {
  readonly scenario: string;
  readonly parties: readonly string[];
  readonly ceremony: string;
  readonly status: string;
  readonly outcome: { readonly digest: string; readonly value: Json } | null;
  readonly agreement: { readonly same: number; readonly of: number };
  /** Parties whose agents did not run at the end. */
  readonly notRunning: readonly string[];
  readonly bundle: string | null;
  readonly trust: string;
  readonly verified: string | null;
  /** What the scenario checked beside the outcome, in words. */
  readonly facts: readonly string[];
  readonly timings: Readonly<Record<string, number>>;
};

export const MESH = "demo-mesh";

/** What opens a ceremony at the first party: GitHub's event, among all parties. */
export function demoSource(
  names: readonly string[],
  closesIn: number | null,
  expiresIn: number | null,
  set: Scenario["set"] = [],
) {
  const { event, action } = githubPayload();
  const parties = names.map((authority) => ({ authority, role: "approver", power: 1 }));
  return { id: SOURCE, scheme: "github", event, action, pattern: "approval", set, parties, closesIn, expiresIn };
}

export async function runScenario(scenario: Scenario, options: DemoOptions): Promise<DemoReport> {
  const timings: Record<string, number> = {};
  const started = performance.now();
  const mark = (name: string) => {
    timings[name] = Math.round(performance.now() - started);
  };
  const keep = makeFolder(options.keep ?? join(".quorate", "demo"));
  const dir = mkdtempSync(join(tmpdir(), "quorate-"));
  // However this process ends: the folder holds keys and passwords.
  const remove = () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  process.once("exit", remove);
  let stack: Stack | null = null;
  const names = PARTY_NAMES.slice(0, options.parties);
  options.say(`building the agent and starting ${names.length} parties …`);
  try {
    const { script } = await buildBundle();
    mark("builtMs");
    const sources = { [names[0] as string]: [demoSource(names, scenario.closesIn, scenario.expiresIn, scenario.set)] };
    stack = await startStack({ names, mesh: MESH, dir, script, sources, ...scenario.setting?.() });
    const stage = new Stage(stack, options.say, scenario.expiresIn);
    await stage.connected();
    mark("connectedMs");
    const views = await scenario.run(stage);
    mark("endedMs");
    Object.assign(timings, stage.measured);
    const ended = await report(scenario, stage, views, { keep, isShared: options.keep === null }, timings);
    mark("verifiedMs");
    return ended;
  } finally {
    await stack?.stop();
    process.off("exit", remove);
    remove();
  }
}

async function report(
  scenario: Scenario,
  stage: Stage,
  views: readonly CeremonyView[],
  place: { readonly keep: string; readonly isShared: boolean },
  timings: Record<string, number>,
): Promise<DemoReport> {
  const first = views[0] as CeremonyView;
  const digests = views.map((view) => view.outcome?.digest ?? null);
  const same = digests.filter((digest) => digest !== null && digest === first.outcome?.digest).length;
  const statement = writeTrustStatement(MESH, rootsOf(stage.stack.parties));
  const trust = write(place, scenario, stage.ceremony, "trust", `${JSON.stringify(statement, null, 1)}\n`);
  const evidence = first.outcome === null ? null : await stage.evidence(stage.stack.agent(first.asSeenBy));
  const bundle = evidence === null ? null : write(place, scenario, stage.ceremony, "evidence", evidence);
  const verified = evidence === null ? null : await verifyBundle(evidence, { trust: statement });
  return {
    scenario: scenario.name,
    parties: stage.stack.agents.map(({ name }) => name),
    ceremony: stage.ceremony,
    status: first.phase,
    outcome: first.outcome === null ? null : { digest: first.outcome.digest, value: first.outcome.value },
    agreement: { same, of: views.length },
    notRunning: stage.stack.agents.filter(({ isRunning }) => !isRunning).map(({ name }) => name),
    bundle,
    trust,
    verified: verified?.verdict ?? null,
    facts: stage.facts,
    timings,
  };
}

/** In the shared folder each ceremony has files of its own, which no other run overwrites; beside them lie the latest run's. */
function write(
  { keep, isShared }: { readonly keep: string; readonly isShared: boolean },
  { name }: Scenario,
  ceremony: string,
  kind: "trust" | "evidence",
  content: string | Uint8Array,
): string {
  const latest = join(keep, `${name}.${kind}.json`);
  writeNamed(latest, content);
  if (!isShared) return latest;
  const own = join(keep, `${name}.${ceremony.slice(0, 12)}.${kind}.json`);
  writeNamed(own, content);
  return own;
}

/** Whether a scenario ended as it must; the reason where it did not. */
export function judge(scenario: Scenario, report: DemoReport): string | null {
  if (!scenario.endsAs.includes(report.status)) return `it ended as ${report.status}`;
  if (report.status === "expired") return report.outcome === null ? null : "it shows an outcome";
  if (report.agreement.same !== report.agreement.of)
    return `${report.agreement.same} of ${report.agreement.of} have the same outcome`;
  return report.verified === "passed" ? null : `the evidence is ${report.verified ?? "missing"}`;
}
