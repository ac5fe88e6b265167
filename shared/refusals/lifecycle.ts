// Refusals in the life of a policy: its issues, and the alias that leads to the one in force (SPEC §6.15).
export const LIFECYCLE_REFUSALS = {
  ISSUE_COSIGNERS: {
    what: "too few have signed the issue",
    why: "{found} of those who may have signed it, and a {relation} issue needs {need}",
    do: "have others of {issuers} sign the same issue",
  },
  ISSUE_RELATION: {
    what: "the alias allows no such issue",
    why: "its first issue allows no {relation}",
    do: "issue what it allows, or begin another alias",
  },
  ISSUE_SCOPE: {
    what: "the issue changes what it may not",
    why: "it changes {path}, which is outside {allowed}",
    do: "leave that as it was, or begin another alias",
  },
  ISSUE_PREDECESSOR: {
    what: "the issue follows one that it cannot follow",
    why: "{of} is {reason}",
    do: "issue it upon the one in force",
  },
  ALIAS_UNKNOWN: {
    what: "the alias {alias} leads to no policy",
    why: "no first issue of it, signed by all whom it names, is known",
    do: "ask those who issue it; what cannot be resolved is denied",
  },
  ALIAS_CONTESTED: {
    what: "two first issues claim the alias {alias}",
    why: "{first} and {second} are both signed by all whom they name",
    do: "name the policy by its hash: between the two only people can choose",
  },
  ALIAS_FORKED: {
    what: "the alias {alias} has two heads",
    why: "{first} and {second} both follow {of}, and both have their signatures",
    do: "name the policy by its hash: between the two only people can choose",
  },
  ALIAS_STALE: {
    what: "what is known of the alias {alias} is too old",
    why: "it is complete up to {asOf:instant}, and may be relied on for {freshness} µs",
    do: "ask those who issue it for what has come since",
  },
} as const;
