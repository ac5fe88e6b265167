// The commands that talk to a running agent.
import type { Command } from "../../registry.ts";
import { attest } from "./attest.ts";
import { ceremonyLineage, ceremonyList, ceremonyShow } from "./ceremony.ts";
import { ceremonyOpen } from "./ceremony-open.ts";
import { ceremonyReopen } from "./ceremony-reopen.ts";
import { ceremonyWatch, wait } from "./ceremony-wait.ts";
import { health, metrics } from "./health.ts";
import { keyCreate, keyList, keyWithdraw } from "./keys.ts";
import { linkDrain, linkResume } from "./link.ts";
import { revocationAnnounce } from "./revocation-announce.ts";
import { simBids } from "./sim-bids.ts";
import { observationShow, trace } from "./trace.ts";
import { whoami } from "./whoami.ts";

export const ONLINE: readonly Command[] = [
  ceremonyOpen,
  ceremonyReopen,
  ceremonyList,
  ceremonyShow,
  ceremonyWatch,
  ceremonyLineage,
  attest,
  wait,
  trace,
  observationShow,
  whoami,
  health,
  metrics,
  linkDrain,
  linkResume,
  revocationAnnounce,
  keyList,
  keyCreate,
  keyWithdraw,
  simBids,
];
