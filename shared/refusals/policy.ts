// Refusals of policy documents (SPEC §6.10): what makes one unreadable, or unable to work whoever takes part.
export const POLICY_REFUSALS = {
  POLICY_FLOAT: {
    what: "the policy has a number that is not an exact integer",
    why: "{path} is {found}; decisions are made on integers only",
    do: "write it in whole units, such as parts per million, or as a ratio {num, den}",
  },
  POLICY_DUPLICATE: {
    what: "the policy says one thing twice",
    why: "{path} must be {need}; only one of them could count",
    do: "leave one of them out",
  },
  POLICY_FUNCTION_UNKNOWN: {
    what: "the policy names an outcome function that there is not",
    why: "{path} must be {need}",
    do: "name one of them, or upgrade to a version that has it",
  },
  POLICY_RULE_UNKNOWN: {
    what: "the policy names a rule that its outcome function does not have",
    why: "{path} must be {need}",
    do: "name one of them",
  },
  POLICY_TIE_BREAK_UNKNOWN: {
    what: "the policy names a tie-break that there is not",
    why: "{path} must be {need}",
    do: "name one of them, or none: the lowest hash is the last resort of an award",
  },
  POLICY_PROCEDURE_UNKNOWN: {
    what: "the policy names a procedure for a shortfall that there is not",
    why: "{path} must be {need}",
    do: "name one of them",
  },
  POLICY_ORDER_SENSITIVE: {
    what: "the policy would decide by order of arrival, by a clock or by chance",
    why: "{path} must be {need}: the same set must give the same outcome to everyone, in whatever order it came",
    do: "name one of them",
  },
  POLICY_RATIO: {
    what: "the policy asks for more than the whole",
    why: "{path} must be {need}",
    do: "write a share as {num, den} with num at most den",
  },
  POLICY_RESERVE: {
    what: "the policy's reserve has the wrong sign",
    why: "{path} must be {need}: bids are never negative, so that it would exclude all of them or none",
    do: "write the reserve as a positive amount, whichever way the award goes",
  },
  POLICY_TRIM: {
    what: "the policy trims everything away",
    why: "{path} must be {need}: half or more at each end leaves no value",
    do: "trim less than 500,000 parts per million at each end",
  },
  POLICY_EXPRESSION: {
    what: "an expression of the policy cannot be used",
    why: "{path} must be {need}",
    do: "write CEL over the names given, with integers and text",
  },
  POLICY_SCHEMA: {
    what: "an attestation schema of the policy cannot be used",
    why: "{path} must be {need}",
    do: "keep to these keywords; patterns are written as `where`, with matches",
  },
  POLICY_CRITICAL: {
    what: "the policy asks for what this version does not know",
    why: "{path} names {extension}",
    do: "upgrade; until then a ceremony under it is held here, and nothing is lost",
  },
  POLICY_NO_CLOSER: {
    what: "no role of the policy closes rounds",
    why: "{path} has no role with `closes`, so that nobody could certify a set",
    do: "let at least one role close",
  },
  POLICY_NO_SPEAKER: {
    what: "no role of the policy contributes",
    why: "{path} has no role with `contributes`, so that there is nothing to decide on",
    do: "let at least one role contribute",
  },
  POLICY_ROLE_RANGE: {
    what: "a role asks for more holders than it allows",
    why: "{path} is {least}, and at most {most} are allowed",
    do: "lower `least`, or raise `most`",
  },
  POLICY_ROLE_UNHOLDABLE: {
    what: "nobody can hold a role of the policy",
    why: "{path} is 0",
    do: "raise it, or leave the role out",
  },
  POLICY_SEATS: {
    what: "the policy asks for more seats than a ceremony has",
    why: "{path} ask for {found} together, and there are at most {most}",
    do: "lower `least` of some roles",
  },
  POLICY_ELECTORS: {
    what: "the policy asks for more electors than a ceremony has",
    why: "{path} that close ask for {found} together, and there are at most {most}",
    do: "let fewer roles close, or lower their `least`",
  },
  POLICY_PLACES: {
    what: "the policy asks for more organisations than it has places for",
    why: "{path} is {need}, and its roles have {found} places",
    do: "raise `most` of a role, or lower `parties.least`",
  },
  POLICY_PAIR_ALONE: {
    what: "a ceremony of its own needs three organisations",
    why: "{path} is {found}; two settle within another ceremony only",
    do: "ask for three, or set `standalone` to false",
  },
  POLICY_ROLE_UNKNOWN: {
    what: "the policy speaks of a role that it does not have",
    why: "{path} names {role}; its roles are {roles}",
    do: "name one of them, or add the role",
  },
  POLICY_ROLE_MUTE: {
    what: "a role of the policy is asked for what it cannot say",
    why: "{path} is {found}, and {need}",
    do: "let it contribute and give what it is asked for",
  },
  POLICY_FORM_MISSING: {
    what: "nobody can say what the outcome is made of",
    why: "{path} is {function}, and no role gives {form}",
    do: "let a role give it",
  },
  POLICY_CHOICE_UNKNOWN: {
    what: "the policy rests on a choice that nobody can make",
    why: "{path} names {choice}; {roles} may choose {choices}",
    do: "add it to the choices of the role",
  },
  POLICY_REFUSAL_CARRIES: {
    what: "one choice both carries and refuses",
    why: "{path} is {choice}, which carries too",
    do: "take it out of one of them",
  },
  POLICY_VETO_MUTE: {
    what: "the policy gives a veto without saying what vetoes",
    why: "{path} names {role}, and `outcome.refusal` is null",
    do: "name the choice that refuses, or take the veto away",
  },
  POLICY_EQUIVOCATION: {
    what: "the policy counts both statements of a liar",
    why: "{path} is `each`, which is sound for choices and ballots only, not for {function}",
    do: "set it to `void`",
  },
  POLICY_AGENTLESS: {
    what: "a role without agents must contribute, and must not close rounds",
    why: "electors are told what others say, and whoever runs no agent is told nothing ({path})",
    do: "let the role run agents, or close rounds by another",
  },
  POLICY_DELEGATED: {
    what: "a role brings ballots for others where there are none",
    why: "{path} is true, and the role gives no ballot",
    do: "set it to false, or let the role give ballots",
  },
  POLICY_MINIMUM: {
    what: "the policy asks for more contributors than it has seats",
    why: "{path} is {need}, and at most {found} may give {form}",
    do: "lower it, or raise `most` of a role",
  },
  POLICY_TURNOUT: {
    what: "the policy asks for a turnout that it has no voters for",
    why: "{path} is {need}, and at most {found} may vote",
    do: "lower it, or raise `most` of a role",
  },
  POLICY_SEALED_ROUNDS: {
    what: "what is sealed is committed to once and opened once",
    why: "{path} is {found}; a sealed ceremony has one round for each, and nothing to repeat",
    do: "set `rounds.most` to 1 and `rounds.until` to decided, or `sealed` to false",
  },
  POLICY_ROUNDS: {
    what: "the policy repeats rounds that its outcome cannot tell the end of",
    why: "{path} is {found}, which is for {need}",
    do: "set `rounds.until` to decided",
  },
  POLICY_TIMING: {
    what: "the policy's times are out of order",
    why: "{path} is {found}, and must be {need}",
    do: "correct the times; they are in microseconds",
  },
  POLICY_SHORTFALL_ENDLESS: {
    what: "the policy's shortfall goes on too long",
    why: "{path} must be {need}",
    do: "defer by fewer rounds",
  },
  POLICY_SHORTFALL_DEAD: {
    what: "a procedure of the policy is never tried",
    why: "{path} comes after {after}, which ends the ceremony",
    do: "move it before that, or leave it out",
  },
  POLICY_SUCCESSION_CYCLE: {
    what: "the policy's line of succession comes back to itself",
    why: "{path} must be {need}",
    do: "name each role once",
  },
  POLICY_ESCALATION_CYCLE: {
    what: "the policy escalates to those who could not decide",
    why: "{path} is {role}, who was asked before",
    do: "name a role that nothing else asks",
  },
  POLICY_FALLBACK_LOOP: {
    what: "the policy falls back to what has already failed",
    why: "{path} is the same rule as one tried before it",
    do: "fall back to a less strict rule, or leave it out",
  },
} as const;
