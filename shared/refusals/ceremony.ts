// Refusals within a ceremony, its policy and its closing (SPEC §6 to §10).
export const CEREMONY_REFUSALS = {
  CEREMONY_UNKNOWN: {
    what: "no call is known for this ceremony",
    why: "the observation is held until the call arrives",
    do: "nothing: the call is being asked for",
  },
  CEREMONY_MISMATCH: {
    what: "the observation belongs to another ceremony",
    why: "it names {found}",
    do: "send it to that ceremony",
  },
  CEREMONY_OVER: {
    what: "the ceremony is over",
    why: "it is {phase} here, and nothing more is signed in it",
    do: "open a new ceremony",
  },
  CERTIFICATE_LATE: {
    what: "the certificate came after the ceremony's hard expiry",
    why: "this party had shown it as expired before; the outcome is stored, and marked late",
    do: "tell whoever has acted on the expiry",
  },
  CEREMONY_HELD: {
    what: "the ceremony is on hold",
    why: "an observation names {extension}, which this version does not know",
    do: "upgrade the agent; nothing is lost",
  },
  CALL_INVALID: { what: "the call cannot be used", why: "{reason}", do: "open a new ceremony with a sound call" },
  NOT_A_PARTY: {
    what: "the signer holds no seat in this ceremony",
    why: "seats are named by authority, root key and role",
    do: "ask the caller for a new ceremony that names you",
  },
  SEAT_MISMATCH: {
    what: "the signer does not hold seat {seat}",
    why: "that seat belongs to {holder}",
    do: "sign for your own seat",
  },
  NOT_AN_ELECTOR: {
    what: "seat {seat} does not close rounds",
    why: "its role has no say in closing",
    do: "nothing: only electors send {kind}",
  },
  ROUND_UNKNOWN: {
    what: "the observation is for round {round}",
    why: "that round has not begun here; the observation is held",
    do: "nothing: it is read again when the round begins",
  },
  ROUND_CLOSED: {
    what: "round {round} is closed",
    why: "its set of contributions is decided and certified",
    do: "contribute to the round that is open now, or open a new ceremony",
  },
  DUPLICATE: {
    what: "the observation is already known",
    why: "the same id was admitted before",
    do: "nothing: it counts once",
  },
  PARKED_FULL: {
    what: "too many observations wait for this ceremony's call",
    why: "at most {limit} are held",
    do: "send the call first",
  },
  EQUIVOCATION: {
    what: "seat {seat} signed two different statements for one slot",
    why: "both are kept as evidence: {first} and {second}",
    do: "nothing: the policy says how such a seat counts",
  },
  EQUIVOCATION_FLOOD: {
    what: "seat {seat} signed more than two statements for one slot",
    why: "two prove the fault; more are not stored",
    do: "nothing: the two that are kept are evidence enough",
  },
  ATTEMPT_FAR: {
    what: "attempt {attempt} is far ahead",
    why: "it is noted for catching up, and not stored",
    do: "nothing: whoever is behind catches up by what the others send again",
  },
  MUTE: {
    what: "this party signs nothing more in this ceremony",
    why: "a statement under its own key came back that its store does not have: it was restored from an older copy",
    do: "nothing: it still relays, verifies and learns the outcome",
  },
  PAST_UNKNOWN: {
    what: "this party cannot tell yet what it has signed before",
    why: "its agent has just started, and the journal of its own statements cannot be read: {reason}",
    do: "try again once its link is connected: nothing is signed before, lest a place be signed twice",
  },
  OVER_TOLERANCE: {
    what: "faults are proved for more power than the policy tolerates",
    why: "power {found} is proved faulty, and the policy tolerates {limit}",
    do: "open a new ceremony without the faulty parties",
  },
  PROVISIONAL: {
    what: "no certificate is known yet",
    why: "what one party computes alone is provisional",
    do: "wait until the round is closed",
  },
  POLICY_INVALID: {
    what: "the policy cannot be read",
    why: "{path} must be {need}",
    do: "correct that field; all findings are told by: npm run -s quorate -- policy lint FILE",
  },
  POLICY_HASH: {
    what: "the call carries another policy than it names",
    why: "the hash of the carried policy is {found}",
    do: "open a new ceremony",
  },
  POLICY_TAXONOMY: {
    what: "the policy weighs by another text of {taxonomy}/{version} than the one recognised here",
    why: "one name and version has one text, or parties would rank the same credential differently",
    do: "find out which text its publisher signed, and open the ceremony with that one",
  },
  POLICY_UNKNOWN: {
    what: "there is no pattern {pattern}",
    why: "no pattern has that id",
    do: "list them with: npm run -s quorate -- policy list",
  },
  POLICY_TOLERANCE: {
    what: "the policy tolerates too much",
    why: "elector power {power} is below 3f + 1 for f = {tolerated}",
    do: "lower `faults`, or name more electors",
  },
  POLICY_UNREACHABLE: {
    what: "the policy's threshold cannot be reached",
    why: "it needs {need}, and all who may speak have {power}",
    do: "lower the threshold, or name more parties",
  },
  POLICY_AMBIGUOUS: {
    what: "two outcomes could both reach the threshold",
    why: "of power {power}, two groups of {need} may have no more than the tolerated {tolerated} in common",
    do: "raise the threshold, so that any two groups that reach it share an honest party",
  },
  POLICY_ROLE: {
    what: "the role {role} is not filled as the policy asks",
    why: "found: {found}; the policy asks for: {need}",
    do: "name holders as the policy asks",
  },
  POLICY_PARTIES: {
    what: "the ceremony names {found} organisations",
    why: "at least {need} distinct ones are needed",
    do: "name more organisations; keys of one organisation count once",
  },
  POLICY_SET_PATH: {
    what: "the parameter {path} cannot be set",
    why: "the policy has no such parameter",
    do: "see its parameters with: npm run -s quorate -- policy show PATTERN",
  },
  ROLE_NOT_HELD: {
    what: "the contribution is for the role {role}",
    why: "its seat holds {held}",
    do: "contribute in your own role",
  },
  CONTENT_INVALID: {
    what: "the contribution does not fit its role",
    why: "{path} must be {need}",
    do: "correct that field; what a role gives is told by: npm run -s quorate -- policy show PATTERN",
  },
  ATTESTATION_INVALID: {
    what: "the attestation is not what its role must attest to",
    why: "{path}: {reason}",
    do: "attest what the policy's schema for the role asks",
  },
  CONDITION_UNMET: {
    what: "the contribution does not meet the condition of its role",
    why: "{expression} does not hold",
    do: "contribute what the policy asks of the role",
  },
  CONTRIBUTION_VETOED: {
    what: "the policy shuts the contribution out",
    why: "{veto}: {expression} holds",
    do: "see `vetoes` of the policy; nothing else makes up for one",
  },
  EXPRESSION_FAILED: {
    what: "an expression of the policy cannot be evaluated on this",
    why: "{expression}: {reason}",
    do: "say what the expression speaks of; what it cannot judge is refused",
  },
  ROLE_NOT_DUE: {
    what: "the role {role} is not asked in this round",
    why: "the round asks {due}",
    do: "contribute when your role is asked",
  },
  REVEAL_MISMATCH: {
    what: "the reveal opens no commitment of its seat",
    why: "no commitment of the seat is the hash of this reveal",
    do: "reveal exactly what was committed to, nonce included",
  },
  NOT_REVEALED: {
    what: "the commitment was never opened",
    why: "the round for reveals closed without it",
    do: "nothing: the policy says what follows",
  },
  RAISE_TOO_SMALL: {
    what: "the bid of {found} does not raise the standing one",
    why: "{standing} stands, and a raise is at least {least}",
    do: "bid more, or let the standing bid be",
  },
  COUNT_NOT_DELEGATED: {
    what: "the ballot counts for others",
    why: "only a role that the policy delegates ballots to may say how many",
    do: "send one ballot, or have a teller bring it",
  },
  CANDIDATE_UNKNOWN: {
    what: "the ballot names {candidate}",
    why: "the policy lists the candidates, and {candidate} is not among them",
    do: "name candidates of the policy",
  },
  WINDOW_MISSED: {
    what: "the contribution is dated outside the round",
    why: "it says {at:instant}; the round is {from:instant} to {until:instant}",
    do: "contribute within the round",
  },
  TTL_EXPIRED: {
    what: "the observation was no longer valid at the instant at which it is judged",
    why: "it was valid until {until:instant}; it is judged at {at:instant}",
    do: "send a longer time to live",
  },
  SLOT_VOID: {
    what: "the seat equivocated, which voids its slot",
    why: "the policy voids the slots of equivocators",
    do: "nothing: both statements are kept as evidence",
  },
  ALREADY_ATTESTED: {
    what: "this seat has already contributed to round {round}",
    why: "a second, different statement would be equivocation",
    do: "nothing; the first one counts",
  },
  DRAFT_STALE: {
    what: "the draft is too old to be signed",
    why: "it was shown at {at:instant}, more than 15 minutes ago or in the future",
    do: "look at it again and confirm",
  },
  DRAFT_CHANGED: {
    what: "what would be signed is not what was shown",
    why: "the draft was {need}, it would now be {found}",
    do: "look at it again and confirm",
  },
  ITEMS_FULL: {
    what: "this seat may contribute nothing more to the round",
    why: "it has {limit} contributions, which is all that one witness can list of a seat",
    do: "wait for the next round, or put several things into one contribution",
  },
  WITNESS_ROOT: {
    what: "the witness's root is not that of its list",
    why: "the root {root} stands for another set",
    do: "nothing: its elector is faulty",
  },
  WITNESS_PAGES: {
    what: "the pages that the witness of seat {seat} names are not its list",
    why: "together they are out of order, too few or too many ids, another's, or have another root",
    do: "nothing: the round closes as if its elector were silent",
  },
  PAGES_FULL: {
    what: "seat {seat} sent more pages than its witness may name",
    why: "{limit} are kept until a witness names them; any that one names are taken",
    do: "nothing: whoever lacks a page asks for it once its witness is here",
  },
  NOT_THE_PROPOSER: {
    what: "the proposal is out of turn",
    why: "at attempt {attempt} the seat {proposer} proposes",
    do: "nothing: its elector is faulty",
  },
  CEREMONIES_WAITING: {
    what: "too many ceremonies wait here for their calls",
    why: "{limit} that {authority} spoke of are not known here yet",
    do: "send the calls first, or send it again later",
  },
  NO_SEAT: {
    what: "this party has no seat that may contribute",
    why: "in round {round}, {authority} holds no seat of a role that contributes",
    do: "nothing: it receives, relays and verifies like the others",
  },
} as const;
