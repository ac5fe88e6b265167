// `proximity` and `time align`: where and when, judged from plain documents by the functions that the agents use.
import { ALIGN_SHAPE, alignDocument } from "../../shared/reference/alignment.ts";
import type { Agreement, Excluded } from "../../shared/reference/clock-agreement.ts";
import type { MeshTime } from "../../shared/reference/mesh-time.ts";
import { parseReferences, REFERENCES_SHAPE } from "../../shared/reference/plain.ts";
import { PROFILE_SHAPE, parseProfile } from "../../shared/reference/profile.ts";
import { judgeProximity, type Proximity } from "../../shared/reference/proximity.ts";
import { describeRefusal } from "../../shared/refusals.ts";
import { readCase } from "../case-file.ts";
import { argument, required } from "../files.ts";
import { QUANTITIES } from "../quantities.ts";
import { type Answer, type Command, EXIT, Refused } from "../registry.ts";

const PROXIMITY_EXIT = { satisfied: EXIT.yes, indeterminate: EXIT.indeterminate, "not satisfied": EXIT.no } as const;

export const proximity: Command = {
  name: "proximity",
  usage: "proximity --profile FILE --references FILE",
  about: "whether participants are where a profile asks them to be, together",
  flags: { profile: { type: "string" }, references: { type: "string" } },
  input: [
    `profile     ${PROFILE_SHAPE}`,
    `references  ${REFERENCES_SHAPE}`,
    `numbers     ${QUANTITIES}`,
    'degrees     {"id":"acme","wgs84":{"latitude":52.37,"longitude":4.9,"height":3},"uncertainty":"5 m"} is a place in EPSG:4978, rounded to',
    "            millimetres with 1 mm added to its uncertainty before anything is judged; so may a fence's centre or corners be written",
    "answer      satisfied exits 0, not satisfied 5, indeterminate 3: a place that is not stated in the frame that is asked for",
  ],
  example:
    "proximity --profile cli/examples/proximity-profile.json --references cli/examples/proximity-references.json",
  run: async (call) => {
    const profile = parseProfile(readCase(required(call, "profile")));
    if (!profile.ok) throw new Refused(profile.fault, EXIT.usage);
    const participants = parseReferences(readCase(required(call, "references")));
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

export const timeAlign: Command = {
  name: "time align",
  usage: "time align FILE",
  about: "mesh time from offset observations, tolerant of clocks that lie",
  flags: {},
  input: [
    `FILE      ${ALIGN_SHAPE}`,
    `numbers   ${QUANTITIES}`,
    "answer    an estimate exits 0; no majority, too few or too wide is told by a code with estimate null, and exits 3",
    "examples  cli/examples/offsets.json (one reader), cli/examples/clocks.json (clocks among themselves)",
  ],
  example: "time align cli/examples/offsets.json",
  run: async (call) => {
    const aligned = alignDocument(readCase(argument(call, 0, "FILE")));
    if (!aligned.ok) throw new Refused(aligned.fault, EXIT.usage);
    return aligned.value.is === "reader" ? readerAnswer(aligned.value.found) : clocksAnswer(aligned.value.found);
  },
};

const told = ({ id, fault }: Excluded) => ({ id, ...describeRefusal(fault) });

function readerAnswer(found: Agreement): Answer {
  const excluded = found.excluded.map(told);
  const rows = excluded.map(({ id, code, why }) => `  ✗ ${id}  ${code}  ${why}`);
  if (found.is === "none") {
    const refusal = describeRefusal(found.fault);
    const data = { estimate: null, dispersion: null, used: [], excluded, ...refusal, camps: found.camps };
    const camps = found.camps.map(({ ids, offset }) => `  camp ${ids.join(", ")} at ${offset.join(" to ")} µs`);
    return {
      exit: EXIT.indeterminate,
      data,
      text: [refusal.code, `  why  ${refusal.why}`, ...camps, ...rows].join("\n"),
    };
  }
  const { estimate, dispersion, used, offset } = found;
  const text = [`${estimate} µs ± ${dispersion} µs  by ${used.join(", ")}`, ...rows].join("\n");
  return { exit: EXIT.yes, data: { estimate, dispersion, used, excluded, interval: offset }, text };
}

function clocksAnswer({ frame, clocks, adrift, used, excluded, order, unplaced }: MeshTime): Answer {
  const pick = (part: "estimate" | "dispersion") =>
    Object.fromEntries([...clocks].map(([name, place]) => [name, place[part]]));
  const data = {
    frame,
    estimate: pick("estimate"),
    dispersion: pick("dispersion"),
    used,
    excluded: excluded.map(told),
    adrift: adrift.map(told),
    order,
    unplaced: unplaced.map(told),
  };
  const places = [...clocks].map(([name, { estimate, dispersion }]) => `  ${name}  ${estimate} µs ± ${dispersion} µs`);
  const left = data.adrift.map(({ id, code, why }) => `  ✗ ${id}  ${code}  ${why}`);
  const text = [
    `frame of ${frame}`,
    ...places,
    ...left,
    `order  ${order.map((group) => group.join(" ∥ ")).join("  →  ")}`,
  ];
  // A minority that misleads is left adrift and costs nothing; where it is no minority, nobody can tell who misleads.
  const isTold = unplaced.length === 0 && clocks.size > adrift.length;
  return { exit: isTold ? EXIT.yes : EXIT.indeterminate, data, text: text.join("\n") };
}
