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
    why: "{got} straddles {need}, which counts as outside in conservative mode",
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
    why: "{contradicting} do not fit it, {fitting} do",
    do: "state the place where the device is",
  },
} as const;
