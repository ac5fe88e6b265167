// A scenario to begin with: enough parties for a policy's roles, each saying the first thing that its role may say.
import type { Json } from "../../shared/cbor/json.ts";

type Role = {
  readonly least?: number;
  readonly contributes?: boolean;
  readonly gives?: readonly string[];
  readonly choices?: readonly string[];
};

/** `names` are taken in turn; where they run out, more are made up. */
export function madeUp(document: Json, names: readonly string[]): Json {
  const { roles = {}, parties } = document as { roles?: Record<string, Role>; parties?: { least?: number } };
  const seats: string[] = Object.entries(roles).flatMap(([role, { least }]) => Array<string>(least ?? 0).fill(role));
  const speaking = Object.entries(roles).find(([, { contributes }]) => contributes)?.[0];
  while (speaking !== undefined && seats.length < Math.max(parties?.least ?? 0, 3)) seats.push(speaking);
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
