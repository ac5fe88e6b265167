// Ports that nobody holds, from a wanted one on.
import { createServer, type Server } from "node:net";

const PORT_MAX = 65_535;

/** `count` free ports on this machine, all different: the first at `from` or as soon after it as one is free; any, where it is 0. */
export async function freePorts(count: number, from: number): Promise<readonly number[]> {
  if (from === 0) return anyPorts(count);
  const found: number[] = [];
  for (let port = from; found.length < count && port <= PORT_MAX; port += 1) if (await isFree(port)) found.push(port);
  if (found.length < count) throw new Error(`no ${count} ports are free from ${from} on`);
  return found;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** All are asked for before any is let go, so that no two are the same. */
async function anyPorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(servers.map(listen));
  } finally {
    for (const server of servers) server.close();
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") reject(new Error("no port was given"));
      else resolve(address.port);
    });
  });
}
