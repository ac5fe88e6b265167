// A bus that does what a test says, when it says so.
import type { Bus } from "../../durable/bus.ts";

type Publication = {
  readonly subject: string;
  readonly text: string;
  readonly msgId: string;
  settle(error?: Error): void;
};

/** A bus whose receipts come when the test says so. */
export function manualBus(): { readonly bus: Bus; readonly published: Publication[] } {
  const published: Publication[] = [];
  const bus: Bus = {
    publish: (subject, data, msgId) =>
      new Promise((resolve, reject) => {
        const settle = (error?: Error) => (error === undefined ? resolve() : reject(error));
        published.push({ subject, text: new TextDecoder().decode(data), msgId, settle });
      }),
    recall: async () => null,
    pull: async () => [],
    waiting: async () => 0,
    alive: async () => true,
    close: () => undefined,
  };
  return { bus, published };
}

export function status(text: string) {
  return { peer: "beta", topic: "mesh.00ff", key: "status", frame: new TextEncoder().encode(text), own: null };
}
