// The sources of an agent, those of its deployment and those added while it runs: how each is judged, and under which secrets.
import type { Context } from "hono";
import { toJson } from "../../shared/cbor/json.ts";
import { chosenPolicy } from "../../shared/policy/chosen.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { SourceDocument } from "../../shared/source/document.ts";
import type { Known } from "../../shared/source/lint.ts";
import { parseSource } from "../../shared/source/statement.ts";
import type { AgentContext } from "../http/app.ts";
import { hooksOf, type Intake } from "./receive.ts";
import { schemeOf } from "./registry.ts";

/** What judging a delivery to this source needs. */
export async function intakeOf(context: Context<AgentContext>, id: string): Promise<Result<Intake>> {
  const { env } = context;
  const config = context.get("config");
  const configured = config.party.sources.find((candidate) => candidate.id === id);
  const { frame, secrets, retired, pausedAtMs } = await hooksOf(env).intake(id, config.hookSecrets.get(id) ?? []);
  const added = configured !== undefined || frame === null ? null : parseSource(frame);
  if (added !== null && !added.ok) return added;
  const source = configured ?? added?.value.document;
  if (source === undefined) return fault("SOURCE_UNKNOWN", { source: id });
  const scheme = schemeOf(source);
  if (!scheme.ok) return scheme;
  const statement = added?.value.id ?? null;
  return ok({
    env,
    config,
    request: context.get("request"),
    source,
    statement,
    scheme: scheme.value,
    secrets,
    retired,
    pausedAtMs,
  });
}

export type ListedSource = { readonly source: SourceDocument; readonly statement: string | null };

export async function allSources(context: Context<AgentContext>): Promise<readonly ListedSource[]> {
  const { sources } = context.get("config").party;
  const frames = await hooksOf(context.env).sources();
  const added = frames.map(parseSource).flatMap((source) => (source.ok ? [source.value] : []));
  return [
    ...sources.map((source) => ({ source, statement: null })),
    ...added
      .filter(({ document }) => !sources.some(({ id }) => id === document.id))
      .map(({ id, document }) => ({ source: document, statement: id })),
  ];
}

/** What this party adds to a reading of a source's document: whom it recognises, and where its aliases lead. */
export async function knownTo(context: Context<AgentContext>, nowMicros: number): Promise<Result<Known>> {
  const config = context.get("config");
  const trust = await config.trust();
  if (!trust.ok) return trust;
  return ok({
    authorities: [...config.self.roots.values()],
    loopback: config.loopback,
    policyOf: ({ pattern, policy, alias, set }) => {
      const settings = set.map(({ path, value }) => ({ path, value: toJson(value) }));
      return chosenPolicy({ pattern, policy, alias }, settings, trust.value, nowMicros);
    },
  });
}
