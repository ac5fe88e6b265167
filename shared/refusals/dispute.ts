// Refusals of disputes (SPEC §25).
export const DISPUTE_REFUSALS = {
  DISPUTE_FULL: {
    what: "this seat may dispute nothing more here",
    why: "it has said {limit} things about the outcome",
    do: "answer in the dispute that is open",
  },
  DISPUTE_LATE: {
    what: "the time for disputes is over",
    why: "it ended at {until}",
    do: "open a new ceremony about the matter",
  },
} as const;
