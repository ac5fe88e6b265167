// The local nats-server as a child process: started, frozen, killed and restarted by its pid, and never left behind.
import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { guard } from "./guard.ts";
import { findNatsServer, natsRefusal } from "./nats-binary.ts";
import type { NatsPorts } from "./nats-config.ts";
import { freePorts } from "./ports.ts";

export type NatsServerOptions = {
  /** Receives `nats.conf` and `nats.log`; the store directory is named by the configuration. */
  readonly dir: string;
  readonly config: string;
  readonly ports: NatsPorts;
};

export interface NatsServer {
  readonly pid: number;
  readonly wsUrl: string;
  stop(): Promise<void>;
  /** SIGKILL: what a crash looks like. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  freeze(): void;
  thaw(): void;
  /** Comes up on the same ports with the same store, whatever state it was in. */
  restart(): Promise<void>;
  /** Takes another configuration while it runs; connections of accounts that remain are kept. */
  reload(config: string): Promise<void>;
}

const READY_MS = 10_000;
const STOP_MS = 5_000;
const POLL_MS = 20;
const LOG_TAIL_CHARACTERS = 1_500;

export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const binary = await findNatsServer();
  mkdirSync(options.dir, { recursive: true });
  const configPath = join(options.dir, "nats.conf");
  const logPath = join(options.dir, "nats.log");
  // It holds the passwords of all parties.
  const configure = (config: string) => writeFileSync(configPath, config, { mode: 0o600 });
  configure(options.config);
  const launch = () => launchServer(binary, configPath, logPath, options.ports.websocket);
  let child = await launch();
  return {
    get pid() {
      return pidOf(child);
    },
    wsUrl: `ws://127.0.0.1:${options.ports.websocket}`,
    stop: () => endProcess(child, "SIGTERM"),
    kill: () => endProcess(child, "SIGKILL"),
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    restart: async () => {
      await endProcess(child, "SIGTERM");
      child = await launch();
    },
    reload: async (config) => {
      const before = readFileSync(logPath, "utf8").length;
      configure(config);
      child.kill("SIGHUP");
      await reloaded(logPath, before);
    },
  };
}

/** The server says in its log when it has taken a configuration, and why where it has not. */
async function reloaded(logPath: string, before: number): Promise<void> {
  let said = "";
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await sleep(POLL_MS)) {
    said = readFileSync(logPath, "utf8").slice(before);
    if (said.includes("Reloaded server configuration")) return;
    if (said.includes("[ERR]")) break;
  }
  throw natsRefusal("NATS_SERVER_FAILED", {
    failure: "did not take its new configuration",
    reason: said.slice(-LOG_TAIL_CHARACTERS) || "it wrote nothing about it",
    log: logPath,
  });
}

/** Ports that are free now; nothing else can hold a port that the system has just given us. */
export async function pickPorts(): Promise<NatsPorts> {
  const [client = 0, websocket = 0] = await freePorts(2, 0);
  return { client, websocket };
}

async function launchServer(binary: string, configPath: string, logPath: string, port: number): Promise<ChildProcess> {
  const log = openSync(logPath, "a", 0o600);
  // Detached: Ctrl-C in a terminal must reach us first, so that the agents can stop before their bus does.
  const child = spawn(binary, ["-c", configPath], { stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  let spawnError: Error | undefined;
  child.once("error", (error) => {
    spawnError = error;
  });
  if (child.pid !== undefined) guard(child, child.pid);
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (spawnError !== undefined || hasEnded(child)) break;
    if (await accepts(port)) return child;
    await sleep(POLL_MS);
  }
  if (child.pid !== undefined) await endProcess(child, "SIGKILL");
  throw natsRefusal("NATS_SERVER_FAILED", {
    failure: `did not come up (${binary})`,
    reason:
      spawnError?.message ?? (readFileSync(logPath, "utf8").trim().slice(-LOG_TAIL_CHARACTERS) || "it wrote no log"),
    log: `${logPath}, then try: ${binary} -c ${configPath}`,
  });
}

async function endProcess(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (hasEnded(child)) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.ref();
  child.kill(signal);
  // A frozen server receives SIGTERM only once it runs again.
  child.kill("SIGCONT");
  const late = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(late);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error("the server was never started");
  return child.pid;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
