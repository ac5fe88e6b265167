// The one table of routes. The router, its guards, /openapi.json, /docs and ROUTES.md come from it.
import { AGENT_ROUTES } from "../routes/agent.ts";
import { CEREMONY_ROUTES } from "../routes/ceremonies.ts";
import { COALITION_ROUTES } from "../routes/coalition.ts";
import { DRAFT_ROUTES } from "../routes/drafts.ts";
import { EVENT_ROUTES } from "../routes/events.ts";
import { EXCHANGE_ROUTES } from "../routes/exchange.ts";
import { HOOK_ROUTES } from "../routes/hook-routes.ts";
import { KEY_ROUTES } from "../routes/keys.ts";
import { LINEAGE_ROUTES } from "../routes/lineage.ts";
import { MESH_ROUTES } from "../routes/meshes.ts";
import { OBSERVATION_ROUTES } from "../routes/observations.ts";
import { OPERATION_ROUTES } from "../routes/operations.ts";
import { referenceRoutes } from "../routes/reference.tsx";
import { REVOCATION_ROUTES } from "../routes/revocations.ts";
import { SPEAKING_ROUTES } from "../routes/speaking.ts";
import { TRYING_ROUTES } from "../routes/trying.ts";
import type { Route } from "./route.ts";

export const ROUTES: readonly Route[] = [
  ...CEREMONY_ROUTES,
  ...LINEAGE_ROUTES,
  ...EVENT_ROUTES,
  ...SPEAKING_ROUTES,
  ...DRAFT_ROUTES,
  ...OBSERVATION_ROUTES,
  ...REVOCATION_ROUTES,
  ...MESH_ROUTES,
  ...EXCHANGE_ROUTES,
  ...COALITION_ROUTES,
  ...OPERATION_ROUTES,
  ...HOOK_ROUTES,
  ...TRYING_ROUTES,
  ...KEY_ROUTES,
  ...AGENT_ROUTES,
  ...referenceRoutes(() => ROUTES),
];
