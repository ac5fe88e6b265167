// A road to the bus that takes time: every byte is held for so long, each way, and none overtakes another. What organisations have between them and
// a loopback has not.
import { connect, createServer, type Socket } from "node:net";
import type { Road } from "../../cli/stack/stack.ts";

/** Between its own address and that of `wsUrl`; `delayMs` each way. */
export async function slowRoad(wsUrl: string, delayMs: number): Promise<Road> {
  const { hostname, port } = new URL(wsUrl);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ host: hostname, port: Number(port) });
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.setNoDelay(true);
      from.on("data", (bytes) => setTimeout(() => to.write(bytes), delayMs));
      from.on("close", () => setTimeout(() => to.destroy(), delayMs));
      from.on("error", () => undefined);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  const stop = async () => {
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `ws://127.0.0.1:${address.port}`, stop };
}
