// A real Chromium for the console's tests: the one on this machine, or Debian's where we may install it. Null where there is none.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const INSTALLED = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const INSTALL_MS = 240_000;
/** Nothing of the browser's own may reach for the network: what is not ours would be told from what a page asks for. */
const QUIET = [
  "--no-sandbox",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

function install(): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { env, stdio: "ignore", timeout: INSTALL_MS } as const;
  execFileSync("apt-get", ["update", "-qq"], options);
  execFileSync(
    "apt-get",
    ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
    options,
  );
}

function find(): string | null {
  if (existsSync(INSTALLED)) return INSTALLED;
  if (process.getuid?.() !== 0) return null;
  try {
    install();
  } catch {
    return null;
  }
  return existsSync(INSTALLED) ? INSTALLED : null;
}

/** Path of the browser, or null. */
export const chromiumPath: string | null = find();

export function needingChromium(name: string): string {
  return chromiumPath === null
    ? `${name} (skipped: no Chromium; install the package chromium or set CHROMIUM_PATH)`
    : name;
}

export function launch(): Promise<Browser> {
  if (chromiumPath === null) throw new Error("there is no Chromium; guard this test with skipIf");
  return chromium.launch({ executablePath: chromiumPath, args: QUIET });
}
