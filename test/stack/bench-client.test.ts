// The client of the benchmark: every body is posted and answered once, also where a connection is closed under a request.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { postAll } from "../bench/client.ts";

let server: Server | null = null;
afterEach(() => server?.close());

/** Answers every request with its body, in upper case; hangs up on the ones whose numbers are named. */
async function serverThat(hangsUpOn: (request: number) => boolean): Promise<string> {
  let requests = 0;
  const started = createServer((asked, answer) => {
    requests += 1;
    if (hangsUpOn(requests)) {
      asked.socket.destroy();
      return;
    }
    const parts: Buffer[] = [];
    asked.on("data", (part: Buffer) => parts.push(part));
    asked.on("end", () => answer.end(Buffer.concat(parts).toString().toUpperCase()));
  });
  server = started;
  await new Promise<void>((resolve) => started.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/`;
}

const BODIES = ["a", "b", "c", "d", "e", "f"].map((text) => new TextEncoder().encode(text));

it("posts each body once more where its connection is closed under it", async () => {
  const url = await serverThat((request) => request === 3);
  const replies = await postAll([{ url, headers: {} }], BODIES, 2);
  expect(replies.map(({ status, text }) => `${status} ${text}`).sort()).toEqual(
    ["A", "B", "C", "D", "E", "F"].map((text) => `200 ${text}`),
  );
});

it("fails where that happens twice", async () => {
  const url = await serverThat(() => true);
  await expect(postAll([{ url, headers: {} }], BODIES, 1)).rejects.toThrow("socket hang up");
});
