// What the door refused is kept to be explained. Anybody may send frames that nobody answers for: they push out and hide nothing of anybody else's.
import { expect, it, vi } from "vitest";
import type { Party } from "../../cli/stack/party.ts";
import { explainHere, frameHere } from "../../functions/explain.ts";
import { ingest } from "../../functions/ingest.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { agentHere, KEYED } from "../support/agent-here.ts";
import { contributionFrame } from "../support/frames.ts";
import { testParties } from "../support/parties.ts";

const parties = testParties(3);
const [acme, bolt] = parties as readonly [Party, Party];

function idOf(frame: Uint8Array): string {
  const parsed = parseObservation(frame);
  return parsed.ok ? parsed.value.observation.id : "";
}

/** The same statement under a signature that is none: its id is the same. */
function spoilt(frame: Uint8Array): Uint8Array {
  return frame.with(frame.length - 1, (frame.at(-1) as number) ^ 1);
}

const arrival = (frame: Uint8Array) => ({ road: "http", account: null, topic: null, frame }) as const;

it("is shown as a ceremony holds it, whoever sends copies of it with another signature", async () => {
  const agent = agentHere(acme, parties);
  const parts = parties.map(({ name }) => ({ authority: name, role: "approver", power: 1 }));
  const body = JSON.stringify({ pattern: "approval", title: "Release 2.4", parties: parts });
  const headers = { ...KEYED, "content-type": "application/json" };
  const opened = await agent.request("/v1/ceremonies", { method: "POST", headers, body });
  const { ceremony } = (await opened.json()) as { ceremony: string };
  const frame = contributionFrame(bolt, ceremony, 1);
  await ingest(agent.env, agent.config, [arrival(frame)]);
  await ingest(agent.env, agent.config, [arrival(spoilt(frame))]);
  expect(await frameHere(agent.env, agent.config, idOf(frame))).toEqual({ ok: true, value: frame });
  const told = await explainHere(agent.env, agent.config, idOf(frame), null);
  const signature = told.ok ? told.value.factors.find(({ name }) => name === "signature") : null;
  expect(signature).toMatchObject({ verdict: "met" });
});

it("is not pushed out by forgeries, nor told otherwise, and of these the last few are kept", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const agent = agentHere(acme, parties);
  const row = (frame: Uint8Array, code: string) => ({ id: idOf(frame), code, detail: "{}", frame });
  const revoked = contributionFrame(bolt, "11".repeat(32), 1);
  await agent.directory.keepRefused([row(revoked, "CREDENTIAL_REVOKED")]);
  const forged = Array.from({ length: 400 }, (_, n) =>
    spoilt(contributionFrame(bolt, n.toString(16).padStart(64, "0"), 1)),
  );
  await ingest(agent.env, agent.config, [arrival(spoilt(revoked)), ...forged.map(arrival)]);
  expect(await agent.directory.refusedAtDoor(idOf(revoked))).toEqual([row(revoked, "CREDENTIAL_REVOKED")]);
  const kept = async () => {
    const found = await Promise.all(forged.map((frame) => agent.directory.refusedAtDoor(idOf(frame))));
    return found.flatMap((rows, n) => (rows.length > 0 ? [n] : []));
  };
  const first = await kept();
  expect(first).toHaveLength(50);
  expect(Math.max(...first)).toBeLessThan(300); // past so many of a minute none is written
  vi.setSystemTime(Date.now() + 61_000);
  await ingest(agent.env, agent.config, [arrival(forged[399] as Uint8Array)]);
  expect(await kept()).toContain(399);
  vi.useRealTimers();
});
