// Refusals of compositions and dossiers (SPEC §23).
export const COMPOSITION_REFUSALS = {
  COMPOSITION_INVALID: {
    what: "the composition cannot be read",
    why: "{path} must be {need}",
    do: "correct the document and sign it again",
  },
  COMPOSITION_CIRCLE: {
    what: "the composition leads back to itself",
    why: "{circle}",
    do: "let one of these parts begin without the other",
  },
  COMPOSITION_DEPTH: {
    what: "part {part} is nested too deep",
    why: "it stands {found} levels down, and {limit} is the most",
    do: "let an inner part follow another instead",
  },
  COMPOSITION_UNSIGNED: {
    what: "nobody signs the composition",
    why: "the dossier holds no declaration of {hash}",
    do: "have an authority of the composition sign it",
  },
  PART_NOT_DUE: {
    what: "part {part} may not begin",
    why: "it waits for {waits}",
    do: "wait for the certificates of what comes before",
  },
  PART_MISMATCH: {
    what: "a ceremony is not the part {part} that its call says it is",
    why: "{reason}",
    do: "do not act on it; open the part as the composition has it",
  },
  POLICY_PART: {
    what: "the policy serves as a part of others only",
    why: "the call names no composition",
    do: "open it as a part of a composition, or choose a policy that stands by itself",
  },
  CITATION_MISSING: {
    what: "ceremony {ceremony} is cited and its evidence is not here",
    why: "{by} rests on it",
    do: "ask for its evidence and join it: quorate dossier join",
  },
  CITATION_FALSE: {
    what: "ceremony {ceremony} did not end as {by} says",
    why: "its record is {found}, cited is {recorded}",
    do: "do not act on what rests on it",
  },
  DOSSIER_FORMAT: {
    what: "the file is not a dossier",
    why: "{path} must be {need}",
    do: "join the bundles again: quorate dossier join BUNDLE… --file FILE",
  },
} as const;
