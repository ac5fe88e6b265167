// Organisations whose signatures are symbolic: an observation exists only if its holder's author made it, which is what a signature
// says. No keys, no encoding; ids are unique, deterministic and in no order that anyone can use.
import type { Chain } from "../../shared/authority/chain.ts";
import type { Grant } from "../../shared/authority/credential.ts";
import type { Self } from "../../shared/ceremony/state.ts";
import type { Author, Draft } from "../../shared/observation/author.ts";
import type { Observation, VerifiedObservation } from "../../shared/observation/observation.ts";

export const MESH = "simulated";
/** The start of every schedule, in microseconds. */
export const START = 1_800_000_000_000_000;
export const SECOND = 1_000_000;

const hex = (value: number) => (value >>> 0).toString(16).padStart(8, "0");

export type SymbolicParty = {
  readonly name: string;
  readonly root: string;
  readonly key: string;
  readonly chain: Chain;
};

const NO_FRAME = new Uint8Array();

const PARTIES: readonly SymbolicParty[] = Array.from({ length: 31 }, (_, index) => {
  const root = hex(0x1000 + index).repeat(8);
  const key = hex(0x2000 + index).repeat(8);
  const name = `party-${index}`;
  const grant: Grant = {
    version: 1,
    mesh: MESH,
    subject: name,
    key: Buffer.from(key, "hex"),
    next: null,
    roles: ["*"],
    classes: ["*"],
    jurisdictions: ["*"],
    tier: null,
    delegations: 0,
    not_before: 0,
    not_after: 2 * START,
    serial: NO_FRAME,
  };
  const id = hex(0x3000 + index).repeat(8);
  const chain: Chain = [{ id, frame: NO_FRAME, issuer: root, holder: key, grant, succeeds: null }];
  return { name, root, key, chain };
});

export function symbolicParties(count: number): readonly SymbolicParty[] {
  return PARTIES.slice(0, count);
}

const SEATS = new Map(PARTIES.map(({ name }, seat) => [name, seat]));

/** Every party has the seat of its number. */
export function seatNamed(name: string): number {
  return SEATS.get(name) as number;
}

const ROOTS = new Map(PARTIES.map(({ root, name }) => [root, name]));

export function selfOf({ name, root, key }: SymbolicParty): Self {
  return { authority: name, root, key, roots: ROOTS };
}

/** A party that recognises everyone and holds no seat. */
export const OBSERVER: Self = { authority: "observer", root: "0b".repeat(32), key: "0c".repeat(32), roots: ROOTS };

/** Signs for one party; `count` is shared by all authors of a schedule, so that no id is used twice. */
export function symbolicAuthor(party: SymbolicParty, count: { signed: number }): Author {
  return (draft: Draft) => {
    const observation: Observation = {
      id: idOf(count.signed++),
      frame: NO_FRAME,
      key: party.key,
      chain: party.chain,
      otherPaths: [],
      version: 1,
      mesh: MESH,
      ceremony: draft.ceremony,
      round: draft.round,
      slot: draft.slot,
      deviceHash: party.key,
      deviceLinks: [],
      place: null,
      timeFrame: "utc",
      at: draft.at,
      timeToLive: draft.timeToLive,
      governanceClass: "coordination",
      lineage: draft.lineage,
      critical: [],
      body: draft.body,
    };
    return observation as VerifiedObservation;
  };
}

/** 64 digits of which the first 16 vary: two rounds of a mixing function, each a permutation of 32 bits. */
export function idOf(count: number): string {
  return hex(mixed(count + 0x9e37_79b9)) + hex(mixed(count ^ 0x85eb_ca6b)) + FILLER;
}

const FILLER = "5".repeat(48);

function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return bits ^ (bits >>> 16);
}
