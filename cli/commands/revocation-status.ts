// `revocation status` and `coalition status`: who has seen a revocation, and how a party stands to what its partners distribute, as its own
// agent answers.
import { setTimeout as sleep } from "node:timers/promises";
import type { Posture } from "../../shared/coalition/posture.ts";
import type { Hearing } from "../../shared/coalition/seen.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, agentOf, fetchFrom } from "../agent-client.ts";
import { persistently } from "../online/persist.ts";
import { type Call, type Command, EXIT, refused } from "../registry.ts";
import { timeText } from "../times.ts";

const AGENT = { ...AGENT_FLAGS, mesh: { type: "string" } } as const;
const WATCH_MS = 2_000;

type Shown = {
  readonly id: string;
  readonly mesh: string;
  readonly kind: string;
  readonly revokes: string;
  readonly by: string;
  readonly after: number;
  readonly seen: number;
  readonly enforcing: number | null;
  readonly partners: readonly Hearing[];
};

export const revocationStatus: Command = {
  name: "revocation status",
  usage: `revocation status [ID] [--mesh MESH] [--watch] ${AGENT_USAGE}`,
  about: "who was told of a revocation, who has seen it and who goes by it; exit 8 while some partner does not",
  flags: { ...AGENT, watch: { type: "boolean" } },
  input: [
    "ID       a revocation's id, or the beginning of it; all that the agent holds without one",
    "--watch  asks every two seconds until every partner goes by it; a lost connection is tried again five times, then exit 9",
    ...AGENT_INPUT,
  ],
  example: "revocation status --watch --as acme",
  run: async (call) => {
    let shown = await revocationsFrom(call);
    for (let before = ""; call.flags.watch === true && !allGoBy(shown); ) {
      const now = textOf(shown);
      if (now !== before) call.say(now);
      before = now;
      await sleep(WATCH_MS);
      shown = await persistently(call, agentOf(call), () => revocationsFrom(call));
    }
    return { exit: allGoBy(shown) ? EXIT.yes : EXIT.pending, data: { revocations: shown }, text: textOf(shown) };
  },
};

function allGoBy(shown: readonly Shown[]): boolean {
  return shown.every(({ partners }) => partners.every(({ state }) => state === "enforcing"));
}

async function revocationsFrom(call: Call): Promise<readonly Shown[]> {
  const [id] = call.args;
  const found: Shown[] = [];
  for (const mesh of await meshesOf(call)) {
    const path = `/v1/meshes/${encodeURIComponent(mesh)}/revocations`;
    const { revocations } = (await fetchFrom(call, path)) as { readonly revocations: readonly Omit<Shown, "mesh">[] };
    found.push(...revocations.map((one) => ({ ...one, mesh })));
  }
  const asked = id === undefined ? found : found.filter((one) => one.id.startsWith(id));
  if (id !== undefined && asked.length === 0) throw refused("NOT_FOUND", { thing: `revocation ${id}` });
  return asked;
}

async function meshesOf(call: Call): Promise<readonly string[]> {
  if (typeof call.flags.mesh === "string") return [call.flags.mesh];
  return ((await fetchFrom(call, "/v1/meshes")) as { readonly meshes: readonly string[] }).meshes;
}

function textOf(shown: readonly Shown[]): string {
  return shown.flatMap((one) => [`${one.id}  ${one.by} revokes ${one.revokes}`, ...one.partners.map(rowOf)]).join("\n");
}

function rowOf({ partner, state, told, seen, enforcing, lastHeard }: Hearing): string {
  const since = { enforcing, seen, told, "not-heard": lastHeard }[state];
  const when = since === null ? "" : timeText(since);
  return `  ${partner.padEnd(16)} ${state.replace("-", " ").padEnd(10)} ${state === "not-heard" && when !== "" ? `last heard ${when}` : when}`;
}

type Status = {
  readonly home: string;
  readonly items: readonly (Posture & { readonly since: number | null })[];
  readonly sources: readonly { readonly url: string; readonly state: string; readonly code: string | null }[];
  readonly unseen: number;
};

export const coalitionStatus: Command = {
  name: "coalition status",
  usage: `coalition status [--mesh MESH] ${AGENT_USAGE}`,
  about: "each policy, translator and revocation as the party stands to it, and what each pulled address last brought",
  flags: AGENT,
  input: AGENT_INPUT,
  example: "coalition status --mesh pact --as acme",
  run: async (call) => {
    const meshes: (Status & { readonly mesh: string })[] = [];
    for (const mesh of await meshesOf(call)) {
      const path = `/v1/meshes/${encodeURIComponent(mesh)}/coalition/status`;
      meshes.push({ ...((await fetchFrom(call, path)) as Status), mesh });
    }
    const text = meshes.flatMap(({ mesh, home, items, sources, unseen }) => [
      `${mesh}, as ${home} stands to it`,
      ...items.map(({ item, kind, status, code }) => `  ${status.padEnd(11)}${kind.padEnd(11)}${item}  ${code ?? ""}`),
      ...sources.map(({ url, state, code }) => `  ${state.padEnd(11)}${"source".padEnd(11)}${url}  ${code ?? ""}`),
      `  ${unseen} revocations that some partner does not go by yet`,
    ]);
    return { exit: EXIT.yes, data: { meshes }, text: text.join("\n") };
  },
};
