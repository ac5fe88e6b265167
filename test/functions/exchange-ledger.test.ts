// Files that came before the one they follow: remembered for each mesh of a gateway, until they came, and no more than so many of one. And files that
// were let out, however much they hold.
import { expect, it } from "vitest";
import { ExchangeLedger } from "../../durable/exchange-ledger.ts";
import { sqliteStorage } from "../support/sqlite-storage.ts";

it("remembers files that came early for each mesh of their gateway, up to a bound, and until they are taken", () => {
  const ledger = new ExchangeLedger(sqliteStorage().sql);
  const early = (mesh: string, sequence: number) => ledger.cameEarly({ gateway: "g", mesh, sequence, at: 1 });
  const numbers = (mesh: string) => ledger.early().flatMap((row) => (row.mesh === mesh ? [row.sequence] : []));
  for (const sequence of [3, 2, 5]) early("plant", sequence);
  early("depot", 3);
  expect([numbers("plant"), numbers("depot")]).toEqual([[2, 3, 5], [3]]);
  ledger.came({ gateway: "g", mesh: "plant", sequence: 3 });
  expect([numbers("plant"), numbers("depot")]).toEqual([[5], [3]]);
  for (let sequence = 1_000; sequence > 10; sequence--) early("plant", sequence);
  expect([numbers("plant").length, numbers("plant").slice(0, 2), numbers("depot")]).toEqual([256, [5, 11], [3]]);
});

it("remembers what a file of 50,000 statements held, past what one row takes, and reads what an earlier version kept", () => {
  const { sql } = sqliteStorage();
  const ledger = new ExchangeLedger(sql);
  const hex = (n: number) => n.toString(16).padStart(64, "0");
  const ids = Array.from({ length: 50_000 }, (_, n) => hex(n));
  const denied = ids.slice(0, 9_000).map((id) => ({ id, code: "EXPORT_LABEL" }));
  const lists = { ids, denied, prerequisites: [hex(7)], authority: [hex(8)] };
  ledger.release(hex(1), Uint8Array.of(1), lists);
  ledger.release(hex(2), Uint8Array.of(2), { ...lists, ids: ids.slice(3), denied: [] });
  expect(ledger.released(hex(1))).toEqual({ ...lists, frame: Uint8Array.of(1) });
  expect(ledger.released(hex(2))?.ids).toEqual(ids.slice(3));
  expect([ledger.isReleased(hex(2)), ledger.isReleased(hex(3))]).toEqual([true, false]);
  sql.exec(
    "INSERT INTO released VALUES (?, ?, ?)",
    hex(3),
    Uint8Array.of(3),
    '{"ids":[],"denied":[],"prerequisites":[]}',
  );
  expect(ledger.released(hex(3))).toMatchObject({ ids: [], authority: [] });
});
