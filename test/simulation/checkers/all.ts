// Every checker. They read what honest hosts stored and sent, and nothing of how the system came to it.
import type { Account, Checker, Violation } from "../watch.ts";
import { agreement } from "./agreement.ts";
import { bounds } from "./bounds.ts";
import { certificate } from "./certificate.ts";
import { earlyClose } from "./early.ts";
import { evidence } from "./evidence.ts";
import { grounds } from "./grounds.ts";
import { halting, lock, oneStatement, silence } from "./honesty.ts";
import { exclusion, inclusion } from "./inclusion.ts";
import { orderIndependence, restoreEquality } from "./replayed.ts";
import { finality, lateFinality, termination } from "./termination.ts";

/** What holds whoever is faulty. */
const ALWAYS: readonly Checker[] = [
  agreement,
  certificate,
  finality,
  lateFinality,
  oneStatement,
  lock,
  grounds,
  silence,
  evidence,
  halting,
  restoreEquality,
  bounds,
];
/** What is promised while the faulty have at most f of the power. */
const WITHIN_TOLERANCE: readonly Checker[] = [inclusion, exclusion, earlyClose, termination, orderIndependence];

export function violationsOf(account: Account, exceeds: boolean): readonly Violation[] {
  return [...ALWAYS, ...(exceeds ? [] : WITHIN_TOLERANCE)].flatMap((checker) => checker(account));
}
