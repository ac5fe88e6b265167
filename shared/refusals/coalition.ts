// Refusals of policies and translators in a coalition (SPEC §15). Nothing is recognised by default.
export const COALITION_REFUSALS = {
  POOL_INVALID: {
    what: "the pool cannot be read",
    why: "{path}: need {need}",
    do: "give one JSON document a file: a policy, a translator or a revocation",
  },
  AUTHORITY_ABSENT: {
    what: "no policy of {authority} is in force",
    why: "the pool holds none, or none that is timely",
    do: "add the authority's own policy to the pool",
  },
  TRANSLATION_MISSING: {
    what: "no translator carries {item} home",
    why: "there is no road of admitted translators from where it was said",
    do: "admit a translator that covers it, or leave it unrecognised",
  },
  TRANSLATION_REVOKED: {
    what: "the translator {translator} was revoked",
    why: "its signer or one of its two sides withdrew it",
    do: "agree on a new translator; a revocation is never lifted",
  },
  TRANSLATION_EXPIRED: {
    what: "the translator {translator} has expired",
    why: "its last instant is past",
    do: "have its signer issue it anew",
  },
  TRANSLATION_OUT_OF_SCOPE: {
    what: "the translator does not hold in this operation",
    why: "its scope names another",
    do: "name the operation, or agree on a wider translator",
  },
  TRANSLATION_CONTRADICTORY: {
    what: "two admitted translators disagree about {item}",
    why: "{translator} carry it home to different meanings",
    do: "admit one of them only",
  },
  TRANSLATION_DROPPED: {
    what: "the translator {translator} declares that {item} has no image",
    why: "its term is marked as dropped",
    do: "extend the translator, or leave it unrecognised",
  },
  TRANSLATION_AMBIGUOUS: {
    what: "the translator declares that this may mean several things",
    why: "its term is marked as ambiguous",
    do: "have the translator's signer decide on one image",
  },
  LABEL_WITHOUT_IMAGE: {
    what: "the handling label has no image at home",
    why: "no term translates it and home does not use it",
    do: "give the label a term: what it guards crosses only with it",
  },
  REVOCATION_WITHOUT_STANDING: {
    what: "the revocation is by someone who may not revoke this",
    why: "only the translator's signer and its two sides may",
    do: "nothing: it changes nothing, and is recorded",
  },
  POLICY_FUTURE: {
    what: "the policy is dated in the future",
    why: "it was issued after the instant of the question",
    do: "wait, or check the clock",
  },
  POLICY_EXPIRED: {
    what: "the policy has expired",
    why: "its last instant is past",
    do: "fetch the authority's newer policy",
  },
  POLICY_STALE: {
    what: "the policy is past its refresh hint",
    why: "a newer one may be withheld from here",
    do: "fetch the authority's policies again",
  },
  POLICY_STAGED: {
    what: "the policy waits before it holds here",
    why: "home stages what partners issue, and the time is not over",
    do: "wait, or shorten the staging in the home's own policy",
  },
  POLICY_OUT_OF_SCOPE: {
    what: "the policy does not hold here",
    why: "its scope names another partner or operation",
    do: "name the operation, or ask its authority for a wider policy",
  },
  POLICY_NOT_OWN: {
    what: "{signer} signed a {document} in the name of {authority}",
    why: "each authority signs its own policy, its own translators and its own revocations only",
    do: "have {authority} sign it",
  },
  POLICY_WITHHELD: {
    what: "statements of {authority} are missing",
    why: "it has numbered {last}, and {missing} is not at hand: a revocation could be among what is withheld",
    do: "fetch all that {authority} distributes again",
  },
  POLICY_NUMBER_TWICE: {
    what: "{authority} numbered two different statements {number}",
    why: "its key signed both, or someone else has it",
    do: "ask {authority} which holds; neither counts",
  },
  POLICY_SUPERSEDED: {
    what: "an older version of the policy",
    why: "a newer one is in force",
    do: "nothing: an older version never comes back",
  },
  POLICY_FORKED: {
    what: "two different policies carry one version",
    why: "their authority signed both, or someone else did",
    do: "ask the authority which holds; neither counts until a newer one comes",
  },
} as const;
