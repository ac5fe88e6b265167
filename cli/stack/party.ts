// A party as the local stack and the tests make it: a root key that stays offline, and an agent key that it empowers.
import { type Grant, issueCredential } from "../../shared/authority/credential.ts";
import { toHex } from "../../shared/bytes.ts";
import { signerFrom } from "../../shared/cose/key.ts";
import type { Signer } from "../../shared/cose/sign1.ts";
import { sha256 } from "../../shared/hash.ts";
import { CHAIN_LENGTH_MAX } from "../../shared/limits.ts";
import type { Identity } from "../../shared/observation/author.ts";

export type Party = {
  readonly name: string;
  readonly mesh: string;
  readonly root: Signer;
  /** The agent's secret key, 32 bytes. */
  readonly secret: Uint8Array;
  readonly identity: Identity;
};

export type PartySecrets = { readonly root: Uint8Array; readonly agent: Uint8Array };

/** Validity of development credentials, in microseconds: 2020-01-01 to 2100-01-01. */
const NOT_BEFORE = 1_577_836_800_000_000;
const NOT_AFTER = 4_102_444_800_000_000;

export type Validity = { readonly notBefore: number; readonly notAfter: number };
const DEVELOPMENT: Validity = { notBefore: NOT_BEFORE, notAfter: NOT_AFTER };

/** What a development root grants to its agent: every role, for coordination. */
export function developmentGrant(
  name: string,
  mesh: string,
  key: Uint8Array,
  { notBefore, notAfter }: Validity = DEVELOPMENT,
): Grant {
  return {
    version: 1,
    mesh,
    subject: `${name}/agent`,
    key,
    next: null,
    roles: ["*"],
    classes: ["coordination"],
    jurisdictions: ["*"],
    tier: null,
    delegations: CHAIN_LENGTH_MAX - 1,
    not_before: notBefore,
    not_after: notAfter,
    serial: sha256(key).slice(0, 16),
  };
}

/** Makes a party whose root grants its agent `roles`. */
export function makeParty(
  name: string,
  mesh: string,
  secrets: PartySecrets,
  roles: readonly string[] = ["*"],
  validity: Validity = DEVELOPMENT,
): Party {
  const root = signerFrom(secrets.root);
  const signer = signerFrom(secrets.agent);
  const credential = issueCredential({ ...developmentGrant(name, mesh, signer.key, validity), roles }, root);
  const identity: Identity = {
    mesh,
    signer,
    credentials: [credential],
    place: { frame: "logical", key: name },
    timeFrame: "utc",
    governanceClass: "coordination",
  };
  return { name, mesh, root, secret: secrets.agent, identity };
}

/** Root keys of parties and the authority each stands for: what each of them puts into its trust statement. */
export function rootsOf(parties: readonly Party[]): ReadonlyMap<string, string> {
  return new Map(parties.map((party) => [toHex(party.root.key), party.name]));
}
