// The library carries no types; these are the parts of it that the benchmark uses.
declare module "@orbitdb/core" {
  type Storage = object;
  type Identity = object;
  export function MemoryStorage(): Promise<Storage>;
  export function KeyStore(options: { storage: Storage }): Promise<object>;
  export function Identities(options: {
    keystore: object;
    storage: Storage;
  }): Promise<{ createIdentity(options: { id: string }): Promise<Identity> }>;
  export function Log(
    identity: Identity,
    options: { logId: string },
  ): Promise<{
    append(value: unknown): Promise<unknown>;
    joinEntry(entry: unknown): Promise<boolean>;
    all(): Promise<unknown[]>;
  }>;
}
