// Refusals of who speaks, from where and when (SPEC §4, §5).
export const ADMISSION_REFUSALS = {
  CHAIN_EMPTY: {
    what: "the observation carries no credential",
    why: "the whole chain travels inline",
    do: "send the chain, root's grant first",
  },
  CHAIN_TOO_LONG: {
    what: "the credential chain has {found} links",
    why: "at most {limit} are followed",
    do: "issue a shorter chain",
  },
  CHAIN_BROKEN: {
    what: "link {link} of the credential chain is not signed by the key before it",
    why: "each grant is signed by the key that the previous one names",
    do: "send the chain in order, root's grant first",
  },
  CHAIN_SIGNATURE: {
    what: "link {link} of the credential chain has a bad signature",
    why: "{code}",
    do: "send the credential as it was issued",
  },
  CHAIN_KEY: {
    what: "a key in the credential chain is refused",
    why: "{code}",
    do: "issue the credential for a sound key",
  },
  CHAIN_NOT_NARROWER: {
    what: "link {link} of the credential chain grants more than the link before it",
    why: "in its {scope} it goes beyond what was delegated to its issuer",
    do: "issue a credential within its issuer's own scope",
  },
  CHAIN_MESH: {
    what: "link {link} of the credential chain is for another mesh",
    why: "it says {found}, the observation {need}",
    do: "use a credential of this mesh",
  },
  CHAIN_LOOP: {
    what: "the credential chain names a key twice",
    why: "a grant that returns to its own issuer delegates nothing",
    do: "issue a chain without loops",
  },
  CHAIN_DELEGATION: {
    what: "link {link} of the credential chain may not delegate",
    why: "its issuer allowed no further links",
    do: "ask the issuer for a credential that may delegate",
  },
  CHAIN_ROTATION: {
    what: "link {link} of the credential chain does not rotate the key before it",
    why: "{reason}",
    do: "send the rotation that reveals the committed key, behind the credential it belongs to",
  },
  CHAIN_PATHS: {
    what: "the paths of the credential cannot be read",
    why: "it carries {found}; at most {limit} different ones are read",
    do: "send each path to a root once",
  },
  SIGNER_MISMATCH: {
    what: "the signer is not whom the credential names",
    why: "the last credential is for another key",
    do: "sign with the key of the last credential",
  },
  ROOT_UNKNOWN: {
    what: "the credential chain ends at a root that is not recognised",
    why: "root {root} is not in the trust statement",
    do: "add the root to the trust statement if you mean to trust it",
  },
  CREDENTIAL_EXPIRED: {
    what: "a credential was not valid at the stated time",
    why: "link {link} is valid from {from:instant} to {until:instant}; the observation says {at:instant}",
    do: "use a credential that is valid then",
  },
  ROOT_KEY_RETIRED: {
    what: "the root's key did not hold at the stated time",
    why: "{root} holds from {from:instant} to {until:instant}; the observation says {at:instant}",
    do: "have the credential issued again under the root's key of that time",
  },
  KEY_RETIRED: {
    what: "a key of the credential chain was rotated away",
    why: "rotation {rotation} retires the key of link {link} from {from:instant} on; the observation says {at:instant}",
    do: "sign with the key that the rotation brought in, and send the rotation in the chain",
  },
  OBSERVATION_BACKDATED: {
    what: "the observation is dated before a revocation, and nothing shows that it existed then",
    why: "credential {credential} is revoked from {from:instant} on; the observation says {at:instant}, is not in the revocation's cut, and nobody independent referenced it in time",
    do: "send an independent observation of before {from:instant} that references it, or have the issuer name it in the revocation's cut",
  },
  REVOCATION_STALE: {
    what: "it cannot be told whether the credential still holds",
    why: "{authority}'s revocation state reaches to {until:instant}; the observation says {at:instant}",
    do: "get {authority}'s newest revocation state",
  },
  REVOCATION_MISSING: {
    what: "it cannot be told whether the credential still holds",
    why: "{authority}'s revocation state lists revocation {revocation}, which is not at hand",
    do: "get all revocations that the state lists",
  },
  CREDENTIAL_REVOKED: {
    what: "a credential in the chain was revoked",
    why: "credential {credential} is revoked from {from:instant} on; the observation says {at:instant}",
    do: "ask the issuer for a new credential",
  },
  CLASS_NOT_GRANTED: {
    what: "the credential does not cover the class {class}",
    why: "it grants {granted}",
    do: "use a credential that covers it",
  },
  CLASS_NOT_ACCEPTED: {
    what: "the class {class} is not received here",
    why: "this party consents to {accepted}",
    do: "send it to a party that accepts the class",
  },
  TAXONOMY_UNKNOWN: {
    what: "the taxonomy {taxonomy}, version {version}, is not recognised",
    why: "a tier is read under the version that its credential declares",
    do: "add the signed taxonomy to the trust statement if you mean to recognise it",
  },
  TAXONOMY_DISPUTED: {
    what: "the taxonomy {taxonomy} is claimed twice",
    why: "{first} and {second} have one name; nobody but a person can choose between them",
    do: "leave one of them in the trust statement",
  },
  TAXONOMY_RETIRED: {
    what: "version {version} of the taxonomy {taxonomy} is no longer recognised",
    why: "its grace ended at {until:instant}; the observation says {at:instant}",
    do: "have the credential issued again under the newer version",
  },
  TAXONOMY_INVALID: {
    what: "the taxonomy is refused",
    why: "{path}: {need}",
    do: "correct the field and sign again",
  },
  TIER_UNKNOWN: {
    what: "the taxonomy {taxonomy}, version {version}, has no tier {tier}",
    why: "the tier was never defined, or was removed",
    do: "use a tier of the declared version",
  },
  TIER_COMBINATION: {
    what: "one credential may not combine {tiers}",
    why: "the taxonomy does not list the combination",
    do: "issue a credential for each tier, or have the combination listed",
  },
  TIER_NOT_CREDENTIALED: {
    what: "link {link} of the credential chain may not hold the tier {tier}",
    why: "its issuer's own tier does not credential it",
    do: "have the credential issued by a tier that may credential it",
  },
  TIER_CLASS: {
    what: "the tier {tier} may not attest the class {class}",
    why: "the taxonomy does not list the class for the tier",
    do: "have a tier that may attest the class say it",
  },
  TIER_ROLE: {
    what: "the tier {tier} may not act as {role}",
    why: "the taxonomy does not list the role for the tier",
    do: "have a tier that may hold the role say it",
  },
  JURISDICTION_NOT_GRANTED: {
    what: "the credential does not cover where the observation speaks",
    why: "it covers {granted}; the spatial reference names {place}",
    do: "name a jurisdiction that the credential covers, or use another credential",
  },
  EVIDENCE_OWED: {
    what: "the observation lacks evidence that its tier owes",
    why: "{tier} owes {need}",
    do: "attach the evidence and sign again",
  },
  DEVICE_UNPROVED: {
    what: "the device's continuity is not shown",
    why: "a device whose continuity is '{need}' is asked for, and the observation carries no links",
    do: "send the countersigned links with the device hash",
  },
  DEVICE_BROKEN: {
    what: "the device's continuity is broken",
    why: "{reason}; last verified link: {lastVerified}",
    do: "present the countersigned successor of the last verified hash, or enrol the device again",
  },
  DEVICE_GAP: {
    what: "the device's continuity has a gap",
    why: "{reason}; last verified link: {lastVerified}",
    do: "send the missing links, or enrol the device again",
  },
  DEVICE_SOFTWARE: {
    what: "the device keeps its key in software",
    why: "a device that keeps its key in {need} is asked for",
    do: "use a device whose links say hardware",
  },
  DEVICE_FORKED: {
    what: "one device did two things that exclude each other",
    why: "{first} and {second} both follow {after}: its state was copied, or restored from a backup",
    do: "suspend the device and enrol it again under a new key",
  },
  ROLE_NOT_GRANTED: {
    what: "the credential does not grant the role {role}",
    why: "it grants {granted}",
    do: "use a credential with that role",
  },
  TIME_INVERTED: {
    what: "the temporal reference ends before it begins",
    why: "an interval is [earliest, latest]",
    do: "send the interval in order",
  },
  TTL_RANGE: {
    what: "the time to live is out of range",
    why: "it must be above 0 and at most {limit} µs",
    do: "send a shorter validity",
  },
  MESH_UNKNOWN: {
    what: "the observation belongs to mesh {mesh}",
    why: "this party stands in {need}",
    do: "send it to a party of that mesh",
  },
  STATEMENT_UNKNOWN: {
    what: "a statement about authority has an unknown kind",
    why: "kind {kind} is none of root, rotation, taxonomy, revocation and revocation-state",
    do: "leave it out, or use a version that knows it",
  },
  STATEMENT_INVALID: {
    what: "a statement about authority cannot be read or verified",
    why: "{reason}",
    do: "use the statement as its issuer signed it",
  },
  ROTATION_FORKED: {
    what: "a key was rotated twice",
    why: "{first} and {second} follow the same statement",
    do: "pin the authority's new root, agreed with it in person",
  },
  ROOT_DISPUTED: {
    what: "one history of root keys is pinned under two names",
    why: "the trust statement pins keys of the history that begins with statement {first} under several names",
    do: "pin one of the keys, under one name: the later ones are found from it",
  },
  REVOCATION_STANDING: {
    what: "the revocation is signed by a key without standing",
    why: "only an issuer in the chain may revoke",
    do: "have the issuer sign the revocation",
  },
} as const;
