// What the processes under this one take, read off /proc: of the processor, so that other work on the machine costs nothing here, and of memory
// at their peak. Where there is no /proc nothing is found.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Children of this process that run a program, by their ids. */
export function childrenRunning(program: string): readonly number[] {
  const tasks = `/proc/${process.pid}/task`;
  if (!existsSync(tasks)) return [];
  const children = readdirSync(tasks).flatMap((task) => read(`${tasks}/${task}/children`).split(" ").filter(Boolean));
  return children.map(Number).filter((pid) => read(`/proc/${pid}/comm`).trim() === program);
}

/** Microseconds of processor time that a process has used so far; null where nobody can tell. */
export function processorMicros(pid: number | undefined): number | null {
  const tasks = `/proc/${pid}/task`;
  if (pid === undefined || !existsSync(tasks)) return null;
  const nanos = readdirSync(tasks).map((task) => Number(read(`${tasks}/${task}/schedstat`).split(" ")[0]));
  return nanos.reduce((sum, each) => sum + each, 0) / 1_000;
}

const LOOK_MS = 1_000;
/** Looks in a row at which nothing is seen to work. */
const LOOKS = 3;
/** Part of a processor that is used by what has nothing to do. */
const IDLE_PART = 0.1;

/** Waits until none of these processes has anything to do, to a moment at most. */
export async function quiet(pids: readonly number[], untilMs: number): Promise<void> {
  for (let idle = 0; idle < LOOKS && Date.now() < untilMs; ) {
    const before = pids.map(processorMicros);
    await sleep(LOOK_MS);
    const used = pids.map((pid, index) => (processorMicros(pid) ?? 0) - (before[index] ?? 0));
    idle = used.every((micros) => micros < 1_000 * IDLE_PART * LOOK_MS) ? idle + 1 : 0;
  }
}

/** The most memory that a process has held at a time, in MiB; null where nobody can tell. */
export function peakMiB(pid: number): number | null {
  const found = /^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`));
  return found === null ? null : Math.round(Number(found[1]) / 1_024);
}

/** A file that may be gone meanwhile, as threads and processes end. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
