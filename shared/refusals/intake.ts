// Refusals of what electors take in for seats that run no agent (SPEC §7.12 to §7.14).
export const INTAKE_REFUSALS = {
  BATCH_MEMBER: {
    what: "a contribution in the batch does not stand",
    why: "number {index} is refused ({code}), and a batch stands with all that it holds",
    do: "nothing with this batch: whoever signed it must bring the others in a sound one",
  },
  BATCH_UNFIT: {
    what: "the contribution cannot travel in a batch",
    why: "its seat runs no agent, and what electors carry for such seats needs {need}",
    do: "sign it again so that it has that, or ask for a ceremony in which your role runs an agent",
  },
  INTAKE_ELSEWHERE: {
    what: "this party takes in nothing for seats without an agent",
    why: "it closes no rounds here, and only electors bring contributions in batches",
    do: "hand it to the agent of an elector: {electors}",
  },
  INTAKE_CLOSED: {
    what: "this elector takes in nothing more for round {round}",
    why: "it has signed what it holds, and adds nothing to it",
    do: "hand it to another elector at once, or contribute to the next round",
  },
  INTAKE_FULL: {
    what: "this elector can sign no further batch in round {round}",
    why: "it has signed {limit} of them, as many as its witness lists",
    do: "hand it to another elector",
  },
  SHARDS_IDLE: {
    what: "shards that a role asks for have no effect",
    why: "{path}: {reason}",
    do: "leave them out, or give them to a role that runs no agent; the policy works all the same",
  },
  SHARD_BEHIND: {
    what: "this part of the intake is behind",
    why: "{found} contributions wait at shard {shard} to be handed over",
    do: "send it again as it is, in a second",
  },
  SHARD_LATE: {
    what: "contributions that were answered for do not count",
    why: "shard {shard} handed over {found} of round {round} when they could no longer be brought ({reason})",
    do: "see their ids in the lineage; tell their senders; look in the log why the shard was late",
  },
  SHARD_SILENT: {
    what: "the witness was signed without all that was taken in",
    why: "the shards {shards} did not hand over what they hold of round {round} in time",
    do: "look in the log why; what they hand over yet is refused, and told with its ids",
  },
  ROUND_FULL: {
    what: "this elector keeps no further contributions of round {round}",
    why: "of the round's memory one elector may fill {limit} bytes, or less where others have filled what is for all of them",
    do: "hand it to another elector, or spread what is asked for over several ceremonies",
  },
  SEAT_FULL: {
    what: "seat {seat} has no room for this contribution in the round",
    why: "what it has said already fills the {limit} bytes that every such seat may take up",
    do: "say it in fewer or shorter contributions",
  },
} as const;
