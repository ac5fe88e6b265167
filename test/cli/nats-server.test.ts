// The local nats-server: found or explained, started, frozen, killed and restarted, and never left behind.
import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "nats.ws";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EXIT, type Refused } from "../../cli/registry.ts";
import { findNatsServer } from "../../cli/stack/nats-binary.ts";
import type { NatsParty } from "../../cli/stack/nats-config.ts";
import { buildNatsConfig } from "../../cli/stack/nats-config.ts";
import type { NatsServer } from "../../cli/stack/nats-server.ts";
import { pickPorts, startNatsServer } from "../../cli/stack/nats-server.ts";
import { describeRefusal } from "../../shared/refusals.ts";

const PARTIES: NatsParty[] = ["alpha", "beta", "gamma"].map((name) => ({
  name,
  account: name.toUpperCase(),
  user: name,
  password: `pass "word" of ${name}`,
}));

let dir: string;
const servers: NatsServer[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "quorate-nats-"));
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  rmSync(dir, { recursive: true, force: true });
});

async function start(rewrite = (config: string) => config): Promise<NatsServer> {
  const ports = await pickPorts();
  const config = rewrite(buildNatsConfig(PARTIES, ports, join(dir, "store")));
  const server = await startNatsServer({ dir, config, ports });
  servers.push(server);
  return server;
}

function dialAs(server: NatsServer, name: string) {
  return connect({
    servers: server.wsUrl,
    user: name,
    pass: `pass "word" of ${name}`,
    reconnect: false,
    timeout: 3_000,
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function hasGone(pid: number): Promise<boolean> {
  for (let i = 0; i < 100 && isRunning(pid); i++) await sleep(50);
  return !isRunning(pid);
}

describe("finding nats-server", () => {
  it("prefers PATH, then the standard folders, then the cached copy", async () => {
    const folders = ["path", "standard", "cache/bin"].map((name) => join(dir, name));
    const places = { path: folders[0] ?? "", standard: [folders[1] ?? ""], cache: join(dir, "cache"), root: false };
    for (const folder of folders.toReversed()) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "nats-server"), "");
      chmodSync(join(folder, "nats-server"), 0o755);
      expect(await findNatsServer(places)).toBe(join(folder, "nats-server"));
    }
  });

  it("says what to do when there is none and no package manager", async () => {
    const path = process.env.PATH;
    process.env.PATH = dir;
    try {
      const said: string[] = [];
      const say = (line: string) => void said.push(line);
      const finding = findNatsServer({ path: dir, standard: [], cache: join(dir, "cache"), root: true, say });
      const refused = (await finding.catch((error: unknown) => error)) as Refused;
      expect(refused.exit).toBe(EXIT.unreachable);
      expect(describeRefusal(refused.fault)).toMatchObject({
        code: "NATS_SERVER_MISSING",
        why: expect.stringContaining("apt-get"),
        do: expect.stringContaining(join(dir, "cache/bin/nats-server")),
      });
      expect(said.join()).toContain("apt-get");
    } finally {
      process.env.PATH = path;
    }
  });
});

describe("running nats-server", () => {
  it("is ready when it says so, and comes back on the same ports with the same store", async () => {
    const server = await start();
    const first = await dialAs(server, "alpha");
    await (await first.jetstreamManager()).streams.add({ name: "KEPT", subjects: ["kept"] });
    await first.jetstream().publish("kept", "x");
    const { pid, wsUrl } = server;
    await server.kill();
    expect(isRunning(pid)).toBe(false);
    await server.restart();
    expect(server.wsUrl).toBe(wsUrl);
    expect(server.pid).not.toBe(pid);
    const second = await dialAs(server, "alpha");
    expect((await (await second.jetstreamManager()).streams.info("KEPT")).state.messages).toBe(1);
    await second.close();
  });

  it("answers nothing while frozen, and stops even then", async () => {
    const server = await start();
    const connection = await dialAs(server, "alpha");
    server.freeze();
    // The signal reaches a busy server a moment late: what counts is that the answers cease.
    await vi.waitFor(async () => {
      const silent = await Promise.race([connection.flush().then(() => "answered"), sleep(500).then(() => "silent")]);
      expect(silent).toBe("silent");
    }, 5_000);
    server.thaw();
    await connection.flush();
    server.freeze();
    const { pid } = server;
    await server.stop();
    expect(isRunning(pid)).toBe(false);
  });

  it("explains a configuration that the server refuses", async () => {
    await expect(start((config) => `${config}\nnonsense {`)).rejects.toMatchObject({
      fault: { code: "NATS_SERVER_FAILED", detail: { reason: expect.stringContaining("Parse error") } },
    });
  });

  it("ends with the process that started it, even when that one is killed", async () => {
    const ports = await pickPorts();
    const options = { dir, ports, config: buildNatsConfig(PARTIES, ports, join(dir, "store")) };
    const program = `import { startNatsServer } from ${JSON.stringify(resolve("cli/stack/nats-server.ts"))};
      const server = await startNatsServer(${JSON.stringify(options)});
      console.log(server.pid);
      setInterval(() => undefined, 1_000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = await new Promise<number>((done) => parent.stdout.once("data", (chunk) => done(Number(chunk))));
    expect(isRunning(pid)).toBe(true);
    parent.kill("SIGKILL");
    expect(await hasGone(pid)).toBe(true);
  });
});

describe("the accounts", () => {
  it("let a party reach a peer's inbox under its own name only", async () => {
    const server = await start();
    const [alpha, beta] = [await dialAs(server, "alpha"), await dialAs(server, "beta")];
    const subjects: string[] = [];
    beta.subscribe("inbox.>", {
      callback: (_, message) => {
        subjects.push(message.subject);
        message.respond();
      },
    });
    await beta.flush();
    await alpha.request("to.beta.mesh.00ff", undefined, { timeout: 3_000 });
    await expect(alpha.request("inbox.GAMMA.mesh.00ff", undefined, { timeout: 3_000 })).rejects.toMatchObject({
      code: "503",
    });
    await expect(alpha.request("to.alpha.mesh.00ff", undefined, { timeout: 3_000 })).rejects.toMatchObject({
      code: "503",
    });
    expect(subjects).toEqual(["inbox.ALPHA.mesh.00ff"]);
    await Promise.all([alpha.close(), beta.close()]);
  });

  it("bound what each may use, so that none can fill the server for the others", async () => {
    const server = await start();
    const alpha = await dialAs(server, "alpha");
    const manager = await alpha.jetstreamManager();
    await expect(manager.streams.add({ name: "huge", subjects: ["huge"], max_bytes: 2 ** 31 })).rejects.toThrow(
      "insufficient storage",
    );
    const names = ["a", "b", "c", "d"];
    for (const name of names) await manager.streams.add({ name, subjects: [name], max_bytes: 2 ** 28 });
    await expect(manager.streams.add({ name: "e", subjects: ["e"] })).rejects.toThrow("maximum number of streams");
    const others = await Promise.all(Array.from({ length: 15 }, () => dialAs(server, "alpha")));
    await expect(dialAs(server, "alpha")).rejects.toThrow();
    const beta = await dialAs(server, "beta");
    await (await beta.jetstreamManager()).streams.add({ name: "own", subjects: ["own"], max_bytes: 2 ** 30 });
    await Promise.all([alpha, beta, ...others].map((connection) => connection.close()));
  });

  it("hold even against a party that writes its own imports", async () => {
    const claim = '{ service: { account: BETA, subject: "inbox.ALPHA.>" }, to: "forged.>" }';
    const forge = (config: string) => {
      const [before, gamma = ""] = config.split("  GAMMA {");
      return `${before}  GAMMA {${gamma.replace("imports: [", `imports: [\n      ${claim}`)}`;
    };
    const attempt = start(forge).then(async (server) => {
      const connection = await dialAs(server, "gamma");
      const beta = await dialAs(server, "beta");
      const subjects: string[] = [];
      beta.subscribe("inbox.>", { callback: (_, { subject }) => void subjects.push(subject) });
      await beta.flush();
      const answer = await connection.request("forged.mesh.00ff", undefined, { timeout: 1_000 }).then(
        () => "accepted",
        () => "refused",
      );
      expect(subjects).toEqual([]);
      await Promise.all([connection.close(), beta.close()]);
      return answer;
    });
    // Some versions refuse the configuration, others only the message.
    expect(await attempt.catch((error: Refused) => error.fault.code)).toMatch(/^(refused|NATS_SERVER_FAILED)$/);
  });

  it("refuse a name that would change the shape of a subject", () => {
    const hostile: NatsParty = { name: "a.b", account: "A", user: "a", password: "a" };
    expect(() => buildNatsConfig([hostile], { client: 1, websocket: 2 }, dir)).toThrow("not a subject token");
  });
});
