// Every checker. They read what honest hosts stored and sent, and nothing of how the system came to it.
import type { Account, Checker, Violation } from "../watch.ts";
import { agreement } from "./agreement.ts";
import { bounds } from "./bounds.ts";
import { certificate } from "./certificate.ts";
import { earlyClose } from "./early.ts";
import { evidence } from "./evidence.ts";
import { grounds } from "./grounds.ts";
import { lock, muteness, oneStatement } from "./honesty.ts";
import { exclusion, inclusion } from "./inclusion.ts";
import { orderIndependence, restoreEquality } from "./replayed.ts";
import { finality, termination } from "./termination.ts";

const CHECKERS: readonly Checker[] = [
  agreement,
  certificate,
  inclusion,
  exclusion,
  finality,
  oneStatement,
  lock,
  grounds,
  muteness,
  evidence,
  earlyClose,
  termination,
  restoreEquality,
  orderIndependence,
  bounds,
];

export function violationsOf(account: Account): readonly Violation[] {
  return CHECKERS.flatMap((checker) => checker(account));
}
