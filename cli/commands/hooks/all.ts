// The commands about webhooks.
import type { Command } from "../../registry.ts";
import { sourceAdd, sourceLint, sourceSign } from "./document.ts";
import { listen, sourceAttempts, sourceList, sourceRequests } from "./listed.ts";
import { sourceReplay, sourceReplayMissing, sourceRotate, trigger } from "./replay.ts";

export const HOOK_COMMANDS: readonly Command[] = [
  sourceLint,
  sourceSign,
  sourceAdd,
  sourceList,
  sourceRequests,
  sourceAttempts,
  sourceReplay,
  sourceReplayMissing,
  sourceRotate,
  trigger,
  listen,
];
