// Secrets of webhooks on disk: sealed under the agent's key, and each for its owner alone.
import { describe, expect, it } from "vitest";
import { HookSecrets, newSecret, publicKeyText, webhookSigner } from "../../durable/hook-secrets.ts";
import { sqliteStorage } from "../support/sqlite-storage.ts";

const KEY = "11".repeat(32);
const OTHER = "22".repeat(32);
const START_MS = 1_800_000_000_000;

async function put(
  secrets: HookSecrets,
  secret: string,
  configured: readonly string[],
  nowMs: number,
  overlapMs: number,
) {
  secrets.put(await secrets.sealed("gh", secret, configured), nowMs, overlapMs);
}

describe("a secret on disk", () => {
  it("is sealed: neither it nor one of the deployment's can be read there", async () => {
    const { sql } = sqliteStorage();
    const [made, deployed] = [newSecret(), "a secret of the deployment"];
    await put(new HookSecrets(sql, KEY), made, [deployed], START_MS, 0);
    const rows = ["secrets", "replaced"].flatMap((table) => sql.exec(`SELECT * FROM ${table}`).toArray());
    const disk = rows
      .map((row) =>
        Object.values(row)
          .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value)))
          .join("|"),
      )
      .join("\n");
    expect(rows.length).toBe(2);
    for (const secret of [made, made.slice(6), deployed, Buffer.from(made.slice(6), "base64").toString("latin1")])
      expect(disk).not.toContain(secret);
  });

  it("opens under the agent's own key, for its own owner", async () => {
    const { sql } = sqliteStorage();
    const made = newSecret();
    await put(new HookSecrets(sql, KEY), made, [], START_MS, 0);
    expect((await new HookSecrets(sql, KEY).of("gh", [], START_MS)).secrets).toEqual([made]);
    await expect(new HookSecrets(sql, OTHER).of("gh", [], START_MS)).rejects.toThrow();
    sql.exec("UPDATE secrets SET owner = 'std'");
    await expect(new HookSecrets(sql, KEY).of("std", [], START_MS)).rejects.toThrow();
  });
});

describe("a rotation", () => {
  it("retires what was in force at its overlap's end, to the millisecond", async () => {
    const { sql } = sqliteStorage();
    const secrets = new HookSecrets(sql, KEY);
    await put(secrets, "one", ["deployed"], START_MS, 0);
    await put(secrets, "two", ["deployed"], START_MS + 5, 1_000);
    expect(await secrets.of("gh", ["deployed"], START_MS + 1_004)).toEqual({
      secrets: ["two", "one"],
      retired: ["deployed"],
    });
    expect(await secrets.of("gh", ["deployed"], START_MS + 1_005)).toEqual({
      secrets: ["two"],
      retired: ["one", "deployed"],
    });
  });

  it("does not touch what is deployed afterwards", async () => {
    const { sql } = sqliteStorage();
    const secrets = new HookSecrets(sql, KEY);
    await put(secrets, "made", ["old"], START_MS, 0);
    const { secrets: inForce, retired } = await secrets.of("gh", ["new", "old"], START_MS + 1);
    expect([inForce, retired]).toEqual([["made", "new"], ["old"]]);
  });

  it("keeps four in force and four to tell late senders by, however often it is done", async () => {
    const { sql } = sqliteStorage();
    const secrets = new HookSecrets(sql, KEY);
    for (let n = 0; n < 20; n++) await put(secrets, `s${n}`, [], START_MS + n, 60_000);
    expect((await secrets.of("gh", [], START_MS + 20)).secrets).toEqual(["s19", "s18", "s17", "s16"]);
    expect(sql.exec("SELECT * FROM secrets").toArray().length).toBe(8);
  });
});

describe("the key that webhooks are signed with", () => {
  it("follows from the agent's, and is another", async () => {
    const [one, again, other] = [await webhookSigner(KEY), await webhookSigner(KEY), await webhookSigner(OTHER)];
    expect(publicKeyText(one)).toBe(publicKeyText(again));
    expect(publicKeyText(one)).not.toBe(publicKeyText(other));
    expect(publicKeyText(one)).toMatch(/^whpk_[A-Za-z0-9+/]{43}=$/);
  });
});
