// `ceremony reopen`: a new call that says what an earlier one said, where that came to nothing. The earlier ceremony stays as it ended.
import { decodeCanonical } from "../../../shared/cbor/decode.ts";
import { encodeCanonical } from "../../../shared/cbor/encode.ts";
import { fromJson, type Json, toJson } from "../../../shared/cbor/json.ts";
import type { CborValue } from "../../../shared/cbor/value.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import type { Call as CallBody } from "../../../shared/observation/observation.ts";
import { AGENT_FLAGS, AGENT_INPUT, AGENT_USAGE, type Agent, agentOf, askAgent, askJson } from "../../agent-client.ts";
import { argument, seconds, usage } from "../../files.ts";
import { ceremonyOf, short } from "../../online/ids.ts";
import { ENDED } from "../../online/show.ts";
import { type Answer, type Call, type Command, EXIT } from "../../registry.ts";
import { unwrap } from "../unwrap.ts";
import { openedText } from "./ceremony-open.ts";

export const ceremonyReopen: Command = {
  name: "ceremony reopen",
  usage: `ceremony reopen CEREMONY [--title TITLE] [--closes-in T] [--expires-in T] [--dry-run] [--id] ${AGENT_USAGE}`,
  about:
    "open a ceremony anew that was abandoned or expired: the same policy, parties, subject and lengths under a new id",
  flags: {
    ...AGENT_FLAGS,
    title: { type: "string" },
    "closes-in": { type: "string" },
    "expires-in": { type: "string" },
    "dry-run": { type: "boolean" },
    id: { type: "boolean" },
  },
  input: [
    "CEREMONY      its id, or its first six digits or more; it stays as it ended, and nothing that was said in it counts in the new one",
    "--closes-in   such as 90s, 15m, 24h or 2d; as long as the first time unless told otherwise",
    "--dry-run     shows the request, and opens nothing",
    "--id          prints the new id and nothing else",
    "exit 5 where it has an outcome, 8 where it is still open: neither is reopened",
    ...AGENT_INPUT,
  ],
  example: "ceremony reopen CEREMONY --closes-in 2h --as acme",
  run: async (call) => {
    const agent = agentOf(call);
    const earlier = await ceremonyOf(agent, argument(call, 0, "CEREMONY"));
    const { phase } = await askJson<CeremonyView>(agent, `/v1/ceremonies/${earlier}`);
    if (phase === "final" || !ENDED.has(phase)) return unfit(earlier, phase);
    const request = requestFrom(await callOf(agent, earlier), call);
    if (call.flags["dry-run"])
      return { exit: EXIT.yes, data: { dryRun: true, earlier, request }, text: dryText(request) };
    const { ceremony } = await askJson<{ ceremony: string }>(agent, "/v1/ceremonies", { body: request });
    const view = await askJson<CeremonyView>(agent, `/v1/ceremonies/${ceremony}`);
    return {
      exit: EXIT.yes,
      data: { ...view, earlier },
      text: call.flags.id ? ceremony : openedText(view, agent, call),
    };
  },
};

function unfit(ceremony: string, phase: string): Answer {
  const isFinal = phase === "final";
  const text = `${short(ceremony)} is ${isFinal ? "final: it has its outcome" : `${phase}: it can still end by itself`}; nothing was opened`;
  return { exit: isFinal ? EXIT.no : EXIT.pending, data: { reopened: false, earlier: ceremony, phase }, text };
}

async function callOf(agent: Agent, ceremony: string): Promise<CallBody> {
  const response = await askAgent(agent, `/v1/ceremonies/${ceremony}/call`);
  const { body } = unwrap(parseObservation(new Uint8Array(await response.arrayBuffer()))).observation;
  if (body.kind !== "call") throw usage(`${ceremony} has no call`);
  return body;
}

/** What opening it asks, taken from the earlier call; times as they were meant, from now on. */
function requestFrom(earlier: CallBody, call: Call) {
  const lasted = (until: number) => Math.round((until - earlier.opensAt) / 1_000_000);
  const { under = null } = earlier;
  return {
    title: typeof call.flags.title === "string" ? call.flags.title : earlier.title,
    policy: asJson(unwrap(decodeCanonical(earlier.policy)), "policy"),
    subject: asJson(earlier.subject, "subject"),
    parties: earlier.seats.map(({ authority, role, power }) => ({ authority, role, power })),
    closesIn: seconds(call, "closes-in") ?? lasted(earlier.closesAt),
    expiresIn: seconds(call, "expires-in") ?? lasted(earlier.expiresAt),
    under: under === null ? null : { mesh: under.mesh, operation: under.operation, matters: under.matters },
  };
}

/** As JSON, provided that it comes back from there as it was. */
function asJson(value: CborValue, what: string): Json {
  const json = toJson(value);
  const back = fromJson(json);
  const same = back.ok && Buffer.from(encodeCanonical(back.value)).equals(Buffer.from(encodeCanonical(value)));
  if (!same) throw usage(`its ${what} holds bytes, which a request cannot carry`);
  return json;
}

function dryText({ policy: _, ...request }: ReturnType<typeof requestFrom>): string {
  return `${JSON.stringify(request, null, 1)}\nnothing was opened`;
}
