// `ceremony list|show|lineage`: ceremonies as one party's agent holds them.
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, type Agent, agentOf, askAgent, askJson } from "../../agent-client.ts";
import { argument, numberIn, usage } from "../../files.ts";
import { ceremonyOf, listOf, short } from "../../online/ids.ts";
import { lineageOf, lineageText } from "../../online/lineage.ts";
import { agreementText, ENDED, endingText, exitOf, nextLine, progressText, refusalOf } from "../../online/show.ts";
import { type Command, EXIT } from "../../registry.ts";
import { shown } from "../../terminal.ts";
import { when } from "../../times.ts";

/** Listed where no --limit says otherwise. */
const LISTED = 50;

export const ceremonyList: Command = {
  name: "ceremony list",
  usage: `ceremony list [--phase PHASE] [--limit N] ${AGENT_USAGE}`,
  about: "the ceremonies that an agent knows, the latest first",
  flags: { ...AGENT_FLAGS, phase: { type: "string" }, limit: { type: "string" } },
  input: [
    "--phase       open, ended, or one of gathering, closing, final, abandoned, expired, refused, held",
    ...AGENT_INPUT,
  ],
  example: "ceremony list --phase open --as acme",
  run: async (call) => {
    const { phase } = call.flags;
    const status = typeof phase === "string" ? { status: phase } : {};
    const rows = await listOf(agentOf(call), status, numberIn(call, "limit", LISTED));
    const now = Date.now() * 1_000;
    const lines = rows.map(
      (row) => `${short(row.ceremony)}  ${row.phase.padEnd(10)} ${shown(row.title)}   ${when(row.atMs * 1_000, now)}`,
    );
    return { exit: EXIT.yes, data: rows, text: lines.length === 0 ? "none" : lines.join("\n") };
  },
};

export const ceremonyShow: Command = {
  name: "ceremony show",
  usage: `ceremony show CEREMONY ${AGENT_USAGE}`,
  about: "a ceremony as one party sees it; exit 0 for a yes, 5 for a no, 8 while it is open",
  flags: AGENT_FLAGS,
  input: ["CEREMONY      its id, or its first six digits or more", ...AGENT_INPUT],
  example: "ceremony show CEREMONY --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const ceremony = await ceremonyOf(agent, argument(call, 0, "CEREMONY"));
    const view = await askJson<CeremonyView>(agent, `/v1/ceremonies/${ceremony}`);
    const refusal = view.phase === "final" ? await refusalOf(agent, ceremony) : null;
    return { exit: exitOf(view, refusal), data: view, text: viewText(view, agent) };
  },
};

function viewText(view: CeremonyView, agent: Agent): string {
  const now = Date.now() * 1_000;
  const { title, asSeenBy, openedBy, pattern, policy, closesAt, expiresAt, subject, asked } = view;
  const seats = view.parties.map(({ authority, role, power, contribution, choice, outcome, equivocated }) => {
    const said =
      contribution === null
        ? "has not spoken"
        : `${choice === null ? "has spoken" : shown(choice)}  obs ${short(contribution)}`;
    const told = outcome === null ? "" : outcome === view.outcome?.digest ? "   same outcome" : "   ANOTHER OUTCOME";
    return `  ${shown(authority).padEnd(12)} ${shown(role).padEnd(12)} power ${power}   ${said}${told}${equivocated ? "   EQUIVOCATED" : ""}`;
  });
  return [
    `${shown(title)}   ceremony ${view.ceremony}`,
    `as seen by ${shown(asSeenBy)}   opened by ${shown(openedBy)}   policy ${shown(pattern)} sha256:${policy?.slice(0, 12)}…`,
    ...(subject === null ? [] : [`subject ${shown(JSON.stringify(subject))}`]),
    progressText(view),
    `closes ${when(closesAt, now)}   expires ${when(expiresAt, now)}`,
    ...seats,
    ...view.disputes.map(({ by, act, reason }) => `  ${act} by ${shown(by)}: ${shown(reason)}`),
    ...(view.hold === null ? [] : [`ON HOLD: ${shown(view.hold)}`]),
    ...(view.mute ? ["MUTE: this party signs nothing more here"] : []),
    ...(ENDED.has(view.phase) ? [endingText(view, agent)] : [agreementText(view), openNext(view, agent, asked)]),
  ].join("\n");
}

function openNext({ ceremony }: CeremonyView, agent: Agent, asked: CeremonyView["asked"]): string {
  const id = short(ceremony);
  if (asked === null) return nextLine("wait", id, agent);
  const [choice] = asked.choices;
  return nextLine("attest", id, agent, choice === undefined ? " --file CONTRIBUTION" : ` --choice ${shown(choice)}`);
}

const FORMATS = ["text", "json", "dot", "svg"] as const;

export const ceremonyLineage: Command = {
  name: "ceremony lineage",
  usage: `ceremony lineage CEREMONY [--format text|json|dot|svg] ${AGENT_USAGE}`,
  about: "what happened in a ceremony at one party, each entry linked to the one before it",
  flags: { ...AGENT_FLAGS, format: { type: "string" } },
  input: ["--format      dot is for graphviz; svg is a picture; both are drawn by the agent", ...AGENT_INPUT],
  example: "ceremony lineage CEREMONY --as acme --format dot",
  run: async (call) => {
    const format = FORMATS.find((each) => each === (call.flags.format ?? "text"));
    if (format === undefined) throw usage("--format takes text, json, dot or svg");
    const agent = agentOf(call);
    const ceremony = await ceremonyOf(agent, argument(call, 0, "CEREMONY"));
    if (format === "dot" || format === "svg") {
      const drawn = await (await askAgent(agent, `/v1/ceremonies/${ceremony}/lineage?format=${format}`)).text();
      return { exit: EXIT.yes, data: { ceremony, [format]: drawn }, text: drawn };
    }
    const lineage = await lineageOf(agent, ceremony);
    const text = format === "json" ? JSON.stringify(lineage, null, 1) : lineageText(lineage);
    return { exit: EXIT.yes, data: { ceremony, lineage }, text };
  },
};
