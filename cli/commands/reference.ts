// `proximity` and `time align`: where and when, judged from plain documents by the functions that the agents use.

import { parseReferences, REFERENCES_SHAPE } from "../../shared/reference/plain.ts";
import { PROFILE_SHAPE, parseProfile } from "../../shared/reference/profile.ts";
import { judgeProximity, type Proximity } from "../../shared/reference/proximity.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { readJsonFile, required } from "../files.ts";
import { importDegrees } from "../geodetic.ts";
import { type Command, EXIT, Refused } from "../registry.ts";

const PROXIMITY_EXIT = { satisfied: EXIT.yes, indeterminate: EXIT.indeterminate, "not satisfied": EXIT.no } as const;

export const proximity: Command = {
  name: "proximity",
  usage: "proximity --profile FILE --references FILE",
  about: "whether participants are where a profile asks them to be, together",
  flags: { profile: { type: "string" }, references: { type: "string" } },
  input: [
    `profile     ${PROFILE_SHAPE}`,
    `references  ${REFERENCES_SHAPE}`,
    'degrees     {"id":"acme","wgs84":{"latitude":52.37,"longitude":4.9,"height":3},"uncertainty":5000}: imported, and rounded to whole',
    "            millimetres with 1 mm added to the uncertainty, before anything is judged",
    "examples    cli/examples/proximity-profile.json, cli/examples/proximity-references.json",
  ],
  run: async (call) => {
    const profile = parseProfile(importDegrees(readJsonFile(required(call, "profile"))));
    if (!profile.ok) throw new Refused(profile.fault, EXIT.usage);
    const participants = parseReferences(importDegrees(readJsonFile(required(call, "references"))));
    if (!participants.ok) throw new Refused(participants.fault, EXIT.usage);
    const judged = judgeProximity(profile.value, participants.value);
    return { exit: PROXIMITY_EXIT[judged.verdict], data: plain(profile.value.id, judged), text: textOf(judged) };
  },
};

function plain(profile: string, { findings, basis, excluded, unknown, ...rest }: Proximity): object {
  const because = (id: string) => {
    const refused = findings.find(({ participant, fault }) => participant === id && fault !== null)?.fault;
    return refused ? { id, ...describeRefusal(refused) } : { id };
  };
  return {
    verdict: rest.verdict,
    profile,
    counted: rest.counted,
    excluded: excluded.map(because),
    unknown: unknown.map(because),
    basis: Object.fromEntries(basis),
    factors: findings.map(({ participant, name, need, got, verdict, fault }) => ({
      id: participant,
      name,
      need,
      got,
      verdict,
      code: fault?.code ?? null,
    })),
  };
}

function textOf({ verdict, counted, findings }: Proximity): string {
  const marks = { met: "✓", "not met": "✗", unknown: "?" } as const;
  const rows = findings.map(
    ({ participant, name, need, got, verdict: met, fault }) =>
      `  ${marks[met]} ${participant.padEnd(12)} ${name.padEnd(13)} need ${need}   got ${got}${fault === null ? "" : `   ${fault.code}`}`,
  );
  return [`${verdict.toUpperCase()}  ${counted.length} count: ${counted.join(", ")}`, ...rows].join("\n");
}
