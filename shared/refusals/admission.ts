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
    why: "{scope} is wider than what was delegated",
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
    why: "link {link} is valid from {from} to {until}; the observation says {at}",
    do: "use a credential that is valid then",
  },
  CREDENTIAL_REVOKED: {
    what: "a credential in the chain was revoked",
    why: "credential {credential} is revoked from {from} on; the observation says {at}",
    do: "ask the issuer for a new credential",
  },
  CLASS_NOT_GRANTED: {
    what: "the credential does not cover the class {class}",
    why: "it grants {granted}",
    do: "use a credential that covers it",
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
  REVOCATION_STANDING: {
    what: "the revocation is signed by a key without standing",
    why: "only an issuer in the chain may revoke",
    do: "have the issuer sign the revocation",
  },
} as const;
