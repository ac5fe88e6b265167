// A deployment by its plan: wrangler itself, against a stand-in for the platform's API that notes what it is asked.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../cli/stack/project.ts";
import { run } from "../support/command.ts";
import { scratchFolder } from "../support/scratch.ts";

const { dir, remove } = scratchFolder("deploy");
const party = join(dir, "acme");
const login = join(dir, "login.json");
const asked: { readonly line: string; readonly body: string }[] = [];
const before = { ...process.env };
let platform: Server;
let refuses = false;

const PRESENT: readonly (readonly [RegExp, unknown])[] = [
  [/\/queues\?/, null],
  [/\/subdomain/, { subdomain: "acme", enabled: true, previews_enabled: true }],
  [/\/settings/, { bindings: [] }],
  [/\/secrets$|\/scripts$/, []],
  [/\/schedules/, { schedules: [] }],
  [/\/deployments/, { deployments: [] }],
];

/** What the platform answers about a worker that is not there yet. */
function answerTo({ method, url = "" }: IncomingMessage): { readonly status: number; readonly body: object } {
  const failed = (status: number, code: number, message: string) => ({
    status,
    body: { success: false, errors: [{ code, message }], messages: [], result: null },
  });
  if (refuses) return failed(403, 10_000, "Authentication error");
  if (/\/services\//.test(url)) return failed(404, 10_090, "workers.api.error.service_not_found");
  const name = new URL(url, "http://x").searchParams.get("name");
  const queue = { queue_name: name, queue_id: `id-of-${name}`, producers: [], consumers: [] };
  const found = method === "GET" ? PRESENT.find(([path]) => path.test(url)) : undefined;
  const result = found === undefined ? {} : (found[1] ?? [queue]);
  return { status: 200, body: { success: true, errors: [], messages: [], result, result_info: { total_count: 1 } } };
}

beforeAll(async () => {
  platform = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      asked.push({ line: `${request.method} ${request.url}`, body: Buffer.concat(parts).toString("latin1") });
      const { status, body } = answerTo(request);
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => platform.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(platform.address() as AddressInfo).port}`;
  Object.assign(process.env, { CLOUDFLARE_API_BASE_URL: url, CLOUDFLARE_API_TOKEN: "t", CLOUDFLARE_ACCOUNT_ID: "a" });
  await run("party", "init", "acme", "--mesh", "board", "--dir", party);
  writeFileSync(login, JSON.stringify({ NATS_URL: "ws://127.0.0.1:1", NATS_USER: "acme", NATS_PASSWORD: "of-acme" }));
});

afterAll(async () => {
  process.env = before;
  await new Promise((resolve) => platform.close(resolve));
  remove();
});

type Planned = {
  readonly changes: readonly { readonly kind: string; readonly name: string }[];
  readonly secrets: readonly string[];
  readonly plan: string;
  readonly bus: { readonly checked: boolean; readonly refusal: { readonly code: string } };
};
/** wrangler's own reading of the configuration, and its own bundle of the agent: nothing is sent. */
function tryByWrangler(): Promise<readonly [code: number | null, output: string]> {
  const program = join(dirname(createRequire(import.meta.url).resolve("wrangler/package.json")), "bin", "wrangler.js");
  const words = ["deploy", "--dry-run", "--outdir", join(dir, "bundle")];
  const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" };
  return new Promise((resolve) =>
    execFile(process.execPath, [program, ...words], { cwd: projectRoot, env }, (error, stdout, stderr) =>
      resolve([error === null ? 0 : Number(error.code), `${stdout}${stderr}`]),
    ),
  );
}

const planned = () => run("deploy", "--plan", "--party", party, "--login", login);

describe("deploy", () => {
  it("carries what wrangler takes: its configuration without a warning, and its bundle with every object and queue", async () => {
    const [code, output] = await tryByWrangler();
    expect([code, output]).toEqual([0, expect.stringContaining("--dry-run: exiting now.")]);
    expect(output).not.toMatch(/warning/i);
    for (const name of ["CEREMONY", "LINK", "DIRECTORY", "MESH", "HOOKS", "EDGE", "INTAKE", "OBSERVATIONS"])
      expect(output).toContain(`env.${name}`);
    expect(asked).toEqual([]);
  });

  it("plans, shows what it would run, refuses a plan that is no longer true, stops where it is refused, and deploys", async () => {
    const first = await planned();
    const plan = first.data as Planned;
    expect([first.exit, plan.changes[0]?.kind, plan.changes.at(-1)?.kind]).toEqual([2, "worker", "secret"]);
    expect(plan.secrets).toEqual(["API_KEY", "HOOK_SECRETS", "NATS_PASSWORD", "NATS_URL", "NATS_USER", "SIGNING_KEY"]);
    expect([plan.bus.checked, plan.bus.refusal.code]).toEqual([true, "UNREACHABLE"]);

    const secrets = JSON.parse(readFileSync(join(party, "secrets.json"), "utf8")) as Record<string, string>;
    const said = `${first.text}${JSON.stringify(plan)}${readFileSync(plan.plan, "utf8")}`;
    for (const value of [secrets.SIGNING_KEY, secrets.API_KEY, "of-acme"]) expect(said).not.toContain(value);

    const tried = await run("deploy", plan.plan, "--dry-run");
    expect([tried.exit, (tried.data as { commands: string[] }).commands[0]]).toEqual([
      0,
      "npx wrangler queues create quorate-observations",
    ]);
    expect(asked).toEqual([]);

    refuses = true;
    const refused = await run("deploy", plan.plan);
    expect([refused.exit, refused.refusal?.code]).toEqual([4, "DEPLOY_FAILED"]);
    refuses = false;

    asked.length = 0;
    const done = await run("deploy", plan.plan);
    expect([done.exit, done.data]).toMatchObject([0, { applied: true, worker: "quorate-agent" }]);
    const lines = asked.map(({ line }) => line);
    const at = (part: string) => lines.findIndex((line) => line.includes(part));
    expect(at("POST /accounts/a/queues")).toBe(0);
    expect(at("secrets-bulk")).toBeGreaterThan(0);
    expect(at("PUT /accounts/a/workers/scripts/quorate-agent?")).toBeGreaterThan(at("secrets-bulk"));
    const carrying = asked.filter(({ body }) => body.includes(secrets.SIGNING_KEY as string));
    expect(carrying.map(({ line }) => /secrets-bulk/.test(line))).toEqual([true]);

    const again = await planned();
    expect([again.exit, (again.data as Planned).changes]).toEqual([0, []]);

    const record = readFileSync(join(party, "deployed-quorate-agent.json"), "utf8");
    for (const value of Object.values(secrets)) expect(record).not.toContain(value);
    writeFileSync(join(party, "secrets.json"), JSON.stringify({ ...secrets, API_KEY: "another" }));
    const renewed = await planned();
    expect([renewed.exit, (renewed.data as Planned).changes]).toMatchObject([2, [{ kind: "secret", name: "API_KEY" }]]);

    writeFileSync(join(party, "party.json"), readFileSync(join(party, "party.json"), "utf8").replace("{", "{ "));
    const stale = await run("deploy", plan.plan);
    expect([stale.exit, stale.refusal?.code]).toEqual([6, "PLAN_STALE"]);
  });
});
