// Applying a plan: wrangler's own commands, one after another, with nothing of theirs on our stdout and no secret in any argument.
import { stripVTControlCharacters } from "node:util";
import { fault } from "../../shared/result.ts";
import { readText } from "../files.ts";
import { reachOut } from "../offline.ts";
import { pathIn } from "../party/folder.ts";
import { EXIT, Refused } from "../registry.ts";
import { wrangler } from "../stack/wrangler.ts";
import { type Inputs, secretFiles } from "./describe.ts";
import type { Change, Described } from "./plan.ts";

export type Step = {
  readonly what: string;
  /** Words for wrangler. */
  readonly words: readonly string[];
  /** What it says where the thing is there already, which is as good. */
  readonly unless?: RegExp;
};

export function stepsFor({ worker }: Described, changes: readonly Change[], inputs: Inputs): readonly Step[] {
  const queues = changes.filter(({ kind, sign }) => kind === "queue" && sign === "+");
  const party = inputs.party === null ? [] : ["--var", `PARTY:${readText(pathIn(inputs.party, "party")).trim()}`];
  return [
    ...queues.map(({ name }) => ({
      what: `queue ${name}`,
      words: ["queues", "create", name],
      unless: /already (exists|taken)|is already/i,
    })),
    ...secretFiles(inputs).map((file) => ({
      what: `secrets of ${file}`,
      words: ["secret", "bulk", file, "--name", worker],
    })),
    { what: `worker ${worker}`, words: ["deploy", ...party] },
  ];
}

/** As one may type it; long words are cut. */
export function shown({ words }: Step): string {
  return ["npx wrangler", ...words.map((word) => (word.length > 60 ? `'${word.slice(0, 40)}…'` : word))].join(" ");
}

const TAIL_CHARACTERS = 600;
const LOGIN = /CLOUDFLARE_API_TOKEN|not authenticated|log ?in|Authentication|Unauthorized|\b10000\b/i;

export async function applySteps(steps: readonly Step[], say: (line: string) => void): Promise<void> {
  reachOut("Cloudflare, by wrangler");
  for (const step of steps) {
    say(`${step.what} …`);
    const { code, output } = await wrangler(step.words);
    if (code === 0 || step.unless?.test(output) === true) continue;
    const refused = fault("DEPLOY_FAILED", { step: step.what, reason: reasonIn(output) }).fault;
    throw new Refused(refused, LOGIN.test(output) ? EXIT.permission : EXIT.unreachable);
  }
}

/** What it names as the error, without its colours; else the last that it said. */
function reasonIn(output: string): string {
  const plain = stripVTControlCharacters(output).trim();
  const named = /\[ERROR\] ([^\n]+(?:\n[^\n]+)*)/.exec(plain)?.[1] ?? plain.slice(-TAIL_CHARACTERS);
  return named.trim() || "nothing";
}
