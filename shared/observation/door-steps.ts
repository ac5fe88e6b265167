// The steps of the door by name, in their order, and the step at which each code arises (SPEC §4): what explanations and verifiers say.
import type { RefusalCode } from "../refusals.ts";

export const DOOR_STEPS = [
  { name: "size", need: "1 to 98,304 bytes", codes: /^FRAME_/ },
  { name: "form", need: "canonical CBOR of the profile", codes: /^(CBOR|COSE)_/ },
  {
    name: "structure",
    need: "every field, and no other",
    codes: /^(FIELD_|KIND_|TIME_INVERTED|CHAIN_EMPTY|CHAIN_TOO_LONG|CHAIN_PATHS|CLASS_NOT_ACCEPTED|VERSION_)/,
  },
  { name: "key", need: "a sound Ed25519 key", codes: /^KEY_(?!RETIRED)/ },
  { name: "signature", need: "valid under the one rule", codes: /^(SIGNATURE_|BATCH_MEMBER)/ },
  {
    name: "credential",
    need: "a chain to a recognised root, narrower at every link",
    codes: /^(CHAIN_|ROOT_|SIGNER_|MESH_|CREDENTIAL_EXPIRED|KEY_RETIRED|ROTATION_)/,
  },
  {
    name: "revocation",
    need: "no link revoked at the stated time, and nothing back-dated past a revocation",
    codes: /^(CREDENTIAL_REVOKED|OBSERVATION_BACKDATED|REVOCATION_|TRANSLATION_(REVOKED|BACKDATED|MISSING))/,
  },
  {
    name: "competence",
    need: "granted class, role, place and tier",
    codes: /^(CLASS_|ROLE_NOT_GRANTED|TAXONOMY_|TIER_(?!NOT_ACCEPTED)|JURISDICTION_|EVIDENCE_OWED)/,
  },
  { name: "continuity", need: "the device that was enrolled", codes: /^DEVICE_/ },
  { name: "validity", need: "a time to live within the cap", codes: /^TTL_RANGE/ },
  {
    name: "seat",
    need: "a seat of this ceremony held by the signer",
    codes: /^(CEREMONY_|NOT_A|SEAT_|CALL_|POLICY_|PARKED_|ROUND_UNKNOWN)/,
  },
  {
    name: "slot",
    need: "one statement for a slot, within the round",
    codes:
      /^(ROUND_CLOSED|ROUND_FULL|DUPLICATE|EQUIVOCATION|ATTEMPT_|WITNESS_|PAGES_FULL|NOT_THE_PROPOSER|BATCH_UNFIT|INTAKE_)/,
  },
  { name: "set", need: "in the closed set of its round", codes: /^CONTRIBUTION_/ },
  {
    name: "policy",
    need: "what the policy asks of the role, in time",
    codes:
      /^(ROLE_NOT_(HELD|DUE)|CONTENT_|COUNT_|CANDIDATE_|RAISE_|COMMIT|REVEAL|NOT_REVEALED|WINDOW_|TTL_EXPIRED|SLOT_|TIME_FRAME|ROSTER_|ATTESTATION_|CONDITION_|EXPRESSION_)/,
  },
  {
    name: "admission",
    need: "what the policy asks of evidence, place and standing",
    codes: /^(ADMISSION_|OUTSIDE_|PLACE_|PROFILE_|STANDING_|TIER_NOT_ACCEPTED|TIME_UNCERTAIN|WEIGHT_)/,
  },
] as const;

export type StepName = (typeof DOOR_STEPS)[number]["name"];

/** The step at which a code arises; null for codes that have nothing to do with an observation. */
export function stepOf(code: RefusalCode): StepName | null {
  return DOOR_STEPS.find((step) => step.codes.test(code))?.name ?? null;
}

/** The step at which a code arises over the closed set. Some codes are the door's too; what the set takes away is told at the door's step. */
export function stepInSet(code: RefusalCode): StepName {
  const late = DOOR_STEPS.slice(DOOR_STEPS.findIndex(({ name }) => name === "slot"));
  const found = late.find((step) => step.codes.test(code))?.name;
  if (found !== undefined) return found;
  if (code === "CLASS_NOT_GRANTED") return "admission";
  return /^POLICY_/.test(code) ? "policy" : (stepOf(code) ?? "policy");
}
