// Refusals and findings of evidence bundles, lineage and trust statements (SPEC §11, §12).
export const EVIDENCE_REFUSALS = {
  BUNDLE_FORMAT: {
    what: "the file is not an evidence bundle",
    why: "{path} must be {need}",
    do: "export it again with: npm run -s quorate -- evidence export CEREMONY --url URL --file FILE",
  },
  BUNDLE_CALL: { what: "the bundle's call cannot be used", why: "{reason}", do: "export the bundle again" },
  BUNDLE_FRAME: {
    what: "frame {entry} of the bundle is refused",
    why: "{reason}",
    do: "export the bundle again from a party's own agent",
  },
  BUNDLE_ID: {
    what: "entry {entry} is not what its name says",
    why: "its bytes hash to {found}",
    do: "export the bundle again from a party's own agent",
  },
  CERTIFICATE_MISSING: {
    what: "round {round} has no valid certificate",
    why: "{reason}",
    do: "ask a party that has closed the round for its bundle",
  },
  ROUND_MISMATCH: {
    what: "the bundle's rounds are not the ones the policy gives",
    why: "{reason}",
    do: "export the bundle again",
  },
  OUTCOME_MISMATCH: {
    what: "the recorded outcome is not the one that the evidence gives",
    why: "recomputed {found}, recorded {recorded}",
    do: "do not act on this bundle",
  },
  OUTCOME_PENDING: {
    what: "the bundle shows no terminal outcome",
    why: "its rounds lead to another round",
    do: "ask for the bundle again once the ceremony is over",
  },
  REFUSAL_MISMATCH: {
    what: "entry {entry} is listed as refused with another code",
    why: "it is {found}, not {recorded}",
    do: "export the bundle again",
  },
  EXPORTER_UNKNOWN: {
    what: "the lineage is not signed for by the party that is said to have exported it",
    why: "no statement of {authority} in the bundle is by the key {key}",
    do: "ask the party for the bundle as it exported it",
  },
  LINEAGE_ALTERED: {
    what: "lineage entry {entry} does not follow from the one before it",
    why: "{reason}",
    do: "ask another party for its bundle",
  },
  SOURCE_UNRESOLVED: {
    what: "the source {source} of {id} is not at hand",
    why: "what an observation was derived from must be seen before it can be judged; nobody takes it for absent",
    do: "get it from whoever holds it, and check again",
  },
  SOURCE_REFUSED: {
    what: "{id} rests on {source}, which is refused",
    why: "what is wrong there: {code}",
    do: "do not rely on it; ask its author for a statement that rests on sound sources",
  },
  NEVER_ARRIVED: {
    what: "observation {id} never arrived at {by}",
    why: "{by} neither admitted, refused nor holds it; {reported}",
    do: "ask its sender, or look into another party's bundle",
  },
  CUSTODY_BROKEN: {
    what: "the line of custody does not hold together",
    why: "in ceremony {ceremony} {found} hands over, and {need} has custody by then",
    do: "ask both parties for the evidence of what lies between",
  },
  CUSTODY_NONE: {
    what: "the evidence says nothing of custody",
    why: "ceremony {ceremony} is not about custody, has not ended, or is not here",
    do: "ask for the evidence of the ceremony in which it was handed over",
  },
  TRUST_MISSING: {
    what: "a root is missing from the trust statement",
    why: "{authority} signs under root {root}",
    do: "add the root if you mean to trust it, and verify again",
  },
  TRUST_INVALID: {
    what: "the trust statement cannot be read",
    why: "{path} must be {need}",
    do: 'write a trust statement: {"format":"quorate-trust/1","mesh":…,"roots":[{"authority":…,"key":…}]}',
  },
  SIGNATURE_UNSUPPORTED: {
    what: "signatures cannot be checked here",
    why: "this browser or runtime does not verify Ed25519, or gives no cryptography to a page that came without TLS",
    do: "verify in a current browser over https, with the page in one file, or with the command line",
  },
  EVALUATOR_MISSING: {
    what: "the policy's conditions cannot be evaluated here",
    why: "this verifier was built without what evaluates them, and could not load it",
    do: "put verify-full.js beside verify.js, or verify with the command line",
  },
  REVOCATION_INVALID: {
    what: "a revocation cannot be read or verified",
    why: "{reason}",
    do: "use the revocation as its issuer signed it",
  },
  AFTER_TIME: {
    what: "the evidence is later than the time given",
    why: "the ceremony opened at {at:instant}, which is later still",
    do: "give --at a time within the ceremony or after it",
  },
  INCLUSION_ABSENT: {
    what: "the contribution did not count",
    why: "{id} is not among what the outcome rests on: {code}",
    do: "ask for its explanation",
  },
  INCLUSION_UNSAID: {
    what: "nobody signed for what counted",
    why: "outcome statements name its root only where some role runs no agent; everyone else holds the evidence itself",
    do: "verify the evidence bundle",
  },
  INCLUSION_FORMAT: {
    what: "the file is no inclusion proof",
    why: "{path} must be {need}",
    do: "use the file as it was written by evidence prove, or by an agent",
  },
  INCLUSION_PATH: {
    what: "the proof does not show what it says",
    why: "its hashes lead from the contribution to {found}, and not to {root}",
    do: "do not rely on it: ask another party of the ceremony for a proof",
  },
  INCLUSION_SAYS: {
    what: "a statement of the proof says something else",
    why: "{id} is not an outcome statement of this ceremony with this outcome and this root",
    do: "do not rely on it: ask another party of the ceremony for a proof",
  },
} as const;
