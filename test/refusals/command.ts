// Examples of refusals of the command line and of the local stack.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answerOf } from "../../cli/commands/demo.ts";
import { type Bird, flyCanary } from "../../cli/demo/canary.ts";
import type { DemoReport } from "../../cli/demo/run.ts";
import { SCENARIOS } from "../../cli/demo/scenarios.ts";
import { applySteps } from "../../cli/deploy/apply.ts";
import { type Described, refuseStale } from "../../cli/deploy/plan.ts";
import { writeNamed } from "../../cli/files.ts";
import { Refused } from "../../cli/registry.ts";
import { holdFolder } from "../../cli/stack/kept-keys.ts";
import { findNatsServer } from "../../cli/stack/nats-binary.ts";
import { pickPorts, startNatsServer } from "../../cli/stack/nats-server.ts";
import type { COMMAND_REFUSALS } from "../../shared/refusals/command.ts";
import type { Fault } from "../../shared/result.ts";
import { interrupted, quorate, quorateUnder } from "../support/cli.ts";
import { refusedBy, run } from "../support/command.ts";
import { bundleOf, finishedApproval } from "../support/evidence.ts";
import type { Agent } from "../support/network.ts";
import { scratchFolder } from "../support/scratch.ts";
import { answerIn, type Example, type Examples } from "./example.ts";

/** The fault that work in a folder of its own ends in. */
const inFolder =
  (work: (folder: string) => unknown): Example =>
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "quorate-refusals-"));
    try {
      await work(folder);
      return null;
    } catch (error) {
      if (error instanceof Refused) return withoutPlace(error.fault, folder);
      throw error;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

const DEPLOYED: Described = {
  ...{
    worker: "quorate-agent",
    config: "",
    marks: {},
    compatibilityDate: "2026-07-30",
    script: "",
    party: null,
    engine: 1,
  },
  ...{ objects: [], migrations: [], queues: [], crons: [], secrets: [], formats: [] },
};

/** With no other folder to look for programs in. */
async function onPath<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const path = process.env.PATH;
  process.env.PATH = folder;
  return work().finally(() => {
    process.env.PATH = path;
  });
}

/** Folders have another name in every run. */
function withoutPlace({ code, detail }: Fault, folder: string): Fault {
  return { code, detail: JSON.parse(JSON.stringify(detail).replaceAll(folder, "FOLDER")) as Fault["detail"] };
}

const ambiguous: Example = () => {
  const bundle = bundleOf(finishedApproval(3).agents[0] as Agent);
  const [call, ...rest] = bundle.frames;
  const frames = [call, ...rest.map((each, index) => ({ ...each, id: `abcdef${index}`.padEnd(64, "0") }))];
  return refusedBy("explain", { ...bundle, frames }, "abcdef");
};

/** A command that fails for a reason that nobody foresaw: here the first write to stdout throws. */
const bug: Example = async () => {
  const once = "const write = process.stdout.write; process.stdout.write = () => { process.stdout.write = write; throw";
  return answerIn(await quorateUnder(`${once} new TypeError("a bug") }`, "policy", "list", "-o", "json"));
};

type Add = (dir: string, card: string | object) => Promise<Fault | null>;
/** What is refused to a party that was just made in a folder of its own. */
const party =
  (work: (folder: string, add: Add) => Promise<Fault | null>): Example =>
  async () => {
    const { dir, remove } = scratchFolder("refusals");
    try {
      await run("party", "init", "acme", "--mesh", "board", "--dir", join(dir, "acme"));
      const refused = await work(dir, (folder, card) => refusedBy("party", "add", join(folder, "acme"), card));
      return refused && withoutPlace(refused, dir);
    } finally {
      remove();
    }
  };

const disagreeing: Example = inFolder(() => {
  const report = { status: "final", outcome: null, agreement: { same: 2, of: 3 }, parties: ["acme", "bolt", "crux"] };
  const [approval] = SCENARIOS;
  if (approval) answerOf(approval, report as unknown as DemoReport);
});

/** An agent that says what it is told, and hears of nothing. */
const deaf = (name: string): Bird => ({
  name,
  post: async <T>() => ({ ids: ["0".repeat(64)] }) as T,
  request: async () => ({ ok: false }),
});

export const COMMAND: Examples<typeof COMMAND_REFUSALS> = {
  USAGE: () => refusedBy("frame", "inspect", "--hex", "hello"),
  FILE_UNREADABLE: () => refusedBy("frame", "inspect", "nowhere.cbor"),
  FILE_UNWRITABLE: inFolder((folder) => writeNamed(join(folder, "no", "such", "file"), "text")),
  FILE_SHAPE: () => refusedBy("time", "align", { observations: [{ id: "acme", offset: 5 }] }),
  ID_AMBIGUOUS: ambiguous,
  CARD_INVALID: party(async (dir, add) => add(dir, { name: "bolt" })),
  CARD_UNFIT: party(async (dir, add) => {
    await run("party", "init", "bolt", "--mesh", "another", "--dir", join(dir, "bolt"));
    return add(dir, join(dir, "bolt", "card.json"));
  }),
  PARTY_EXISTS: party(async (dir) => refusedBy("party", "init", "acme", "--mesh", "board", "--dir", join(dir, "acme"))),
  COMMAND_FAILED: bug,
  INTERRUPTED: async () => answerIn(await interrupted("demo", "-o", "json")),
  UNREACHABLE: () => refusedBy("evidence", "export", "0".repeat(64), "--url", "http://127.0.0.1:61", "--key", "k"),
  DEPLOY_FAILED: () =>
    applySteps([{ what: "worker quorate-agent", words: ["no-such-command"] }], () => undefined).then(
      () => null,
      (error: Refused) => error.fault,
    ),
  PLAN_STALE: () => refuseStale("0".repeat(64), DEPLOYED, "plan-0000000.json"),
  OFFLINE_VIOLATION: async () => {
    const { stdout } = await quorate(
      "evidence",
      "export",
      "ab".repeat(32),
      ...["--url", "http://127.0.0.1:8123", "--offline", "-o", "json"],
    );
    return answerIn(stdout);
  },
  NATS_SERVER_MISSING: inFolder((folder) => {
    const places = { path: folder, standard: [], cache: folder, root: false, say: () => undefined };
    return onPath(folder, () => findNatsServer(places));
  }),
  NATS_SERVER_FAILED: inFolder((dir) => {
    writeFileSync(join(dir, "nats-server"), "#!/bin/sh\necho 'nats-server: no such port' >&2\nexit 1\n", {
      mode: 0o755,
    });
    return onPath(dir, async () => startNatsServer({ dir, config: "port: 0", ports: await pickPorts() }));
  }),
  STACK_FAILED: inFolder(() => flyCanary(["acme", "bolt"].map(deaf), "board", "nats.log", 100)),
  STACK_RUNNING: inFolder((folder) => {
    writeFileSync(join(folder, "process"), String(process.ppid));
    holdFolder(folder);
  }),
  DRY_RUNS_TOO_MANY: () => {
    const ids = Array.from({ length: 2_001 }, (_, index) => `v${index}`);
    const parties = ids.map((id) => ({ id, role: "voter" }));
    const rounds = [ids.map((party) => ({ party, payload: { choice: "x" } }))];
    return refusedBy("policy", "pivot", "--pattern", "vote", "--contributions", { parties, rounds });
  },
  SCENARIO_UNKNOWN: () => refusedBy("demo", "--scenario", "gold-rush"),
  SCENARIO_FAILED: disagreeing,
};
