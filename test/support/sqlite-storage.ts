// A Durable Object's storage over node:sqlite, for objects whose code is all SQL: the same statements, without a server.
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

/** As in production: no value is longer, nor any row. */
const ROW_BYTES_MAX = 2_000_000;

function bytesOf(value: SQLInputValue): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  return ArrayBuffer.isView(value) ? value.byteLength : 0;
}

export function sqliteStorage(): DurableObjectStorage {
  const database = new DatabaseSync(":memory:");
  const sql = {
    exec(query: string, ...parameters: SQLInputValue[]) {
      if (parameters.reduce<number>((sum, value) => sum + bytesOf(value), 0) > ROW_BYTES_MAX)
        throw new Error("string or blob too big: SQLITE_TOOBIG");
      const rows = database.prepare(query).all(...parameters);
      return { toArray: () => rows, one: () => rows[0], [Symbol.iterator]: () => rows[Symbol.iterator]() };
    },
  };
  const names = () =>
    sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'").toArray();
  let alarmMs: number | null = null;
  const storage = {
    sql,
    transactionSync: <T>(work: () => T) => work(),
    getAlarm: async () => alarmMs,
    setAlarm: async (atMs: number) => {
      alarmMs = atMs;
    },
    deleteAlarm: async () => {
      alarmMs = null;
    },
    deleteAll: async () => {
      for (const { name } of names()) sql.exec(`DROP TABLE ${String(name)}`);
      alarmMs = null;
    },
  };
  return storage as unknown as DurableObjectStorage;
}
