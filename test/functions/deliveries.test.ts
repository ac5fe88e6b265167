// The memory of deliveries: one opens at most one ceremony, for as long as it could be sent again.
import { describe, expect, it } from "vitest";
import { HookRequests, type RequestRecord } from "../../durable/hook-requests.ts";
import { sqliteStorage } from "../support/sqlite-storage.ts";

const DAY_MS = 86_400_000;
const START_MS = 1_800_000_000_000;

function rows(): HookRequests {
  return new HookRequests(sqliteStorage().sql);
}

function opened(source: string, ceremony: string): RequestRecord {
  const told = { event: "e", delivery: "d", bytes: 2, digest: "sha256:x", code: null, why: null, replayOf: null };
  return { source, atMs: START_MS, tookMs: 1, status: "opened", ceremony, ...told };
}

describe("a claimed delivery", () => {
  it("keeps its first instant until it has opened, so that a repeated attempt writes the same call", () => {
    const list = rows();
    expect(list.claim("gh", "k", START_MS, true)).toEqual({ openedAtMs: START_MS, ceremony: null });
    expect(list.claim("gh", "k", START_MS + 9, true)).toEqual({ openedAtMs: START_MS, ceremony: null });
    list.settle(opened("gh", "c1"), "k", null, null);
    expect(list.claim("gh", "k", START_MS + 99, true)).toEqual({ openedAtMs: START_MS, ceremony: "c1" });
    expect(list.claim("other", "k", START_MS, true).ceremony).toBeNull();
  });

  it("is remembered for ever where no time is signed, since it stays good for ever", () => {
    const list = rows();
    list.claim("gh", "sha256:body", START_MS, false);
    list.settle(opened("gh", "c1"), "sha256:body", null, null);
    for (const days of [1, 29, 31, 4_000])
      expect(list.claim("gh", "sha256:body", START_MS + days * DAY_MS, false).ceremony).toBe("c1");
  });

  it("is forgotten after 30 days where its time is signed", () => {
    const list = rows();
    list.claim("std", "id:a", START_MS, true);
    list.settle(opened("std", "c1"), "id:a", null, null);
    expect(list.claim("std", "id:a", START_MS + 30 * DAY_MS, true).ceremony).toBe("c1");
    expect(list.claim("std", "id:a", START_MS + 31 * DAY_MS, true).ceremony).toBeNull();
  });
});
