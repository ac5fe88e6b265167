// Refusals of composite admission (SPEC §18): what was evaluated, and did not suffice or has to wait.
export const COMPOSITE_REFUSALS = {
  ADMISSION_BELOW_THRESHOLD: {
    what: "the observation is not admitted in full",
    why: "the composite is {score}, {need} is needed with no factor refusing; {worst}",
    do: "do what a nearest change names; of a ceremony's bundle they are told by: npm run -s quorate -- explain BUNDLE ID",
  },
  ADMISSION_DEFERRED: {
    what: "the observation waits",
    why: "nothing can be said yet of: {waiting}",
    do: "send the evidence that is missing; it is judged again when it arrives",
  },
  WEIGHT_TOO_LOW: {
    what: "the evidential weight is too low",
    why: "it is {got}; the policy asks for {need}",
    do: "have an independent organisation corroborate it; copies of one source add nothing",
  },
  STANDING_TOO_LOW: {
    what: "the party's standing is too low",
    why: "it is {got}; the policy asks for {need}",
    do: "complete ceremonies without fault; the policy says how much each adds",
  },
  TIER_NOT_ACCEPTED: {
    what: "the authority's tier is not accepted",
    why: "it is {got}; the policy asks for {need}",
    do: "attest under a credential of that tier",
  },
  PROFILE_REFUSED: {
    what: "the profile {profile} refuses",
    why: "{reason}",
    do: "settle it with whoever attests the profile",
  },
  PROFILE_MISSING: {
    what: "the profile {profile} says nothing yet",
    why: "{reason}; what is missing never admits",
    do: "have its attestation sent along",
  },
  OUTSIDE_TIME_WINDOW: {
    what: "the observation is dated outside the window",
    why: "it says {got}; the policy asks for {need}",
    do: "attest within the window",
  },
  TIME_UNCERTAIN: {
    what: "the time of the observation is too uncertain to tell",
    why: "the policy asks for {need}; at {got} that may or may not be so, which counts as outside in conservative mode",
    do: "state a more exact time, or let the policy be lenient",
  },
  ROSTER_CLOSED: {
    what: "{authority} is not named for the role {role}",
    why: "the roster is closed by name",
    do: "ask the caller for a new ceremony that names you",
  },
  ROSTER_TWICE: {
    what: "{authority} has joined already",
    why: "one organisation holds one seat of a role, and one that closes rounds; it has the seat of {role}",
    do: "nothing: the join with the lower id counts",
  },
  ROSTER_FULL: {
    what: "the role {role} is full",
    why: "it has at most {most} holder(s)",
    do: "join in another role, or in another ceremony",
  },
} as const;
