// Statements of ceremonies whose call nobody here knows: they wait, but not without bound, not for ever, and in no list.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Party } from "../../cli/stack/party.ts";
import { Ceremony } from "../../durable/ceremony-object.ts";
import { Directory } from "../../durable/directory-object.ts";
import type { AgentEnv } from "../../durable/env.ts";
import type { Receipt } from "../../shared/ceremony/effect.ts";
import { WAITING_MAX } from "../../shared/limits.ts";
import { agentVariables } from "../support/agent-env.ts";
import { contributionFrame } from "../support/frames.ts";
import { testParties } from "../support/parties.ts";
import { sqliteStorage } from "../support/sqlite-storage.ts";

const parties = testParties(3);
const [acme, bolt, crux] = parties as readonly [Party, Party, Party];
const idOf = (n: number) => n.toString(16).padStart(64, "0");

let directory: Directory;
let env: AgentEnv;
let recall: () => Promise<readonly Uint8Array[]>;

beforeEach(() => {
  directory = new Directory({ storage: sqliteStorage() } as unknown as DurableObjectState, {});
  recall = async () => [];
  const link = { recall: () => recall(), send: async () => ({ stored: 1, refused: [] }) };
  const named = { LINK: { getByName: () => link }, DIRECTORY: { getByName: () => directory } };
  env = { ...agentVariables(acme, parties), ...named } as unknown as AgentEnv;
});

type Opened = { readonly object: Ceremony; readonly storage: DurableObjectStorage };

function openObject(name: string): Opened {
  const storage = sqliteStorage();
  const context = {
    storage,
    id: { name },
    blockConcurrencyWhile: (work: () => Promise<void>) => work(),
    waitUntil: () => undefined,
  };
  return { object: new Ceremony(context as unknown as DurableObjectState, env), storage };
}

const tables = ({ storage }: Opened) =>
  storage.sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").toArray();

async function say(opened: Opened, party: Party, ceremony: string): Promise<string | null> {
  const [receipt] = (await opened.object.submit([contributionFrame(party, ceremony, 1)])) as Receipt[];
  return receipt?.code ?? null;
}

describe("an unknown ceremony", () => {
  it("leaves no trace where it was only asked for", async () => {
    const opened = openObject(idOf(1));
    expect((await opened.object.view()).policy).toBeNull();
    expect(await opened.object.lineage()).toEqual([]);
    expect(await opened.object.evidence()).toBeNull();
    expect(tables(opened)).toEqual([]);
  });

  it("finds room while its speaker has fewer than the quota waiting, and other speakers keep theirs", async () => {
    for (let n = 0; n < WAITING_MAX; n++)
      expect(await say(openObject(idOf(n)), bolt, idOf(n))).toBe("CEREMONY_UNKNOWN");
    const crowded = openObject(idOf(500));
    expect(await say(crowded, bolt, idOf(500))).toBe("CEREMONIES_WAITING");
    expect(tables(crowded)).toEqual([]);
    expect(await say(openObject(idOf(501)), crux, idOf(501))).toBe("CEREMONY_UNKNOWN");
    expect(await directory.list(200)).toEqual([]);
  });

  it("pays for its place once, however much is said of it", async () => {
    const opened = openObject(idOf(7));
    for (let times = 0; times < 2; times++) expect(await say(opened, bolt, idOf(7))).toBe("CEREMONY_UNKNOWN");
    expect(await say(opened, bolt, idOf(7))).toBe("EQUIVOCATION_FLOOD"); // two statements of a slot wait, no third
    for (let n = 100; n < 100 + WAITING_MAX - 1; n++)
      expect(await say(openObject(idOf(n)), bolt, idOf(n))).toBe("CEREMONY_UNKNOWN");
    expect(await say(openObject(idOf(400)), bolt, idOf(400))).toBe("CEREMONIES_WAITING");
  });

  it("takes no place while the agent cannot tell whether it has a past there", async () => {
    recall = async () => Promise.reject(new Error("not connected"));
    for (let n = 0; n < WAITING_MAX + 5; n++)
      expect(await say(openObject(idOf(n)), bolt, idOf(n))).toBe("PAST_UNKNOWN");
    recall = async () => [];
    expect(await say(openObject(idOf(1)), bolt, idOf(1))).toBe("CEREMONY_UNKNOWN");
  });

  it("is forgotten with all its rows when the asking ends, and its place is free again", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
    const opened = openObject(idOf(9));
    expect(await say(opened, bolt, idOf(9))).toBe("CEREMONY_UNKNOWN");
    expect(tables(opened).length).toBeGreaterThan(0);
    for (let wakes = 0; wakes < 100 && tables(opened).length > 0; wakes++) {
      vi.setSystemTime((await opened.storage.getAlarm()) ?? Date.now() + 60_000);
      await opened.object.alarm();
    }
    expect(tables(opened)).toEqual([]);
    expect(Date.now() - 1_800_000_000_000).toBeLessThan(600_000);
    for (let n = 100; n < 100 + WAITING_MAX; n++)
      expect(await directory.wait(idOf(n), ["bolt"], Date.now())).toBe(true);
    expect(await directory.wait(idOf(200), ["bolt"], Date.now())).toBe(false);
    vi.useRealTimers();
  });
});
