// `coalition effective` and `coalition revoke --plan`: an authority's policy from a pool of files, and what a revocation would touch.
import type { Preview } from "../../shared/ceremony/preview.ts";
import { type HomeChange, planRevocation } from "../../shared/coalition/plan.ts";
import { shownPolicy } from "../../shared/coalition/shown.ts";
import { AGENT_FLAGS, AGENT_USAGE, fetchFrom } from "../agent-client.ts";
import { argument, instant, required, usage } from "../files.ts";
import { poolIn, type ReadPool } from "../pool-folder.ts";
import { type Answer, type Call, type Command, EXIT, Refused, refused } from "../registry.ts";
import { readTrust } from "./evidence.ts";

const POOL = {
  pool: { type: "string" },
  at: { type: "string" },
  operation: { type: "string" },
  trust: { type: "string" },
} as const;

export const coalitionEffective: Command = {
  name: "coalition effective",
  usage: "coalition effective --home NAME --pool DIR [--trust TRUST] [--at TIME] [--operation NAME]",
  about: "the policy that holds at one authority, each clause with its origin and the translators that carried it",
  flags: { ...POOL, home: { type: "string" } },
  example: "coalition effective --home acme --pool pool",
  run: async (call) => {
    const shown = shownPolicy(await poolOf(call), {
      home: required(call, "home"),
      at: timeOf(call),
      operation: operationOf(call),
    });
    if (!shown.ok) throw new Refused(shown.fault, EXIT.absent);
    const data = shown.value;
    const text = [
      ...data.clauses.map(
        ({ id, effect, from, via, value }) =>
          `${effect.padEnd(9)}${id}  ${JSON.stringify(value)}  from ${from}${via === undefined ? "" : ` via ${via}`}`,
      ),
      ...data.conflicts.map(
        ({ winners, losers, rule }) => `conflict  ${list(winners)} over ${list(losers)}, by ${rule}`,
      ),
      ...data.refused.map(({ id, code, why }) => `refused   ${id}  ${code}  ${why}`),
    ];
    return { exit: EXIT.yes, data, text: text.join("\n") };
  },
};

export const coalitionRevoke: Command = {
  name: "coalition revoke",
  usage: `coalition revoke TRANSLATOR (--pool DIR [--trust TRUST] | ${AGENT_USAGE} --mesh MESH) --plan [--by NAME] [--at TIME] [--operation NAME]`,
  about:
    "what revoking a translator (* for all of NAME's) would touch at every authority, and at an agent in what runs there, before anything is signed",
  flags: {
    ...POOL,
    plan: { type: "boolean" },
    by: { type: "string" },
    ...AGENT_FLAGS,
    mesh: { type: "string" },
  },
  example: "coalition revoke bolt-to-acme --pool pool --plan",
  run: async (call) => {
    const id = argument(call, 0, "TRANSLATOR");
    if (call.flags.plan !== true) throw usage("--plan is needed: it shows the effects");
    const operation = operationOf(call);
    if (typeof call.flags.url === "string" || typeof call.flags.as === "string") return planAt(call, id, operation);
    const { pool } = await poolOf(call);
    const translator = pool.translators.find((candidate) => candidate.id === id);
    if (translator === undefined && id !== "*") throw refused("NOT_FOUND", { thing: `translator ${id}` });
    const after = timeOf(call);
    const scope = operation === null ? null : new Map([["operation", operation]]);
    const signer = translator?.signer ?? translator?.from;
    const by = typeof call.flags.by === "string" || signer === undefined ? required(call, "by") : signer;
    const plan = planRevocation(pool, { revokes: id, by, after, scope, cut: [] }, after, operation);
    if (!plan.ok) throw new Refused(plan.fault, EXIT.no);
    const { homes, unchanged } = plan.value;
    const revocation = { revokes: id, by, after, ...(operation === null ? {} : { scope: { operation } }) };
    return {
      exit: homes.length === 0 ? EXIT.yes : EXIT.changes,
      data: { revocation, homes, unchanged },
      text: [...homes.flatMap(changeText), ...unchanged.map((home) => `${home}: nothing changes`)].join("\n"),
    };
  },
};

/** As an agent sees it, with the ceremonies that run there. */
async function planAt(call: Call, revokes: string, operation: string | null): Promise<Answer> {
  const asked = new URLSearchParams({ revokes });
  if (typeof call.flags.by === "string") asked.set("by", call.flags.by);
  const after = instant(call, "at");
  if (after !== null) asked.set("after", String(after));
  if (operation !== null) asked.set("operation", operation);
  const mesh = encodeURIComponent(required(call, "mesh"));
  const data = (await fetchFrom(call, `/v1/meshes/${mesh}/coalition/plan?${asked}`)) as ShownAt;
  const { homes, unchanged, ceremonies } = data;
  const running = ceremonies.map(
    ({ ceremony, title, effect, seats }) =>
      `${effect.padEnd(9)} ${ceremony.slice(0, 12)}  ${title}: without ${seats.map(({ authority }) => authority).join(", ")}`,
  );
  const text = [...homes.flatMap(changeText), ...unchanged.map((home) => `${home}: nothing changes`), ...running];
  const touched = homes.length + ceremonies.length > 0;
  return { exit: touched ? EXIT.changes : EXIT.yes, data, text: text.join("\n") };
}

type ShownAt = {
  readonly homes: readonly HomeChange[];
  readonly unchanged: readonly string[];
  readonly ceremonies: readonly Preview[];
};

function poolOf(call: Call): Promise<ReadPool> {
  return poolIn(required(call, "pool"), typeof call.flags.trust === "string" ? readTrust(call.flags.trust) : null);
}

/** The instant of the question; now, where none is given. */
function timeOf(call: Call): number {
  return instant(call, "at") ?? Date.now() * 1_000;
}

function operationOf(call: Call): string | null {
  return typeof call.flags.operation === "string" ? call.flags.operation : null;
}

function list(names: readonly { readonly id: string; readonly from: string }[]): string {
  return names.map(({ id, from }) => `${id} of ${from}`).join(", ");
}

function changeText({ home, lost, regained, rerouted, unheard }: HomeChange): readonly string[] {
  const row =
    (word: string) =>
    ({ id, from }: { readonly id: string; readonly from: string }) =>
      `  ${word.padEnd(9)}${id} of ${from}`;
  return [
    `${home}:`,
    ...lost.map(row("loses")),
    ...regained.map(row("regains")),
    ...rerouted.map(row("reroutes")),
    ...unheard.map((from) => `  hears nothing more of ${from}`),
  ];
}
