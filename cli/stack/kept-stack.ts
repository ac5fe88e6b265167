// What a stack that is kept up says of itself in its folder: where its parties' agents are and by which key, for `--as PARTY`.
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeTrustStatement } from "../../shared/evidence/trust-statement.ts";
import { readJsonFile } from "../files.ts";
import { refused } from "../registry.ts";
import { isRunning } from "./kept-keys.ts";
import { rootsOf } from "./party.ts";
import type { Stack } from "./stack.ts";

export type KeptStack = {
  readonly pid: number;
  readonly mesh: string;
  /** Made-up organisations that its parties recognise, for `sim bids`. */
  readonly bidders: number;
  /** `url` is null while its agent does not run. */
  readonly parties: readonly { readonly name: string; readonly url: string | null; readonly key: string }[];
};

export const KEPT_STACK = join(".quorate", "dev");
const noteIn = (dir: string) => join(dir, "stack.json");

/** Written again whenever an agent starts; gone when the process ends. The trust statement beside it stays, for `verify`. */
export function noteStack(dir: string, { mesh, agents, parties, guests }: Stack): void {
  const note: KeptStack = {
    pid: process.pid,
    mesh,
    bidders: guests.length,
    parties: agents.map((agent) => ({
      name: agent.name,
      url: agent.isRunning ? agent.url : null,
      key: agent.apiKey,
    })),
  };
  writeFileSync(noteIn(dir), JSON.stringify(note), { mode: 0o600 });
  const trust = writeTrustStatement(mesh, rootsOf([...parties, ...guests]));
  writeFileSync(join(dir, "trust.json"), `${JSON.stringify(trust, null, 1)}\n`);
}

export function forgetStack(dir: string): void {
  rmSync(noteIn(dir), { force: true });
}

/** The stack that is kept up in a folder; null where none is. */
export function findStack(dir: string): KeptStack | null {
  if (!existsSync(noteIn(dir))) return null;
  const note = readJsonFile(noteIn(dir)) as KeptStack;
  return isRunning(note.pid) ? note : null;
}

export function readStack(dir: string): KeptStack {
  const stack = findStack(dir);
  if (stack !== null) return stack;
  const reason = "no development stack runs there: npm run dev starts one";
  throw refused("UNREACHABLE", { url: dir, reason });
}
