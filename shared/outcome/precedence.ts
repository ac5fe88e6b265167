// Precedence (SPEC §6.4): the highest role that makes a decisive choice decides, by the power of its seats; what lower ones chose
// otherwise is kept as dissent.
import type { Policy, PrecedenceOutcome } from "../policy/policy.ts";
import {
  abandoned,
  type Contribution,
  decided,
  nameOf,
  type Seat,
  seatsByIndex,
  type Verdict,
} from "./contribution.ts";
import { silentSeats } from "./requirements.ts";

type Voice = { readonly seat: Seat; readonly choice: string };

export function decidePrecedence(
  policy: Policy,
  rule: PrecedenceOutcome,
  seats: readonly Seat[],
  contributions: readonly Contribution[],
): Verdict {
  const byIndex = seatsByIndex(seats);
  const voices = contributions.flatMap(({ seat: index, content }): Voice[] => {
    const [seat, choice] = [byIndex.get(index), content.get("choice")];
    return seat !== undefined && typeof choice === "string" && rule.decisive.includes(choice) ? [{ seat, choice }] : [];
  });
  const silent = silentSeats(policy, seats, contributions);
  const role = rule.order.find((name) => voices.some(({ seat }) => seat.role === name));
  if (role === undefined) return abandoned("NOBODY_DECIDED", ["no role made a decisive choice", ...silent]);
  const tooLow = rule.required !== null && rule.order.indexOf(role) > rule.order.indexOf(rule.required);
  if (tooLow)
    return abandoned("REQUIRED_ROLE_SILENT", [
      `${rule.required}, or a role above it, made no decisive choice`,
      ...silent,
    ]);
  const choice = strongest(voices.filter(({ seat }) => seat.role === role));
  if (choice === null) return abandoned("ROLE_DIVIDED", [`the seats of ${role} are evenly divided`]);
  const by = seatsOf(voices, (voice) => voice.seat.role === role && voice.choice === choice);
  const dissent = seatsOf(voices, (voice) => voice.choice !== choice);
  return decided({ choice, by, role, dissent }, [
    `${role} is the highest role that made a decisive choice`,
    ...dissent.map((name) => `${name} chose otherwise`),
  ]);
}

/** The choice with the most power behind it; null where two have the same. */
function strongest(voices: readonly Voice[]): string | null {
  const powers = [...Map.groupBy(voices, ({ choice }) => choice)].map(([choice, some]) => {
    const seats = new Set(some.map(({ seat }) => seat));
    return { choice, power: [...seats].reduce((sum, { power }) => sum + power, 0) };
  });
  const most = Math.max(...powers.map(({ power }) => power));
  const best = powers.filter(({ power }) => power === most);
  return best.length === 1 ? (best[0]?.choice ?? null) : null;
}

function seatsOf(voices: readonly Voice[], fits: (voice: Voice) => boolean): readonly string[] {
  const seats = [...new Set(voices.filter(fits).map(({ seat }) => seat))];
  return seats.sort((a, b) => a.index - b.index).map(nameOf);
}
