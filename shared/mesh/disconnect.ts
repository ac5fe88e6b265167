// Intentional disconnection (SPEC §20.15): a declared, bounded and normal state. What would go out is queued, what comes in is deferred,
// and nothing is lost in silence or called an error. Pure: a state and what happens to it.

export const REASONS = ["covert", "regulatory", "security", "scheduled", "contractual"] as const;
export type Reason = (typeof REASONS)[number];

/** The four elements: who, until when, why, and what is not done meanwhile. Instants in microseconds of the mesh's frame. */
export type Disconnection = {
  readonly id: string;
  readonly authority: string;
  readonly from: number;
  /** When it lapses, or the condition that ends it. A lapse is no return: only a signed return reconnects. */
  readonly until: number | null;
  readonly condition: string | null;
  readonly reason: Reason;
  /** Operations that are not done while apart. */
  readonly forbidden: readonly string[];
};

/** Who may declare which reason, and for how long what comes in meanwhile is kept. */
export type DisconnectTerms = {
  readonly declarers: ReadonlyMap<Reason, readonly string[]>;
  readonly retention: number;
};

export type Deferred = { readonly id: string; readonly at: number };

export type LinkState = {
  readonly mode: "connected" | "disconnected";
  readonly by: Disconnection | null;
  readonly outbound: readonly string[];
  readonly inbound: readonly Deferred[];
  /** Deferred beyond the retention: their ids are kept, and their content may be asked for again. */
  readonly lapsed: readonly string[];
};

export const CONNECTED: LinkState = { mode: "connected", by: null, outbound: [], inbound: [], lapsed: [] };

export type LinkEvent =
  | { readonly on: "declare"; readonly declaration: Disconnection }
  | { readonly on: "send"; readonly id: string }
  | { readonly on: "receive"; readonly id: string; readonly at: number }
  | { readonly on: "operate"; readonly operation: string }
  | { readonly on: "clock"; readonly at: number }
  | { readonly on: "return"; readonly authority: string; readonly at: number };

/** What is to be done about an event. A merge takes its steps in this order. */
export type LinkEffect =
  | { readonly do: "announce"; readonly declaration: string }
  | { readonly do: "pass" | "queue" | "defer"; readonly id: string }
  | {
      readonly do: "decline";
      readonly what: string;
      readonly why: "no-standing" | "not-while-apart" | "not-apart" | "already-apart";
    }
  | {
      readonly do: "merge";
      readonly steps: readonly ["time", "divergence", "conflict"];
      readonly inbound: readonly string[];
      readonly outbound: readonly string[];
      readonly reason: Reason;
    };

export function stepLink(
  state: LinkState,
  event: LinkEvent,
  terms: DisconnectTerms,
): { readonly state: LinkState; readonly effects: readonly LinkEffect[] } {
  switch (event.on) {
    case "declare":
      return declare(state, event.declaration, terms);
    case "send":
      return state.by === null ? { state, effects: [{ do: "pass", id: event.id }] } : queue(state, event.id);
    case "receive":
      return state.by === null ? { state, effects: [{ do: "pass", id: event.id }] } : defer(state, event);
    case "operate": {
      const barred = state.by?.forbidden.includes(event.operation) === true;
      return { state, effects: barred ? [{ do: "decline", what: event.operation, why: "not-while-apart" }] : [] };
    }
    case "clock":
      return { state: agedAt(state, event.at, terms.retention), effects: [] };
    case "return":
      return reconnect(state, event, terms);
  }
}

type Step = ReturnType<typeof stepLink>;

function mayDeclare(authority: string, reason: Reason, { declarers }: DisconnectTerms): boolean {
  return declarers.get(reason)?.includes(authority) === true;
}

/** A covert reason is not announced ahead; it is told on the return. */
function declare(state: LinkState, declaration: Disconnection, terms: DisconnectTerms): Step {
  const { authority, reason, id } = declaration;
  if (!mayDeclare(authority, reason, terms))
    return { state, effects: [{ do: "decline", what: id, why: "no-standing" }] };
  if (state.by !== null) return { state, effects: [{ do: "decline", what: id, why: "already-apart" }] };
  const effects: readonly LinkEffect[] = reason === "covert" ? [] : [{ do: "announce", declaration: id }];
  return { state: { ...state, mode: "disconnected", by: declaration }, effects };
}

function queue(state: LinkState, id: string): Step {
  const known = state.outbound.includes(id);
  return { state: known ? state : { ...state, outbound: [...state.outbound, id] }, effects: [{ do: "queue", id }] };
}

/** The peer may not know: what it sends is kept, not refused. */
function defer(state: LinkState, { id, at }: { readonly id: string; readonly at: number }): Step {
  const known = state.inbound.some((deferred) => deferred.id === id);
  return {
    state: known ? state : { ...state, inbound: [...state.inbound, { id, at }] },
    effects: [{ do: "defer", id }],
  };
}

function agedAt(state: LinkState, now: number, retention: number): LinkState {
  const over = state.inbound.filter(({ at }) => now - at > retention);
  if (over.length === 0) return state;
  const inbound = state.inbound.filter((deferred) => !over.includes(deferred));
  return { ...state, inbound, lapsed: [...state.lapsed, ...over.map(({ id }) => id)] };
}

function reconnect(
  state: LinkState,
  event: { readonly authority: string; readonly at: number },
  terms: DisconnectTerms,
): Step {
  if (state.by === null) return { state, effects: [{ do: "decline", what: "return", why: "not-apart" }] };
  const { reason } = state.by;
  if (!mayDeclare(event.authority, reason, terms))
    return { state, effects: [{ do: "decline", what: "return", why: "no-standing" }] };
  const { inbound, outbound } = agedAt(state, event.at, terms.retention);
  const merge = {
    do: "merge",
    steps: ["time", "divergence", "conflict"],
    inbound: inbound.map(({ id }) => id),
    outbound,
    reason,
  } as const;
  return { state: CONNECTED, effects: [merge] };
}

/** What people see: a state of affairs, never a fault. */
export function describeLink({ by, inbound, outbound }: LinkState, now: number): string {
  if (by === null) return "connected";
  const lapsed = by.until !== null && now >= by.until ? ", past its declared end, no return signed yet" : "";
  return `disconnected by declaration of ${by.authority} (${by.reason})${lapsed}; ${outbound.length} queued, ${inbound.length} deferred`;
}
