// A ceremony as the command line shows it: counts rather than rows, times in UTC with how long until then, and never another's escapes.
import type { ShardDepth } from "../../shared/ceremony/spread.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { decodePolicy } from "../../shared/policy/decode.ts";
import { type Agent, askAgent } from "../agent-client.ts";
import { PROGRAM } from "../find.ts";
import { EXIT } from "../registry.ts";
import { shown } from "../terminal.ts";
import { short } from "./ids.ts";

export const ENDED: ReadonlySet<string> = new Set(["final", "abandoned", "expired", "refused"]);
/** Parties named one by one; more are counted only. */
const NAMED_MAX = 8;

/** Exit code of what a ceremony has come to; `refusal` is the choice that its policy takes for a no. */
export function exitOf({ phase, outcome }: CeremonyView, refusal: string | null): number {
  if (!ENDED.has(phase)) return EXIT.pending;
  if (phase !== "final") return EXIT.no;
  const { choice } = (outcome?.value ?? {}) as { readonly choice?: unknown };
  return refusal !== null && choice === refusal ? EXIT.no : EXIT.yes;
}

/** The choice that the policy of a ceremony takes for a no; null where it has none. */
export async function refusalOf(agent: Agent, ceremony: string): Promise<string | null> {
  const response = await askAgent(agent, `/v1/ceremonies/${ceremony}/call`);
  const call = parseObservation(new Uint8Array(await response.arrayBuffer()));
  const body = call.ok ? call.value.observation.body : null;
  const policy = body?.kind === "call" ? decodePolicy(body.policy) : null;
  if (policy === null || !policy.ok) return null;
  const { outcome } = policy.value.policy;
  return outcome.function === "threshold" ? outcome.refusal : null;
}

type Shown = CeremonyView & { readonly shards?: readonly ShardDepth[] };

/** Where the intake of a burst is spread: over how many objects, and what waits there. */
function shardsText({ shards = [], contributions }: Shown): string {
  if (shards.length === 0) return "";
  const waiting = shards.reduce((sum, shard) => sum + (shard.waiting ?? 0), 0);
  const silent = shards.filter((shard) => shard.waiting === null).length;
  const rest = silent === 0 ? "" : `, ${silent} do not answer`;
  return `   ${contributions} contributions, ${waiting} wait at ${shards.length} shards${rest}`;
}

/** One line: how far it is. */
export function progressText(view: Shown): string {
  const { phase, round, parties, agreement, outcome } = view;
  const said = parties.filter(({ contribution }) => contribution !== null);
  const words = said.map(({ authority, choice }) => shown(choice === null ? authority : `${authority} ${choice}`));
  const names = said.length > 0 && parties.length <= NAMED_MAX ? `   ${words.join(", ")}` : "";
  if (outcome === null)
    return `${phase}   round ${Math.max(round, 0)}   ${said.length} of ${parties.length} have spoken${names}${shardsText(view)}`;
  return `${phase}   ${agreement.same} of ${agreement.of} parties computed the same outcome`;
}

export function agreementText({ agreement, outcome }: CeremonyView): string {
  if (outcome === null) return "no outcome is claimed";
  const { same, of, different } = agreement;
  const rest = different.length === 0 ? "" : `   DIFFERENT OUTCOME at ${different.map(shown).join(", ")}`;
  return `outcome sha256:${outcome.digest}   ${same} of ${of} parties computed the same outcome${rest}`;
}

/** What became of it, and what comes next. */
export function endingText(view: CeremonyView, agent: Agent): string {
  const { ceremony, phase, outcome, refusal } = view;
  const id = short(ceremony);
  const what = refusal ?? (outcome === null ? "" : JSON.stringify(outcome.value));
  const cause = outcome?.cause === null || outcome === null ? [] : [`cause   ${shown(outcome.cause)}`];
  const next =
    outcome === null
      ? nextLine("ceremony show", id, agent)
      : nextLine("evidence export", id, agent, ` --file ${id}.evidence.json`);
  return [`${phase.toUpperCase()}  ${shown(what)}`, ...cause, agreementText(view), next].join("\n");
}

export function nextLine(command: string, id: string, { flags }: Agent, more = ""): string {
  return `next: ${PROGRAM} ${command} ${id}${flags === "" ? "" : ` ${flags}`}${more}`;
}
