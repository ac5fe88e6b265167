// Where nats-server comes from: what the machine has, else a cached copy, else the distribution's package, with or
// without root. Nothing is fetched from anywhere but the package manager that the machine already trusts.
import { spawnSync } from "node:child_process";
import { accessSync, constants, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fault } from "../../shared/result.ts";
import { reachOut } from "../offline.ts";
import { EXIT, Refused } from "../registry.ts";
import { projectRoot } from "./project.ts";

export type NatsBinaryPlaces = {
  /** The value of PATH. */
  readonly path: string;
  readonly standard: readonly string[];
  /** The project's own folder for fetched things. */
  readonly cache: string;
  readonly root: boolean;
  /** Whether it may be fetched where it is not found. */
  readonly fetch: boolean;
  /** Told before anything is fetched. */
  readonly say: (line: string) => void;
};

const PACKAGE = "nats-server";
const APT_MS = 180_000;
const REASON_CHARACTERS = 400;

export async function findNatsServer(given: Partial<NatsBinaryPlaces> = {}): Promise<string> {
  const places: NatsBinaryPlaces = {
    path: process.env.PATH ?? "",
    standard: ["/usr/sbin", "/usr/local/bin"],
    cache: join(projectRoot, ".quorate"),
    root: process.getuid?.() === 0,
    fetch: true,
    say: (line) => void process.stderr.write(`${line}\n`),
    ...given,
  };
  const found = locate(places);
  if (found !== undefined) return found;
  if (places.fetch) return fetchWithApt(places);
  const place = join(places.cache, "bin", PACKAGE);
  throw natsRefusal("NATS_SERVER_MISSING", { reason: "it may not be fetched now", place });
}

export function natsRefusal(
  code: "NATS_SERVER_MISSING" | "NATS_SERVER_FAILED",
  detail: Readonly<Record<string, string>>,
): Refused {
  return new Refused(fault(code, detail).fault, EXIT.unreachable);
}

function locate({ path, standard, cache }: NatsBinaryPlaces): string | undefined {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ""), ...standard, join(cache, "bin")];
  return folders.map((folder) => join(folder, PACKAGE)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function fetchWithApt(places: NatsBinaryPlaces): string {
  reachOut("a package mirror, by apt-get");
  const attempts = places.root ? [installPackage, unpackPackage] : [unpackPackage];
  const reasons: string[] = [];
  places.say(`${PACKAGE} is not installed: fetching it with apt-get, which may take minutes …`);
  for (const attempt of attempts) {
    const reason = attempt(places);
    const found = locate(places);
    if (found !== undefined) return found;
    reasons.push(reason ?? "the package holds no nats-server");
  }
  throw natsRefusal("NATS_SERVER_MISSING", { reason: reasons.join("; "), place: join(places.cache, "bin", PACKAGE) });
}

/** Answers why it failed, or nothing. */
function installPackage(): string | undefined {
  const install = ["install", "-y", "--no-install-recommends", PACKAGE];
  if (run("apt-get", install) === undefined) return undefined;
  return run("apt-get", ["update"]) ?? run("apt-get", install);
}

function unpackPackage({ cache }: NatsBinaryPlaces): string | undefined {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "fetch-"));
  try {
    const failed = run("apt-get", ["download", PACKAGE], work);
    if (failed !== undefined) return failed;
    const archive = readdirSync(work).find((name) => name.endsWith(".deb"));
    if (archive === undefined) return "apt-get download left no package";
    const unpacked = run("dpkg", ["-x", archive, "."], work);
    if (unpacked !== undefined) return unpacked;
    mkdirSync(join(cache, "bin"), { recursive: true });
    copyFileSync(join(work, "usr/sbin", PACKAGE), join(cache, "bin", PACKAGE));
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function run(command: string, parameters: readonly string[], cwd?: string): string | undefined {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const done = spawnSync(command, parameters, {
    encoding: "utf8",
    timeout: APT_MS,
    env,
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (done.status === 0) return undefined;
  const missing = (done.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT";
  if (missing) return `there is no ${command} here`;
  const reason = done.error?.message ?? done.stderr.trim().slice(-REASON_CHARACTERS);
  return `${command} ${parameters[0] ?? ""}: ${reason || "failed"}`;
}
