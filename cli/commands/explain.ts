// `explain`: why an observation was, or was not, admitted; from a bundle, or as a running agent tells it.
import { decimal } from "../../shared/admission/factor.ts";
import type { AdmissionTable } from "../../shared/admission/table.ts";
import { parseBundle } from "../../shared/evidence/bundle.ts";
import { type Explanation, ID_DIGITS_MIN } from "../../shared/evidence/explain.ts";
import { explainBundle } from "../../shared/evidence/explain-bundle.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, fetchFrom } from "../agent-client.ts";
import { argument, readBytes, usage } from "../files.ts";
import { type Call, type Command, EXIT, Refused } from "../registry.ts";
import { partLine } from "./admission.ts";
import { readTrust } from "./evidence.ts";

const VERDICT_EXIT = {
  admitted: EXIT.yes,
  "partially admitted": EXIT.yes,
  "not admitted": EXIT.no,
  held: EXIT.pending,
  ignored: EXIT.yes,
} as const;

export const explain: Command = {
  name: "explain",
  usage: `explain [BUNDLE] ID [--trust TRUST] [--ceremony CEREMONY] ${AGENT_USAGE}`,
  about: "why an observation was, or was not, admitted",
  flags: {
    ...AGENT_FLAGS,
    trust: { type: "string" },
    ceremony: { type: "string" },
  },
  input: [
    "ID           the observation's id, or its first six digits or more; evidence show BUNDLE lists them",
    "BUNDLE       an evidence bundle, such as npm run demo leaves; without --trust its roots are its own claim",
    "--ceremony   asks an agent about this one only; without it every ceremony is looked through, and what its door refused",
    ...AGENT_INPUT,
    "answer       exit 0 for admitted, in full or in part, 5 for not admitted, 8 for held, 7 where it never arrived",
  ],
  example: "explain .quorate/demo/approval.evidence.json ID --trust .quorate/demo/approval.trust.json",
  run: async (call) => {
    const explanation = isRemote(call) ? await explainRemote(call) : await explainFile(call);
    return {
      exit: VERDICT_EXIT[explanation.verdict],
      data: explanation,
      text: explanationText(explanation),
    };
  },
};

/** One word is an id, and an agent is asked; two are a bundle and an id. */
function isRemote({ args, flags }: Call): boolean {
  return args.length === 1 || flags.url !== undefined || flags.as !== undefined;
}

async function explainRemote(call: Call): Promise<Explanation> {
  const { ceremony } = call.flags;
  const within = typeof ceremony === "string" ? `/v1/ceremonies/${ceremony}` : "/v1";
  const path = `${within}/observations/${idFrom(call, 0)}/explain`;
  return (await fetchFrom(call, path)) as Explanation;
}

async function explainFile(call: Call): Promise<Explanation> {
  const id = idFrom(call, 1);
  const trust = typeof call.flags.trust === "string" ? readTrust(call.flags.trust) : null;
  const bundle = parseBundle(readBytes(argument(call, 0, "BUNDLE")));
  if (!bundle.ok) throw new Refused(bundle.fault, EXIT.no);
  const explanation = await explainBundle(bundle.value, trust, id);
  if (!explanation.ok) throw new Refused(explanation.fault);
  return explanation.value;
}

function idFrom(call: Call, index: number): string {
  const id = argument(call, index, "ID")
    .toLowerCase()
    .replace(/^(obs_|sha256:)/, "");
  if (!/^[0-9a-f]{1,64}$/.test(id)) throw usage("ID is written in hexadecimal digits");
  if (id.length < ID_DIGITS_MIN) throw usage(`ID needs ${ID_DIGITS_MIN} digits at least`);
  return id;
}

const MARKS = { met: "✓", "not met": "✗", unknown: "?", "not reached": "–", "not checked": "?" } as const;

function explanationText(explanation: Explanation): string {
  const { id, verdict, by, authority, kind, factors, refusal, contradicts, admission, provisional } = explanation;
  const head = `${verdict.toUpperCase()}${provisional ? " so far" : ""} by ${by}   ${kind} of ${authority}   obs ${id.slice(0, 12)}`;
  const rows = factors.map(({ name, need, got, weight, verdict: found, clause }) => {
    const share = typeof weight === "number" ? decimal(weight) : weight;
    return `  ${MARKS[found]} ${name.padEnd(11)} need ${need.padEnd(52)} got ${got.padEnd(28)} ${share.padEnd(5)} ${clause}`;
  });
  const table = admission === null ? [] : compositeLines(admission);
  const nearest = explanation.nearest.map(
    ({ by: who, text, score }) => `  nearest change   ${who}: ${text}${score === null ? "" : `  →  ${decimal(score)}`}`,
  );
  const unchecked = factors.some((factor) => factor.verdict === "not checked")
    ? ["  ? not checked: give --trust TRUST to check that the roots are ones you recognise"]
    : [];
  const end = refusal === null ? [] : [`  ${refusal.code}`, `  why  ${refusal.why}`, `  do   ${refusal.do}`];
  const rival =
    contradicts === null ? [] : [`  EQUIVOCATION  contradicts ${contradicts} of the same signer; both are kept`];
  const kept = verdict === "admitted" ? [] : ["  not lost         it is kept as it was signed, with its code"];
  return [
    head,
    ...rows,
    ...table,
    ...nearest,
    ...elsewhereLines(explanation),
    ...kept,
    ...unchecked,
    ...end,
    ...rival,
  ].join("\n");
}

function elsewhereLines({ elsewhere }: Explanation): readonly string[] {
  if (elsewhere === null) return [];
  const parts = [
    [elsewhere.same, "the same"],
    [elsewhere.different, "ANOTHER RECORD"],
    [elsewhere.notHeard, "not heard"],
  ] as const;
  const told = parts.flatMap(([names, word]) => (names.length === 0 ? [] : [`${names.join(", ")}: ${word}`]));
  return [`  same elsewhere   ${told.join("   ")}`];
}

/** How the weighed factors come to their verdict, and what a weight is made of. */
function compositeLines({ factors, score, rule, verdict, conditions, standing }: AdmissionTable): readonly string[] {
  const parts = factors.flatMap((factor) => factor.parts.map(partLine));
  const record = standing === null ? [] : [`  standing         ${decimal(standing.multiplier)}, ${standing.mode}`];
  const bound = conditions.map((condition) => `  on condition     ${condition}`);
  return [...parts, `  ─ composite ${decimal(score)} by ${rule}: ${verdict}`, ...record, ...bound];
}
