// A ceremony read as it happens, from a real agent: every entry once and in order, on after a break, to the end, and no further than the key
// is good.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { firstBrokenLink, type LinkedEntry } from "../../shared/lineage/entry.ts";
import { approvalBy } from "../support/alone.ts";
import { readEvents, type SentEvent } from "../support/event-stream.ts";
import { type LoneAgent, loneAgent } from "../support/stack.ts";

const READER = "the key of a reader";
const LOST = "the key that is lost";
const digest = (key: string) => createHash("sha256").update(key).digest("hex");
const OPENING = approvalBy("acme", { closesIn: 3_600, expiresIn: 7_200 });

let made: LoneAgent;
beforeAll(async () => {
  const keys = [
    { id: "reader", sha256: digest(READER), scopes: ["read"] },
    { id: "lost", sha256: digest(LOST), scopes: ["read"] },
  ];
  made = await loneAgent([], {}, { API_KEYS: JSON.stringify(keys) });
});
afterAll(() => made?.stop());

const opened = async () => (await made.agent.post<{ ceremony: string }>("/v1/ceremonies", OPENING)).ceremony;
const follow = (ceremony: string, key: string, headers: Record<string, string> = {}) =>
  fetch(`${made.agent.url}/v1/ceremonies/${ceremony}/events`, {
    headers: { authorization: `Bearer ${key}`, ...headers },
  });
const attest = (ceremony: string) => made.agent.post(`/v1/ceremonies/${ceremony}/attestations`, { choice: "approve" });
const entriesIn = (events: readonly SentEvent[]) =>
  events.filter(({ event }) => event === "message").map(({ data }) => data as unknown as LinkedEntry);

describe("a ceremony's events", () => {
  it("stop when the key is withdrawn", async () => {
    const ceremony = await opened();
    const reading = follow(ceremony, LOST).then((answer) => readEvents(answer));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const gone = await made.agent.json<{ atMs: number }>("/v1/keys/lost", { method: "DELETE" });
    const events = await reading;
    expect(Date.now() - gone.atMs).toBeLessThan(3_000);
    expect(events.at(-1)).toMatchObject({ event: "cut", data: { code: "KEY_WITHDRAWN" } });
    expect((await follow(ceremony, LOST)).status).toBe(401);
  });

  it("are its lineage, entry by entry, to the end; a reader goes on after the last that it saw", async () => {
    const ceremony = await opened();
    const whole = follow(ceremony, READER).then((answer) => readEvents(answer));
    const broken = await follow(ceremony, READER).then((answer) => readEvents(answer, (seen) => seen.length > 0));
    const startedMs = Date.now();
    await attest(ceremony);
    const events = await whole;
    expect(Date.now() - startedMs).toBeLessThan(20_000);
    const { lineage } = await made.agent.json<{ lineage: readonly LinkedEntry[] }>(
      `/v1/ceremonies/${ceremony}/lineage`,
    );
    expect(entriesIn(events)).toEqual(lineage.slice(0, entriesIn(events).length));
    expect(entriesIn(events).map(({ kind }) => kind)).toContain("outcome");
    expect(firstBrokenLink(entriesIn(events))).toBeNull();
    expect(events.filter(({ event }) => event === "message").map(({ id }) => id)).toEqual(
      entriesIn(events).map(({ hash }) => hash),
    );
    expect(events.at(-1)?.event).toBe("end");
    const last = broken.at(-1)?.id ?? "";
    const rest = await follow(ceremony, READER, { "last-event-id": last }).then((answer) => readEvents(answer));
    expect([...entriesIn(broken), ...entriesIn(rest)].map(({ hash }) => hash)).toEqual(lineage.map(({ hash }) => hash));
    const again = await follow(ceremony, READER, { "last-event-id": lineage.at(-1)?.hash ?? "" });
    expect(again.status).toBe(204);
    const odd = await follow(ceremony, READER, { "last-event-id": "0".repeat(64) });
    expect([odd.status, ((await odd.json()) as { code: string }).code]).toEqual([400, "QUERY_INVALID"]);
  });

  it("come at once", async () => {
    const ceremony = await opened();
    const answer = await follow(ceremony, READER);
    const reading = readEvents(answer, (seen) => seen.some(({ data }) => data.kind === "attestation"));
    await new Promise((resolve) => setTimeout(resolve, 500));
    const saidMs = Date.now();
    await attest(ceremony);
    await reading;
    expect(Date.now() - saidMs).toBeLessThan(2_000);
  });
});
