// The memory of deliveries: one opens at most one ceremony, for as long as it could be sent again.
import { describe, expect, it, vi } from "vitest";
import { Directory } from "../../durable/directory-object.ts";
import { sqliteStorage } from "../support/sqlite-storage.ts";

vi.mock("cloudflare:workers", () => ({
  DurableObject: class {
    ctx: unknown;
    constructor(ctx: unknown) {
      this.ctx = ctx;
    }
  },
}));

const DAY_MS = 86_400_000;
const START_MS = 1_800_000_000_000;

function directory(): Directory {
  return new Directory({ storage: sqliteStorage() } as unknown as DurableObjectState, {});
}

describe("a claimed delivery", () => {
  it("keeps its first instant until it has opened, so that a repeated attempt writes the same call", async () => {
    const list = directory();
    expect(await list.claim("gh", "k", START_MS, true)).toEqual({ openedAtMs: START_MS, ceremony: null });
    expect(await list.claim("gh", "k", START_MS + 9, true)).toEqual({ openedAtMs: START_MS, ceremony: null });
    await list.opened("gh", "k", "c1");
    expect(await list.claim("gh", "k", START_MS + 99, true)).toEqual({ openedAtMs: START_MS, ceremony: "c1" });
    expect((await list.claim("other", "k", START_MS, true)).ceremony).toBeNull();
  });

  it("is remembered for ever where no time is signed, since it stays good for ever", async () => {
    const list = directory();
    await list.claim("gh", "sha256:body", START_MS, false);
    await list.opened("gh", "sha256:body", "c1");
    for (const days of [1, 29, 31, 4_000])
      expect((await list.claim("gh", "sha256:body", START_MS + days * DAY_MS, false)).ceremony).toBe("c1");
  });

  it("is forgotten after 30 days where its time is signed", async () => {
    const list = directory();
    await list.claim("std", "id:a", START_MS, true);
    await list.opened("std", "id:a", "c1");
    expect((await list.claim("std", "id:a", START_MS + 30 * DAY_MS, true)).ceremony).toBe("c1");
    expect((await list.claim("std", "id:a", START_MS + 31 * DAY_MS, true)).ceremony).toBeNull();
  });
});
