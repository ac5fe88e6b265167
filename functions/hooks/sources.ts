// The sources of an agent: how each is judged, and under which secrets.
import type { Context } from "hono";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { AgentContext } from "../http/app.ts";
import type { Intake } from "./receive.ts";
import { schemeOf } from "./registry.ts";

/** What judging a delivery to this source needs. */
export async function intakeOf(context: Context<AgentContext>, id: string): Promise<Result<Intake>> {
  const config = context.get("config");
  const source = config.party.sources.find((candidate) => candidate.id === id);
  if (source === undefined) return fault("SOURCE_UNKNOWN", { source: id });
  const scheme = schemeOf(source);
  if (!scheme.ok) return scheme;
  const secrets = config.hookSecrets.get(source.id) ?? [];
  const { env } = context;
  return ok({ env, config, request: context.get("request"), source, scheme: scheme.value, secrets, retired: [] });
}
