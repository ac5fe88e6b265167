// A receiver of webhooks on this machine: keeps what came, and answers as it is told.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Arrived = { readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: string };
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Never ends: after the body more is sent, a piece at a time, for as long as anyone reads. */
  readonly endless?: boolean;
};

export type Receiver = {
  readonly url: string;
  readonly arrived: Arrived[];
  /** What is answered; by default 204. Null never answers. */
  answer: (arrived: Arrived) => Answer | null;
  readonly stop: () => Promise<void>;
};

function drip(response: ServerResponse, piece: string): void {
  response.write(piece);
  const timer = setInterval(() => response.write(piece), 20);
  response.once("close", () => clearInterval(timer));
}

export async function startReceiver(): Promise<Receiver> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const one = { url: request.url ?? "", headers: request.headers, body: Buffer.concat(parts).toString() };
      arrived.push(one);
      const answer = receiver.answer(one);
      if (answer === null) return;
      response.writeHead(answer.status, answer.headers);
      if (answer.endless !== true) response.end(answer.body);
      else drip(response, answer.body ?? "");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    answer: () => ({ status: 204 }),
    stop: () => {
      server.closeAllConnections();
      return new Promise<void>((done) => server.close(() => done()));
    },
  };
  return receiver;
}
