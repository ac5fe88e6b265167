// Secrets of webhooks that were made or changed while the agent runs. On disk they are sealed under a key that follows from the agent's
// signing key, so that a copy of the storage tells none. A secret that is replaced stays good until its overlap ends; then it accepts
// nothing, and is known only so that a late sender can be told what is wrong.
import { toBase64, toHex } from "../shared/bytes.ts";
import { signerFrom } from "../shared/cose/key.ts";
import type { Signer } from "../shared/cose/sign1.ts";
import { type Box, derived, seal, unseal } from "./sealing.ts";

/** Newest first. */
export type SecretsOf = { readonly secrets: readonly string[]; readonly retired: readonly string[] };

/** `names` are those of the deployment's secrets that it replaces. */
export type SealedSecret = Box & { readonly owner: string; readonly names: readonly string[] };

/** In force together; each one costs a verification of every hostile request. */
const IN_FORCE_MAX = 4;
const RETIRED_MAX = 4;
const PURPOSE = "quorate/hook-secrets/1";

const TABLES = [
  "CREATE TABLE IF NOT EXISTS secrets (n INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, iv BLOB NOT NULL, sealed BLOB NOT NULL, since INTEGER NOT NULL, until INTEGER)",
  "CREATE INDEX IF NOT EXISTS secrets_by_owner ON secrets (owner, n)",
  // Until when secrets of the deployment hold that were replaced here; one that is deployed later is in force as any new one is.
  "CREATE TABLE IF NOT EXISTS replaced (owner TEXT NOT NULL, name TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (owner, name))",
];

type Row = { readonly iv: ArrayBuffer; readonly sealed: ArrayBuffer; readonly until: number | null };

export class HookSecrets {
  readonly #sql: SqlStorage;
  readonly #signingKey: string;

  constructor(sql: SqlStorage, signingKey: string) {
    this.#sql = sql;
    this.#signingKey = signingKey;
    for (const table of TABLES) sql.exec(table);
  }

  /** A secret ready to be put in force, which is then one step with whatever it is for: a crash leaves both or neither. */
  async sealed(owner: string, secret: string, configured: readonly string[]): Promise<SealedSecret> {
    const names = await this.#names(configured);
    return { owner, names, ...(await seal(this.#signingKey, PURPOSE, owner, new TextEncoder().encode(secret))) };
  }

  /** Puts a secret in force; those before it, which the deployment configured among them, hold for `overlapMs` more. */
  put({ owner, names, iv, sealed }: SealedSecret, nowMs: number, overlapMs: number): void {
    const until = nowMs + overlapMs;
    this.#sql.exec("UPDATE secrets SET until = ?1 WHERE owner = ?2 AND (until IS NULL OR until > ?1)", until, owner);
    for (const name of names) this.#sql.exec("INSERT OR IGNORE INTO replaced VALUES (?, ?, ?)", owner, name, until);
    this.#sql.exec("INSERT INTO secrets (owner, iv, sealed, since) VALUES (?, ?, ?, ?)", ...[owner, iv, sealed, nowMs]);
    this.#sql.exec(
      "DELETE FROM secrets WHERE owner = ?1 AND n NOT IN (SELECT n FROM secrets WHERE owner = ?1 ORDER BY n DESC LIMIT ?2)",
      ...[owner, IN_FORCE_MAX + RETIRED_MAX],
    );
  }

  /** Whether any secret that was put in force here still is. */
  holds(owner: string, nowMs: number): boolean {
    const rows = this.#sql.exec(
      "SELECT 1 FROM secrets WHERE owner = ? AND (until IS NULL OR until > ?) LIMIT 1",
      owner,
      nowMs,
    );
    return rows.toArray().length > 0;
  }

  /** What is in force of an owner, with what its deployment configures, and what no longer is. */
  async of(owner: string, configured: readonly string[], nowMs: number): Promise<SecretsOf> {
    const rows = this.#sql
      .exec<Row>("SELECT iv, sealed, until FROM secrets WHERE owner = ? ORDER BY n DESC", owner)
      .toArray();
    const names = await this.#names(configured);
    const ends = new Map(
      this.#sql
        .exec<{ name: string; until: number }>("SELECT name, until FROM replaced WHERE owner = ?", owner)
        .toArray()
        .map(({ name, until }) => [name, until]),
    );
    const opened = await Promise.all(
      rows.map(async (row) => ({ secret: await this.#open(owner, row), until: row.until })),
    );
    const deployed = configured.map((secret, index) => ({ secret, until: ends.get(names[index] as string) ?? null }));
    const all = [...opened, ...deployed];
    const inForce = all.filter(({ until }) => until === null || until > nowMs).map(({ secret }) => secret);
    const retired = all.filter(({ until }) => until !== null && until <= nowMs).map(({ secret }) => secret);
    return { secrets: inForce.slice(0, IN_FORCE_MAX), retired: retired.slice(0, RETIRED_MAX) };
  }

  forget(owner: string): void {
    this.#sql.exec("DELETE FROM secrets WHERE owner = ?", owner);
    this.#sql.exec("DELETE FROM replaced WHERE owner = ?", owner);
  }

  /** Names that tell secrets apart, and tell nothing of them to whoever lacks the agent's key. */
  async #names(secrets: readonly string[]): Promise<readonly string[]> {
    if (secrets.length === 0) return [];
    const bits = await derived(this.#signingKey, "quorate/hook-secret-names/1");
    const key = await crypto.subtle.importKey("raw", bits, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const signed = secrets.map((secret) => crypto.subtle.sign("HMAC", key, new TextEncoder().encode(secret)));
    return (await Promise.all(signed)).map((mac) => toHex(new Uint8Array(mac)));
  }

  async #open(owner: string, { iv, sealed }: Row): Promise<string> {
    const box = { iv: new Uint8Array(iv), sealed: new Uint8Array(sealed) };
    return new TextDecoder().decode(await unseal(this.#signingKey, PURPOSE, owner, box));
  }
}

/** Signs webhooks (v1a). A key of its own, so that nothing signed for a webhook could serve as a statement of the party. */
export async function webhookSigner(signingKey: string): Promise<Signer> {
  return signerFrom(new Uint8Array(await derived(signingKey, "quorate/webhooks/1")));
}

/** The public key that receivers verify v1a with, as Standard Webhooks spells it. */
export function publicKeyText({ key }: Signer): string {
  return `whpk_${toBase64(key)}`;
}

/** A new secret of 32 bytes, as Standard Webhooks spells it. */
export function newSecret(): string {
  return `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(32)))}`;
}
