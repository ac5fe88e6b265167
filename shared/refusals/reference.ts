// Refusals of where and when (SPEC §16, §17): places, clocks and windows.
export const REFERENCE_REFUSALS = {
  PLACE_MISSING: {
    what: "{participant} says nothing of its place in the frame {frame}",
    why: "the profile asks for it, and no transform leads there from {found}",
    do: "state a place in that frame, or have the policy carry a transform",
  },
  OUTSIDE_PLACE: {
    what: "{participant} is outside the fence",
    why: "the policy asks for {need}; it is at {got}",
    do: "attest again from within the fence",
  },
  PLACE_UNCERTAIN: {
    what: "the place of {participant} is too uncertain to tell",
    why: "the policy asks for {need}; at {got} that may or may not be so, which counts as outside in conservative mode",
    do: "state a more exact place, or let the policy be lenient",
  },
  PLACE_APART: {
    what: "{participant} is too far from the others",
    why: "it is {got}; the policy asks for {need}",
    do: "attest again from within range",
  },
  PLACE_KEY: {
    what: "{participant} does not share the key of frame {frame}",
    why: "it says {got}; the policy asks for {need}",
    do: "attest under the shared key",
  },
  PLACE_JURISDICTION: {
    what: "{participant} is in another jurisdiction",
    why: "it says {got}; the policy asks for {need}",
    do: "attest under a jurisdiction that the policy names",
  },
  PLACE_ISOLATED: {
    what: "{participant} is not adjacent to enough of the others",
    why: "{got} co-signed ranges within the limit; the policy asks for {need}",
    do: "measure the range with a neighbour, and have both sign it",
  },
  PLACE_UNCORROBORATED: {
    what: "nobody corroborates the place of {participant}",
    why: "{got} independent ranges fit it; the policy asks for {need}",
    do: "measure ranges with other organisations, and have both ends sign them",
  },
  PLACE_CONTRADICTED: {
    what: "co-signed ranges contradict the place of {participant}",
    why: "{contradicting} of them do not fit it, {fitting} do",
    do: "state the place where the device is",
  },
  TIME_OUTLIER: {
    what: "{attester} disagrees with the majority of clocks",
    why: "it is off by {off} µs beyond its own bounds",
    do: "set that clock; nothing else depends on it",
  },
  TIME_CONTRADICTORY: {
    what: "{attester} contradicts itself",
    why: "readings of {authority} exclude each other",
    do: "measure again; one organisation has one say",
  },
  TIME_IMPRECISE: {
    what: "{attester} is too imprecise",
    why: "its uncertainty is more than {limit} µs",
    do: "measure over a shorter round trip",
  },
  TIME_ATTESTER: {
    what: "{attester} may not attest time",
    why: "{reason}",
    do: "use an attester whose credential holds",
  },
  TIME_FRAME: {
    what: "the time of {attester} is in another frame",
    why: "it is in {found}; what is asked for is {need}",
    do: "state the time in that frame, or align the frames first",
  },
  TIME_FEW: {
    what: "too few organisations attest the time",
    why: "{found} were heard; {need} are needed",
    do: "ask more peers for their offsets",
  },
  TIME_SPLIT: {
    what: "no majority of clocks agrees",
    why: "of {of}, at most {count} have a time in common; camps are not averaged",
    do: "look at the camps, and set the clocks that are wrong",
  },
  TIME_DISPERSED: {
    what: "what the clocks agree on is too wide",
    why: "the dispersion is {found} µs; at most {limit} are of use",
    do: "measure over shorter round trips",
  },
  TIME_UNLINKED: {
    what: "the clock {attester} cannot be placed",
    why: "no agreeing path of offsets leads from it to {frame}",
    do: "exchange offsets with more of the others",
  },
} as const;
