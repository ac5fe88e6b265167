// What a development stack keeps beside its objects: the parties' keys, and a note of the process that uses the folder.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseHex, toHex } from "../../shared/bytes.ts";
import { newSecret } from "../party/secret.ts";
import { refused } from "../registry.ts";
import type { PartySecrets } from "./party.ts";
import type { Access } from "./stack.ts";

type WrittenAccess = { readonly apiKeys: Readonly<Record<string, string>>; readonly hookSecret: string };
type Written = Record<string, { readonly root: string; readonly agent: string }>;

/** The keys of each party, as they were at the last start; new parties get new ones. */
export function keptSecrets(dir: string, names: readonly string[]): ReadonlyMap<string, PartySecrets> {
  const path = join(dir, "keys.json");
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Written) : {};
  const all: Written = { ...before };
  for (const name of names) all[name] ??= { root: toHex(randomBytes(32)), agent: toHex(randomBytes(32)) };
  writeFileSync(path, JSON.stringify(all), { mode: 0o600 });
  return new Map(
    names.map((name) => [name, { root: secretOf(all, name, "root"), agent: secretOf(all, name, "agent") }]),
  );
}

/** What opens the stack's agents and its webhooks, as at the last start. */
export function keptAccess(dir: string, names: readonly string[]): Access {
  const path = join(dir, "access.json");
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Partial<WrittenAccess>) : {};
  const apiKeys: Record<string, string> = { ...before.apiKeys };
  for (const name of names) apiKeys[name] ??= newSecret();
  const hookSecret = before.hookSecret ?? newSecret();
  writeFileSync(path, JSON.stringify({ apiKeys, hookSecret }), { mode: 0o600 });
  return { apiKeys: new Map(Object.entries(apiKeys)), hookSecret };
}

function secretOf(all: Written, name: string, which: "root" | "agent"): Uint8Array {
  const secret = parseHex(all[name]?.[which] ?? "");
  if (secret?.length === 32) return secret;
  const shape = '{"NAME":{"root":"64 hexadecimal digits","agent":"…"}}; or remove the folder';
  throw refused("FILE_SHAPE", { thing: "a file of keys", path: `${name}.${which}`, need: "32 bytes", shape });
}

/** Refuses a folder that another running process holds; lets it go when this one ends. */
export function holdFolder(dir: string): void {
  const path = join(dir, "process");
  const holder = existsSync(path) ? Number(readFileSync(path, "utf8")) : 0;
  if (holder > 0 && holder !== process.pid && isRunning(holder)) throw refused("STACK_RUNNING", { pid: holder, dir });
  writeFileSync(path, String(process.pid));
  process.once("exit", () => rmSync(path, { force: true }));
}

/** Whether a process of that number runs. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as { code?: string }).code === "EPERM";
  }
}
