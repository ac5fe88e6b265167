// No child outlives us, however we end: even SIGKILL closes the pipe that each child's watcher waits on.
import { type ChildProcess, spawn } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { basename } from "node:path";

/**
 * A shell that waits on a pipe from us. When we end in any way, even by SIGKILL, the pipe closes and it kills the child by
 * pid; when the child ends first, it is told so and leaves, so that a pid used again is never hit.
 */
export function guard(child: ChildProcess, pid: number): void {
  const watcher = spawn("/bin/sh", ["-c", 'read -r _ || kill -9 "$0"', String(pid)], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watcher.stdin?.on("error", () => undefined);
  child.once("exit", () => watcher.stdin?.end("ended\n"));
  // Neither of the two may keep our own process from ending.
  child.unref();
  watcher.unref();
  (watcher.stdin as { unref?: () => void } | null)?.unref?.();
}

const guarded = new Set<string>();

/** Guards whatever is started from now on by a program of this name: a library starts it, and tells nobody its pid. */
export function guardProgram(name: string): void {
  if (guarded.has(name)) return;
  guarded.add(name);
  subscribe("child_process", (message) => {
    const { process: child } = message as { readonly process: ChildProcess };
    child.once("spawn", () => {
      if (basename(child.spawnfile).startsWith(name) && child.pid !== undefined) guard(child, child.pid);
    });
  });
}
