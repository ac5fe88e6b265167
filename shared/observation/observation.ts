// The governed observation (SPEC §3): the one unit of exchange, and the statements it can carry.
import type { Chain } from "../authority/chain.ts";
import type { DeviceLink } from "../authority/continuity.ts";
import type { Revocation } from "../authority/statement.ts";
import type { CborMap, CborValue } from "../cbor/value.ts";
import type { TranslatorRevocation } from "../mesh/translator.ts";
import type { Place } from "../reference/place.ts";
import type { Labels } from "./labels.ts";
import type { Under } from "./under.ts";

/** Content hash of a signed statement: 64 lower-case hexadecimal digits. */
export type Id = string;

/** [earliest, latest] in microseconds of a named frame. */
export type Interval = readonly [number, number];

export type Slot = {
  /** Index into the roster of the round; null for the call, which precedes every roster. */
  readonly seat: number | null;
  /** Attempt of a contested close; null where there is none. */
  readonly attempt: number | null;
  /** Tells several contributions of one seat apart; null for the usual one. */
  readonly item: string | null;
};

export type Derivation = { readonly name: string; readonly version: number; readonly params: CborValue };

export type Lineage = {
  /** Number and id of the signer's previous statement in this ceremony; null for statements that take no slot. */
  readonly sequence: number | null;
  readonly prev: Id | null;
  readonly parents: readonly Id[];
  readonly sources: readonly Id[];
  readonly derivation: Derivation | null;
};

export type NamedSeat = {
  readonly authority: string;
  readonly role: string;
  /** Root key of the authority, in hexadecimal. */
  readonly root: string;
  readonly power: number;
};

/** What a call says (SPEC §7.1). */
export type Call = {
  readonly kind: "call";
  readonly title: string;
  /** Canonical CBOR of the policy; its SHA-256 is the policy's name. */
  readonly policy: Uint8Array;
  readonly policyHash: Id;
  readonly subject: CborValue;
  readonly seats: readonly NamedSeat[];
  readonly opensAt: number;
  readonly closesAt: number;
  readonly expiresAt: number;
  readonly nonce: Uint8Array;
  /** The coalition that the ceremony is under; absent where it is under none. */
  readonly under?: Under;
};

/** The choice by which a party joins a ceremony that convenes those present. */
export const JOIN = "join";

export type ContributionBody = { readonly kind: "contribution"; readonly role: string; readonly content: CborMap };
/** A witness whose list is known: it stands in its frame, or in the pages that it names. */
export type WitnessBody = {
  readonly kind: "witness";
  readonly ids: readonly Id[];
  readonly root: Id;
  readonly pages?: readonly Id[];
};
/** A witness that names the pages of its list, in order, as it is signed (SPEC §8.14). */
export type PagedWitnessBody = {
  readonly kind: "witness";
  readonly ids?: undefined;
  readonly root: Id;
  /** Ids on all pages together. */
  readonly count: number;
  readonly pages: readonly Id[];
};
/** A page of the list of an elector's witness. */
export type PageBody = { readonly kind: "page"; readonly ids: readonly Id[] };
export type ProposeBody = {
  readonly kind: "propose";
  readonly root: Id;
  /** Ids of the witnesses whose derived set has this root. */
  readonly justification: readonly Id[];
  /** Attempt of the polka that the proposer saw, or -1. */
  readonly validAttempt: number;
  readonly polka: readonly Id[];
};
export type PrevoteBody = { readonly kind: "prevote"; readonly root: Id | null; readonly validAttempt: number };
export type PrecommitBody = { readonly kind: "precommit"; readonly root: Id | null };
/** What a party holds and lacks of a round; takes no slot and proves nothing (SPEC §9). */
export type StatusBody = {
  readonly kind: "status";
  readonly attempt: number;
  /** First eight bytes, in hexadecimal, of the ids it holds; sorted. */
  readonly contributions: readonly string[];
  readonly messages: readonly string[];
  readonly wants: readonly Id[];
  readonly decided: boolean;
};
export type OutcomeBody = { readonly kind: "outcome"; readonly digest: Id; readonly status: "decided" | "abandoned" };
/** What a party says about a certified outcome: that it contests it, what it answers, or how a dispute is ruled (SPEC §25). */
export type DisputeBody = {
  readonly kind: "dispute";
  readonly act: "dispute" | "response" | "ruling";
  /** Digest of the record that it speaks of. */
  readonly digest: Id;
  /** Statements that are contested, or the dispute that is answered or ruled on. */
  readonly about: readonly Id[];
  readonly reason: string;
  /** `upheld`, or what is to hold instead; null in what is no ruling. */
  readonly ruling: string | null;
};
/** What an authority of a mesh says of a subject (SPEC §20.1); belongs to no ceremony. */
export type FactBody = {
  readonly kind: "fact";
  readonly subject: string;
  readonly value: CborValue;
  /** Handling labels; left out where it bears none. */
  readonly labels?: Labels;
};
/** A document of a mesh: an agreement, a translator, an import and the like (SPEC §20.12); belongs to no ceremony. */
export type DeclarationBody = { readonly kind: "declaration"; readonly type: string; readonly content: CborMap };
/** A coalition's revocation of translators, as its authority signed it to a mesh (SPEC §15.7). */
export type Withdrawal = {
  /** Id of the declaration. */
  readonly id: Id;
  readonly frame: Uint8Array;
  readonly mesh: string;
  readonly chain: Chain;
  readonly at: Interval;
  readonly revocation: TranslatorRevocation;
};
/** A signed revocation that somebody carries (SPEC §3.5): into a ceremony, where it is gathered like a contribution, or to an agent. */
export type RevocationNotice = { readonly kind: "notice"; readonly revocation: Revocation };
/** The same for a withdrawal; into a ceremony only. */
export type WithdrawalNotice = { readonly kind: "notice"; readonly withdrawal: Withdrawal };
export type NoticeBody = RevocationNotice | WithdrawalNotice;
/** Contributions of seats that run no agent, as an elector took them in (SPEC §7.12). */
export type BatchBody = {
  readonly kind: "batch";
  /** In the order of their ids. */
  readonly members: readonly Observation<ContributionBody>[];
};
/** A statement of a version or with an extension that this engine does not know: it puts its ceremony on hold. */
export type UnknownBody = { readonly kind: "unknown"; readonly extension: string };

export type Body =
  | Call
  | ContributionBody
  | WitnessBody
  | PagedWitnessBody
  | PageBody
  | ProposeBody
  | PrevoteBody
  | PrecommitBody
  | StatusBody
  | OutcomeBody
  | DisputeBody
  | FactBody
  | DeclarationBody
  | NoticeBody
  | BatchBody
  | UnknownBody;
export type Kind = Exclude<Body["kind"], "unknown">;

export type Observation<B extends Body = Body> = {
  readonly id: Id;
  /** The bytes that were received: what is stored, forwarded, hashed and verified. */
  readonly frame: Uint8Array;
  /** The signing key, in hexadecimal. */
  readonly key: string;
  /** The path to a root that counts. */
  readonly chain: Chain;
  /** Further paths of a cross-signed credential, which everyone leaves aside alike. */
  readonly otherPaths: readonly Chain[];
  readonly version: number;
  readonly mesh: string;
  /** Null in a call, whose own id is the ceremony's, and in what belongs to no ceremony. */
  readonly ceremony: Id | null;
  readonly round: number | null;
  readonly slot: Slot;
  readonly deviceHash: string;
  /** Countersigned links that lead to it from the device's enrolment, oldest first; empty where none are shown. */
  readonly deviceLinks: readonly DeviceLink[];
  readonly place: Place | null;
  readonly timeFrame: string;
  readonly at: Interval;
  /** Microseconds after `at` during which the statement may be relied on. */
  readonly timeToLive: number;
  readonly governanceClass: string;
  readonly lineage: Lineage;
  readonly critical: readonly string[];
  readonly body: B;
};

declare const verified: unique symbol;
/** Only the door makes one (SPEC §4). */
export type VerifiedObservation = Observation & { readonly [verified]: true };

export function isKind<K extends Body["kind"]>(
  observation: Observation,
  kind: K,
): observation is Observation<Extract<Body, { kind: K }>> {
  return observation.body.kind === kind;
}

/** True for what is said to a mesh and not in a ceremony. */
export function isOfMesh({ body }: Observation): boolean {
  return body.kind === "fact" || body.kind === "declaration";
}

/** The ceremony an observation belongs to; a call belongs to the one it opens. */
export function ceremonyOf(observation: Observation): Id {
  return observation.ceremony ?? observation.id;
}
