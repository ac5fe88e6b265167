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
  TRANSLATION_BACKDATED: {
    what: "what {item} says is dated before it withdrew {translator}, and nobody shows that it was said by then",
    why: "neither the withdrawal's cut nor a witness of another party covers it",
    do: "have the withdrawal name it in its cut",
  },
  PARTNER_UNRECOGNISED: {
    what: "{home} recognises nothing of {authority} in the operation {operation}",
    why: "no road of admitted translators leads from {authority} to {home}",
    do: "admit a translator of {authority}, or open the ceremony without it",
  },
  OWN_POLICY_PROHIBITS: {
    what: "the own effective policy of {authority} prohibits {matter}",
    why: "the clause {clause} of {from} says so, and its agent signs nothing that goes along with it",
    do: "reject or abstain, or change the policy before the next ceremony",
  },
  MATTER_PROHIBITED: {
    what: "the effective policy of {home} prohibits {matter}",
    why: "the clause {clause} of {from} says so",
    do: "ask for something else, or have {from} change its clause",
  },
  TRANSLATION_EXPIRED: {
    what: "the translator {translator} has expired",
    why: "its last instant is past",
    do: "have its signer issue it anew",
  },
  TRANSLATION_OUT_OF_SCOPE: {
    what: "the translator {translator} does not hold in this operation",
    why: "its scope names another, so that {item} is not carried home",
    do: "name the operation, or agree on a wider translator",
  },
  TRANSLATION_CONTRADICTORY: {
    what: "two admitted translators disagree about {item}",
    why: "{translator} carry it home to different meanings",
    do: "admit one of them only",
  },
  TRANSLATION_DROPPED: {
    what: "the translator {translator} declares that {item} has no image",
    why: "its term for it is marked as dropped",
    do: "extend the translator, or leave it unrecognised",
  },
  TRANSLATION_AMBIGUOUS: {
    what: "the translator {translator} declares that {item} may mean several things",
    why: "its term is marked as ambiguous",
    do: "have the translator's signer decide on one image",
  },
  LABEL_WITHOUT_IMAGE: {
    what: "the handling label of {item} has no image at home",
    why: "no term of {translator} translates it, and home does not use it",
    do: "give the label a term: what it guards crosses only with it",
  },
  REVOCATION_WITHOUT_STANDING: {
    what: "{from} may not revoke the translator {item}",
    why: "only its signer and its two sides may",
    do: "have one of them sign the revocation; this one changes nothing, and is recorded",
  },
  POLICY_FUTURE: {
    what: "the policy {item} is dated in the future",
    why: "it was issued after the instant of the question",
    do: "wait, or ask about a later time with --at",
  },
  POLICY_EXPIRED: {
    what: "the policy {item} has expired",
    why: "its last instant is past",
    do: "fetch the newer policy of {from}",
  },
  POLICY_STALE: {
    what: "the policy {item} is past its refresh hint",
    why: "a newer one may be withheld from here",
    do: "fetch the policies of {from} again",
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
  POLICY_NUMBER_AHEAD: {
    what: "{authority} jumped to the number {number}",
    why: "it had got to {last}, and nobody loses so many letters: a key in other hands may be burning numbers",
    do: "ask {authority}; once the key that signed it is revoked, the lower numbers count again",
  },
  POLICY_NUMBER_TWICE: {
    what: "{authority} numbered two different statements {number}",
    why: "its key signed both, or someone else has it",
    do: "ask {authority} which holds; neither counts",
  },
  SOURCE_ROLLED_BACK: {
    what: "{url} serves less than it did",
    why: "it had brought number {last} of {authority}, and now ends at {found}",
    do: "nothing that it brought is forgotten; ask whoever keeps it, or fetch from elsewhere",
  },
  SOURCE_UNREADABLE: {
    what: "{url} does not serve a file of signed statements",
    why: "need {need}",
    do: "fetch it again, and tell whoever keeps it; what it brought before is kept",
  },
  SOURCE_TOO_LARGE: {
    what: "{url} serves more than {limit} bytes",
    why: "larger files are not read to their end",
    do: "have its keeper split it, or carry it by courier in parts",
  },
  SOURCE_SILENT: {
    what: "{url} cannot be fetched",
    why: "{reason}",
    do: "nothing waits for it: what is at hand goes on; it is tried again",
  },
  POLICY_SUPERSEDED: {
    what: "the policy {item} is an older version",
    why: "a newer one of {from} is in force",
    do: "nothing: an older version never comes back",
  },
  POLICY_FORKED: {
    what: "two different policies are called {item}",
    why: "{from} signed both, or somebody else did",
    do: "ask {from} which holds; neither counts until a newer one comes",
  },
} as const;
