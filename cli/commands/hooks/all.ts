// The commands about webhooks.
import type { Command } from "../../registry.ts";
import { deliveryList, deliveryReplay } from "./deliveries.ts";
import { sourceAdd, sourceLint, sourceSign } from "./document.ts";
import { endpointAdd, endpointEnable, endpointList, endpointRemove, endpointRotate } from "./endpoints.ts";
import { listen, sourceAttempts, sourceEvents, sourceList, sourceRequests } from "./listed.ts";
import { sourceReplay, sourceReplayMissing, trigger } from "./replay.ts";
import { sourcePause, sourceRemove, sourceResume, sourceRotate } from "./source-admin.ts";

export const HOOK_COMMANDS: readonly Command[] = [
  sourceLint,
  sourceSign,
  sourceAdd,
  sourceList,
  sourceRequests,
  sourceEvents,
  sourceAttempts,
  sourceReplay,
  sourceReplayMissing,
  sourceRotate,
  sourcePause,
  sourceResume,
  sourceRemove,
  trigger,
  listen,
  endpointAdd,
  endpointList,
  endpointRemove,
  endpointEnable,
  endpointRotate,
  deliveryList,
  deliveryReplay,
];
