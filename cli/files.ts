// Reading what the user names: files and JSON, with coded refusals.
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, resolve } from "node:path";
import { fault } from "../shared/result.ts";
import { type Call, EXIT, Refused, refused } from "./registry.ts";

export function readBytes(path: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(path === "-" ? 0 : path));
  } catch (error) {
    throw refused("FILE_UNREADABLE", { path, reason: systemReason(error) });
  }
}

const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
};

/** What the system says of a file, in words. */
function systemReason(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return SYSTEM[code] ?? message;
}

export function readText(path: string): string {
  const bytes = readBytes(path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Refused(fault("FILE_UNREADABLE", { path, reason: "it is not UTF-8" }).fault, EXIT.usage);
  }
}

/** `text` is what the file holds, where it has been read already: a pipe gives it once. */
export function readJsonFile(path: string, text = readText(path)): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refused(fault("FILE_UNREADABLE", { path, reason: "it is not JSON" }).fault, EXIT.usage);
  }
}

/** `see` is the command that says how it must be written. */
export function usage(reason: string, see = "npm run -s quorate -- help"): Refused {
  return refused("USAGE", { reason, see });
}

/** Told of each file that is not written; null where files are written. */
let withheld: ((path: string) => void) | null = null;

/** From now on no file is written, and `tell` hears of each that would be. Answers how to undo that. */
export function withholdFiles(tell: (path: string) => void): () => void {
  withheld = tell;
  return () => {
    withheld = null;
  };
}

/** Whether a file is not to be written now; whoever asked for that is told of it. */
export function isWithheld(path: string): boolean {
  withheld?.(path);
  return withheld !== null;
}

/** Writes a file the user named; another file is never left half-written in its place. */
export function writeNamed(path: string, content: string | Uint8Array): void {
  if (isWithheld(path)) return;
  const half = `${path}.${process.pid}.part`;
  try {
    writeFileSync(half, content);
    renameSync(half, path);
  } catch (error) {
    rmSync(half, { force: true });
    throw unwritable(path, error);
  }
}

/** Makes a folder where the user wants files, and refuses at once where none can be written. */
export function makeFolder(path: string): string {
  const folder = resolve(path);
  const missing: string[] = [];
  for (let at = folder; !existsSync(at); at = dirname(at)) missing.unshift(at);
  try {
    // One by one: the recursive form never ends where a file system claims that a folder it cannot make is absent.
    for (const each of missing) mkdirSync(each);
    if (!statSync(folder).isDirectory()) throw new Error("it is no folder");
    accessSync(folder, constants.W_OK | constants.X_OK);
    return folder;
  } catch (error) {
    throw unwritable(folder, error);
  }
}

export function unwritable(path: string, error: unknown): Refused {
  return refused("FILE_UNWRITABLE", { path, reason: systemReason(error) });
}

/** A flag that must be given. */
export function required(call: Call, flag: string): string {
  const value = call.flags[flag];
  if (typeof value !== "string" || value === "") throw usage(`--${flag} is needed`);
  return value;
}

export function argument(call: Call, index: number, name: string): string {
  const value = call.args[index];
  if (value === undefined) throw usage(`${name} is needed`);
  return value;
}

/** Lines of a file, or of stdin, without empty ones. */
export function* linesIn(path = "-"): Generator<string> {
  for (const line of new TextDecoder().decode(readBytes(path)).split("\n")) if (line.trim() !== "") yield line;
}

/** An instant in microseconds, given as ISO 8601 or as such a number; null where the flag is absent. */
export function instant(call: Call, flag: string): number | null {
  const given = call.flags[flag];
  if (typeof given !== "string") return null;
  const at = /^\d+$/.test(given) ? Number(given) : microseconds(given);
  if (at === null || !Number.isSafeInteger(at)) throw usage(`--${flag} takes an ISO 8601 time or microseconds`);
  return at;
}

/** A whole number within bounds; `usual` where the flag is absent, and null where it must be given. */
export function numberIn(call: Call, flag: string, usual: number | null, least = 1, most = 10_000): number {
  const given = call.flags[flag] ?? usual;
  const number = Number(given);
  if (given === null || given === "" || !Number.isInteger(number) || number < least || number > most)
    throw usage(`--${flag} takes a number from ${least} to ${most}`);
  return number;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3_600, d: 86_400 };

/** A length of time in whole seconds, given as 90, 90s, 15m, 24h or 2d; null where the flag is absent. */
export function seconds(call: Call, flag: string): number | null {
  const given = call.flags[flag];
  if (typeof given !== "string") return null;
  const [, count, unit = "s"] = /^(\d{1,9})\s*(s|m|min|h|d)?$/.exec(given) ?? [];
  if (count === undefined) throw usage(`--${flag} takes a length of time such as 90s, 15m, 24h or 2d`);
  return Number(count) * (UNIT_SECONDS[unit] as number);
}

/** ISO 8601 as microseconds since 1970, or null. */
export function microseconds(iso: string): number | null {
  const at = Date.parse(iso) * 1_000;
  return Number.isSafeInteger(at) ? at : null;
}

const INSTANTS: readonly string[] = ["after", "expires", "issued", "notAfter", "notBefore", "refreshBy"];

/** A plain document, or several, in which people may have written instants in ISO 8601: the core counts microseconds. */
export function inMicroseconds(document: unknown): unknown {
  if (Array.isArray(document)) return document.map(inMicroseconds);
  if (typeof document !== "object" || document === null) return document;
  return Object.fromEntries(
    Object.entries(document).map(([key, value]) => [
      key,
      INSTANTS.includes(key) && typeof value === "string" ? (microseconds(value) ?? value) : value,
    ]),
  );
}

/** Names of the files in a folder, sorted; with `deep` those of its folders too, as paths. */
export function namesIn(folder: string, deep = false): readonly string[] {
  try {
    return readdirSync(folder, { recursive: deep, encoding: "utf8" }).sort();
  } catch (error) {
    throw refused("FILE_UNREADABLE", { path: folder, reason: systemReason(error) });
  }
}
