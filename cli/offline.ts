// `--offline`: enforced where sockets are opened, not asked of each command. Whoever tries to reach or to offer anything is refused at
// once, and the attempt is remembered, so that a library that swallows the error does not hide it.
import dgram from "node:dgram";
import net from "node:net";

export type Guard = {
  /** The first address that was tried; null while none was. */
  readonly attempt: () => string | null;
  readonly lift: () => void;
};

/** Refuses an address while offline. */
let refuseNow: ((address: string) => never) | null = null;

/** Asked before a program is started that would reach out by itself, where no guard of ours holds it. */
export function reachOut(address: string): void {
  refuseNow?.(address);
}

export function goOffline(): Guard {
  let first: string | null = null;
  const refuseAt = (address: string): never => {
    first ??= address;
    throw new Error(`offline: ${first}`);
  };
  const refuse = (...words: readonly unknown[]): never => refuseAt(addressIn(words));
  refuseNow = refuseAt;
  const doors = [
    [net.Socket.prototype, "connect"],
    [net.Server.prototype, "listen"],
    [dgram.Socket.prototype, "bind"],
    [dgram.Socket.prototype, "connect"],
    [dgram.Socket.prototype, "send"],
  ] as const;
  const opened = doors.map(([owner, name]) => {
    const own = Object.getOwnPropertyDescriptor(owner, name) as PropertyDescriptor;
    Object.defineProperty(owner, name, { ...own, value: refuse });
    return () => Object.defineProperty(owner, name, own);
  });
  return {
    attempt: () => first,
    lift: () => {
      refuseNow = null;
      for (const reopen of opened) reopen();
    },
  };
}

/** The address among what a socket was given: Node hands it over as options, as a list that holds them, or as words. */
function addressIn(words: readonly unknown[]): string {
  const [given] = words.flat() as readonly unknown[];
  if (typeof given !== "object" || given === null) return words.filter((word) => typeof word !== "function").join(" ");
  const { host, port, path } = given as {
    readonly host?: string;
    readonly port?: number | string;
    readonly path?: string;
  };
  return path ?? `${host ?? "localhost"}:${port ?? "?"}`;
}
