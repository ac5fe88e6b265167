// Why a ceremony does not go on, in words; null where it does, or where it has ended as it should.
import type { ShownCeremony } from "../../durable/alerts.ts";
import { REFUSALS, type RefusalCode } from "../../shared/refusals.ts";
import { relativeText } from "./words.ts";

/** Past its close by so much, in microseconds, a round waits for somebody. */
const LATE = 60_000_000;

export function stuckReason(view: ShownCeremony, now: number): string | null {
  const { refusal, hold, mute, agreement, alerts, phase, closesAt, outcome } = view;
  if (agreement.different.length > 0) return `${agreement.different.join(", ")} computed another outcome`;
  if (hold !== null) return `on hold: this agent does not know the critical extension ${hold}`;
  if (refusal !== null) return `this party takes no part: ${wordsOf(refusal)}`;
  if (mute) return "this party met statements of its own that it has no memory of, and signs nothing more here";
  if (phase === "expired") return "no certificate was known by the hard expiry; this party claims no outcome";
  const [alert] = alerts.slice(-1);
  if (alert !== undefined) return `${alert.what}: ${alert.why}`;
  if (outcome !== null || closesAt === null || now < closesAt + LATE) return null;
  const silent = view.parties.filter(({ contribution }) => contribution === null).map(({ authority }) => authority);
  const unheard =
    silent.length === 0 ? "all have spoken, and the closing is not certified" : `not heard: ${silent.join(", ")}`;
  return `its time to close was ${relativeText(closesAt, now)}; ${unheard}`;
}

function wordsOf(code: string): string {
  const what = Object.hasOwn(REFUSALS, code) ? REFUSALS[code as RefusalCode].what : code;
  return what.includes("{") ? code : `${what} (${code})`;
}
