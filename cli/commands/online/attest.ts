// `attest`: the party's own contribution. What would be signed is fetched, read and shown before anything is signed, and only that is signed.
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { readSigned } from "../../../shared/observation/signed-bytes.ts";
import { digestWords } from "../../../shared/words.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, type Agent, agentOf, askJson } from "../../agent-client.ts";
import { argument, usage } from "../../files.ts";
import { ceremonyOf, short } from "../../online/ids.ts";
import { CHOICES, type Content, contentOf } from "../../online/said.ts";
import { nextLine } from "../../online/show.ts";
import { type Answer, type Call, type Command, EXIT, Refused, YES } from "../../registry.ts";
import { confirmed, shown } from "../../terminal.ts";
import { when } from "../../times.ts";

type Drafted = { readonly observation: string; readonly at: number; readonly toBeSigned: string };
type Draft = Drafted & { readonly statement: Statement };
/** The fields of the statement that people are shown, as the signed bytes have them. */
type Statement = {
  readonly ceremony: string;
  readonly round: number;
  readonly time_to_live: number;
  readonly payload: { readonly role: string; readonly content: Content };
};
type Said = { readonly observation: string; readonly verdict: string; readonly code: string | null };

const GRACE_MS = 5_000;
/** With --yes a draft that was overtaken by another statement of the same agent is drawn up anew. */
const DRAFTS_MAX = 4;

export const attest: Command = {
  name: "attest",
  usage: `attest CEREMONY (--approve | --reject | --abstain | --choice WORD | --bid AMOUNT | --value N | --file FILE | --reveal FILE) [--quantity N] [--item NAME] [--sealed FILE] [--role ROLE] [--reason TEXT] [--yes] [--dry-run] ${AGENT_USAGE}`,
  about: "contribute as a party, after what would be signed has been shown",
  flags: {
    ...AGENT_FLAGS,
    ...Object.fromEntries(CHOICES.map((choice) => [choice, { type: "boolean" } as const])),
    choice: { type: "string" },
    bid: { type: "string" },
    quantity: { type: "string" },
    value: { type: "string" },
    file: { type: "string" },
    reveal: { type: "string" },
    sealed: { type: "string" },
    item: { type: "string" },
    role: { type: "string" },
    reason: { type: "string" },
    ...YES,
    "dry-run": { type: "boolean" },
  },
  input: [
    "--bid, --value  whole numbers, in the unit that the ceremony's subject names",
    "--item          tells several contributions of one seat apart: the lot of a bid, the leg of a handover",
    '--file          a contribution of any other form, as JSON, such as {"ranking":[["A"],["B","C"]]}; - is stdin',
    "--sealed        keeps what is said in a new file and signs a commitment to it; --reveal opens it in the next round",
    "--role          refused where the seat has another; whoever joins uninvited says with it as what",
    "--yes           signs without asking; needed where there is no terminal, and under --no-input",
    "--dry-run       shows what would be signed, and signs nothing",
    ...AGENT_INPUT,
  ],
  example: "attest CEREMONY --as bolt --approve --reason 'tests green' --yes",
  run: async (call) => {
    const content = contentOf(call);
    const agent = agentOf(call);
    const ceremony = await ceremonyOf(agent, argument(call, 0, "CEREMONY"), GRACE_MS);
    const view = await askJson<CeremonyView>(agent, `/v1/ceremonies/${ceremony}`);
    return attestAs(call, agent, view, inRole(call, view, content));
  },
};

async function attestAs(call: Call, agent: Agent, view: CeremonyView, content: Content): Promise<Answer> {
  for (let left = DRAFTS_MAX; ; left -= 1) {
    const draft = await draftOf(call, agent, view, content);
    if (typeof draft === "string")
      return told(agent, view, { observation: draft, verdict: "ignored", code: "DUPLICATE" });
    // Whoever asked for quiet is shown what they are asked about all the same.
    for (const line of draftLines(view, draft))
      if (call.flags.yes === true) call.say(line);
      else process.stderr.write(`${line}\n`);
    if (call.flags["dry-run"]) return { exit: EXIT.yes, data: { dryRun: true, ...draft }, text: "nothing was signed" };
    if (!(await confirmed(call, "Sign?")))
      return { exit: EXIT.stopped, data: { signed: false, observation: null }, text: "nothing was signed" };
    const path = `/v1/ceremonies/${view.ceremony}/drafts/${draft.observation}?at=${draft.at}${slotOf(call, "&")}`;
    call.show?.(
      `asked to sign ${short(draft.observation)}; whether it did is told by: ceremony show ${short(view.ceremony)}`,
    );
    try {
      return told(agent, view, await askJson<Said>(agent, path, { body: content }));
    } catch (error) {
      if (!(error instanceof Refused) || error.fault.code !== "DRAFT_CHANGED" || left <= 1 || call.flags.yes !== true)
        throw error;
      call.say("the agent has said something else meanwhile: drawn up anew");
    }
  }
}

/** What the agent would sign now, its digest checked against its bytes; or the id of the statement that said just this before. */
async function draftOf(call: Call, agent: Agent, view: CeremonyView, content: Content): Promise<Draft | string> {
  try {
    const path = `/v1/ceremonies/${view.ceremony}/drafts${slotOf(call, "?")}`;
    const drafted = await askJson<Drafted>(agent, path, { body: content });
    const read = readSigned(drafted.toBeSigned, drafted.observation);
    if (!read.ok) throw new Refused(read.fault, EXIT.stopped);
    return { ...drafted, statement: JSON.parse(read.value) as Statement };
  } catch (error) {
    const { observation } = error instanceof Refused ? error.fault.detail : {};
    if (error instanceof Refused && error.fault.code === "DUPLICATE" && typeof observation === "string")
      return observation;
    throw error;
  }
}

function draftLines(view: CeremonyView, { observation, statement }: Draft): readonly string[] {
  const { payload, ceremony, round, time_to_live: lives } = statement;
  return [
    `You are about to sign as ${shown(view.asSeenBy)}, in the role ${shown(payload.role)}:`,
    `  ceremony   ${shown(view.title)}   ${short(ceremony)}, round ${round}`,
    `  says       ${shown(JSON.stringify(payload.content))}`,
    ...(view.subject === null ? [] : [`  about      ${shown(JSON.stringify(view.subject))}`]),
    `  policy     ${shown(view.pattern)} sha256:${view.policy}`,
    `  closes     ${when(view.closesAt, Date.now() * 1_000)}   valid for ${Math.round(lives / 3_600_000_000)} h`,
    `  digest     sha256:${(observation.match(/.{1,4}/g) ?? []).join(" ")}`,
    `  words      ${digestWords(observation)}`,
  ];
}

function told(agent: Agent, view: CeremonyView, { observation, verdict, code }: Said): Answer {
  const data = { ceremony: view.ceremony, observation, verdict, code };
  const said = code === "DUPLICATE" ? "was said before; it counts once" : verdict;
  const text = [`obs ${short(observation)}  ${said}`, nextLine("wait", short(view.ceremony), agent)].join("\n");
  return { exit: EXIT.yes, data, text };
}

/** In the role that is asked of the party here; another one is refused, and nobody speaks in a role by accident. */
function inRole({ flags: { role } }: Call, view: CeremonyView, content: Content): Content {
  if (typeof role !== "string") return content;
  const own = view.parties.filter(({ authority }) => authority === view.asSeenBy).map((seat) => seat.role);
  if (own.length === 0) return { ...content, role };
  const speaks = view.asked?.role ?? own[0];
  if (speaks !== role) throw usage(`--role: ${view.asSeenBy} speaks here as ${speaks}, not as ${role}`);
  return content;
}

function slotOf({ flags: { item } }: Call, sign: string): string {
  return typeof item === "string" ? `${sign}item=${encodeURIComponent(item)}` : "";
}
