// A Durable Object's storage over node:sqlite, for objects whose code is all SQL: the same statements, without a server.
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

export function sqliteStorage(): DurableObjectStorage {
  const database = new DatabaseSync(":memory:");
  const sql = {
    exec(query: string, ...parameters: SQLInputValue[]) {
      const rows = database.prepare(query).all(...parameters);
      return { toArray: () => rows, one: () => rows[0] };
    },
  };
  return { sql, transactionSync: <T>(work: () => T) => work() } as unknown as DurableObjectStorage;
}
