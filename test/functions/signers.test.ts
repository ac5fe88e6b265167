// A flood of good statements is at the cost of whoever signs them: nobody else is turned away for it, nothing that was taken in is lost, and what
// partners pass on is not counted.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Party } from "../../cli/stack/party.ts";
import { meshTime } from "../../durable/config.ts";
import { faultOf, ingest } from "../../functions/ingest.ts";
import { SAID_A_MINUTE, Signers } from "../../functions/signers.ts";
import { encodeCanonical } from "../../shared/cbor/encode.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import type { Observation } from "../../shared/observation/observation.ts";
import { type AgentHere, agentHere, KEYED } from "../support/agent-here.ts";
import { contributionFrame } from "../support/frames.ts";
import { testParties } from "../support/parties.ts";

const parties = testParties(3);
const [acme, bolt, crux] = parties as readonly [Party, Party, Party];
afterEach(() => vi.useRealTimers());

function frameOf(party: Party, reason: string): Uint8Array {
  return contributionFrame(party, "ab".repeat(32), parties.indexOf(party), reason);
}

function said(frame: Uint8Array): Observation {
  const parsed = parseObservation(frame);
  if (!parsed.ok) throw new Error(parsed.fault.code);
  return parsed.value.observation;
}

/** So many statements of one signer have come to the agent's door within the present minute. */
function flood({ env, config }: AgentHere, party: Party, count: number, agoSeconds = 0): void {
  const signers = new Signers(env.CEREMONY, Date.now(), meshTime(config));
  const first = said(frameOf(party, "yes"));
  const at = first.at.map((time) => time - agoSeconds * 1_000_000) as unknown as Observation["at"];
  for (let n = 0; n < count; n++)
    signers.spend({ ...first, at, id: n.toString(16).padStart(7, "0").padEnd(64, "0") } as Observation);
}

const post = (agent: AgentHere, path: string, body: Uint8Array) =>
  agent.request(path, { method: "POST", headers: { "content-type": "application/cbor" }, body: body as BodyInit });

describe("a signer that floods", () => {
  it("is refused from then on, and told when to come again, and nobody else is", async () => {
    const agent = agentHere(acme, parties);
    flood(agent, bolt, SAID_A_MINUTE - 1);
    const [last, beyond] = [frameOf(bolt, "last"), frameOf(bolt, "beyond")];
    expect((await post(agent, "/v1/observations", last)).status).toBe(202); // held: nobody has called that ceremony
    const refused = await post(agent, "/v1/observations", beyond);
    expect([refused.status, Number(refused.headers.get("retry-after")) > 50]).toEqual([429, true]);
    expect(await refused.json()).toMatchObject({ code: "SIGNER_LIMITED", retryable: true });
    // What was taken in is known, and answered as before.
    expect((await post(agent, "/v1/observations", last)).status).toBe(202);
    const both = await post(agent, "/v1/observations:batch", encodeCanonical([beyond, frameOf(crux, "yes")]));
    expect([both.status, both.headers.has("retry-after")]).toEqual([200, true]);
    const { answers } = (await both.json()) as { answers: readonly { code: string }[] };
    expect(answers.map(({ code }) => code)).toEqual(["SIGNER_LIMITED", "CEREMONY_UNKNOWN"]);
    const alone = await post(agent, "/v1/observations:batch", encodeCanonical([beyond]));
    expect(alone.status).toBe(429);
    const metrics = await (await agent.request("/metrics", { headers: KEYED })).text();
    expect(metrics).toContain('code="SIGNER_LIMITED",disposition="refused",pattern="none"} 3');
  });

  it("is not cut off on the bus, where partners pass on what others said", async () => {
    const agent = agentHere(acme, parties);
    flood(agent, bolt, SAID_A_MINUTE);
    const arrival = { road: "nats", account: "CRUX", topic: null, frame: frameOf(bolt, "yes") } as const;
    const [answer] = await ingest(agent.env, agent.config, [arrival]);
    expect(answer === undefined ? null : faultOf(answer)).toBeNull();
  });

  it("costs no signature once it is known, and is heard again in the next minute", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const agent = agentHere(acme, parties);
    flood(agent, bolt, SAID_A_MINUTE);
    const forged = frameOf(bolt, "forged");
    forged[forged.length - 1] = (forged[forged.length - 1] as number) ^ 1;
    const codeOf = async () =>
      ((await (await post(agent, "/v1/observations", forged)).json()) as { code: string }).code;
    expect(await codeOf()).toBe("SIGNER_LIMITED");
    vi.setSystemTime(Date.now() + 61_000);
    expect(await codeOf()).toBe("SIGNATURE_INVALID");
    expect((await post(agent, "/v1/observations", frameOf(bolt, "yes"))).status).toBe(202);
  });
});

describe("a signer's minute", () => {
  it("is not used up by others who bring again what it said", async () => {
    const agent = agentHere(acme, parties);
    const signers = new Signers(agent.env.CEREMONY, Date.now(), meshTime(agent.config));
    const once = said(frameOf(bolt, "once"));
    for (let n = 0; n <= SAID_A_MINUTE; n++) expect(signers.spend(once).ok).toBe(true);
    flood(agent, bolt, SAID_A_MINUTE, 600);
    expect((await post(agent, "/v1/observations", frameOf(bolt, "new"))).status).toBe(202);
  });

  it("is not used up by forgeries in its name", async () => {
    const agent = agentHere(acme, parties);
    flood(agent, bolt, SAID_A_MINUTE - 1);
    for (const text of ["one", "two", "three"]) {
      const forged = frameOf(bolt, text);
      forged[forged.length - 1] = (forged[forged.length - 1] as number) ^ 1;
      expect((await post(agent, "/v1/observations", forged)).status).not.toBe(429);
    }
    expect((await post(agent, "/v1/observations", frameOf(bolt, "yes"))).status).toBe(202);
  });
});
