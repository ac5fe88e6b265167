// What a party's own policy says of an operation, for its own signature alone (SPEC §15.12), and how the coalition that a ceremony is under is
// shown.
import { type Json, toJson } from "../cbor/json.ts";
import type { CborMap } from "../cbor/value.ts";
import type { Standpoint } from "../coalition/basis.ts";
import { JOIN } from "../observation/observation.ts";
import type { PinnedRoads } from "../observation/under.ts";
import { type Fault, fault } from "../result.ts";
import type { CeremonyState } from "./state.ts";

/** Who says one of these goes along with nothing. */
const UNCOMMITTED: readonly string[] = ["reject", "abstain", "decline", "recuse", "request-change", JOIN];

/** Why the party's agent does not sign a content: its own policy prohibits what that goes along with. Null where nothing does. */
export function refuseProhibited({ standpoint, self }: CeremonyState, content: CborMap): Fault | null {
  const [against] = standpoint?.prohibits ?? [];
  const choice = content.get("choice");
  const uncommitted = content.has("membership") || (typeof choice === "string" && UNCOMMITTED.includes(choice));
  return against === undefined || uncommitted
    ? null
    : fault("OWN_POLICY_PROHIBITS", { authority: self.authority, ...against }).fault;
}

/** The policies that an operation's ceremony begins under: the home's, and the party's own. */
export function groundDetail({ call, standpoint }: CeremonyState): { readonly under?: string; readonly own?: string } {
  const under = call?.body.under;
  return under === undefined ? {} : { under: under.policy, own: standpoint?.policy ?? "none" };
}

export type UnderView = {
  readonly mesh: string;
  readonly operation: string;
  readonly home: string;
  /** Digest of the home's effective policy as the ceremony opened. */
  readonly policy: string;
  readonly matters: readonly string[];
  readonly clauses: readonly {
    readonly matter: string;
    readonly id: string;
    readonly effect: string;
    readonly value: Json;
    readonly label: string | null;
    readonly from: string;
    readonly via: readonly string[];
  }[];
  readonly roads: readonly PinnedRoads[];
  /** This party's own standpoint; null where it stands in no such mesh. */
  readonly own: Standpoint | null;
};

export function underView({ call, standpoint }: CeremonyState): UnderView | null {
  const under = call?.body.under;
  if (under === undefined) return null;
  const { mesh, operation, home, policy, matters, roads } = under;
  const clauses = under.clauses.map((clause) => ({ ...clause, value: toJson(clause.value) }));
  return { mesh, operation, home, policy, matters, clauses, roads, own: standpoint };
}
