// A scenario to begin with: enough parties for a policy's roles, each saying the first thing that its role may say.
import type { Json } from "../../shared/cbor/json.ts";

type Role = {
  readonly least?: number;
  readonly most?: number;
  readonly contributes?: boolean;
  readonly gives?: readonly string[];
  readonly choices?: readonly string[];
};

/** `names` are taken in turn; where they run out, more are made up. */
export function madeUp(document: Json, names: readonly string[]): Json {
  const { roles = {}, parties } = document as { roles?: Record<string, Role>; parties?: { least?: number } };
  const seats: string[] = Object.entries(roles).flatMap(([role, { least }]) => Array<string>(least ?? 0).fill(role));
  const hasRoom = ([role, { most }]: readonly [string, Role]) =>
    seats.filter((seat) => seat === role).length < (most ?? Number.POSITIVE_INFINITY);
  const speakersFirst = Object.entries(roles).sort(([, a], [, b]) => Number(b.contributes) - Number(a.contributes));
  for (let role = speakersFirst.find(hasRoom); role && seats.length < Math.max(parties?.least ?? 0, 3); ) {
    seats.push(role[0]);
    role = speakersFirst.find(hasRoom);
  }
  const named = seats.map((role, index) => ({ id: names[index] ?? `party-${index + 1}`, role, power: 1 }));
  const first = named.flatMap(({ id, role }): readonly Json[] => {
    const payload = payloadOf(roles[role] ?? {});
    return payload === null ? [] : [{ party: id, payload }];
  });
  return { subject: null, parties: named, rounds: [first] };
}

const EXAMPLES: Readonly<Record<string, Json>> = {
  value: { value: 42 },
  bid: { bid: { item: "lot-1", price: 100 } },
  plan: { plan: "north" },
  ack: { ack: true },
};

function payloadOf({ contributes, gives = [], choices = [] }: Role): Json | null {
  if (!contributes) return null;
  if (gives.includes("choice") && choices[0] !== undefined) return { choice: choices[0] };
  const form = gives.find((one) => Object.hasOwn(EXAMPLES, one));
  return form === undefined ? null : (EXAMPLES[form] ?? null);
}
