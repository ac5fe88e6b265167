// Files that came before the one they follow: remembered for each mesh of a gateway, until they came, and no more than so many of one.
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
