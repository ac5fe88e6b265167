// Whoever hands in a burst, as light as can be. Bidders have computers of their own; what they do here takes the processor from what is measured, so
// that bodies are written before, answers are read behind, and in between there is nothing but Node's own HTTP.
import { Agent, request } from "node:http";

export type Target = { readonly url: string; readonly headers: Readonly<Record<string, string>> };
export type Reply = { readonly status: number; readonly text: string };

type Raw = { readonly status: number; readonly parts: readonly Buffer[] };

/** Posts bodies to the targets, to each so many at a time, over connections that are kept. Replies come in any order. */
export async function postAll(
  targets: readonly Target[],
  bodies: readonly Uint8Array[],
  atOnce: number,
): Promise<readonly Reply[]> {
  const agent = new Agent({ keepAlive: true });
  const left = [...bodies];
  const replies: Raw[] = [];
  const lane = async (target: Target) => {
    for (let body = left.shift(); body !== undefined; body = left.shift()) {
      const postOnce = () => post(target, body as Uint8Array, agent);
      // A server that is busy may take a connection for idle, and close it under the request: a second time nothing is taken twice.
      replies.push(await postOnce().catch(postOnce));
    }
  };
  try {
    await Promise.all(targets.flatMap((target) => Array.from({ length: atOnce }, () => lane(target))));
  } finally {
    agent.destroy();
  }
  return replies.map(({ status, parts }) => ({ status, text: Buffer.concat(parts).toString() }));
}

function post({ url, headers }: Target, body: Uint8Array, agent: Agent): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const options = { method: "POST", agent, headers: { ...headers, "content-length": body.length } };
    const posted = request(url, options, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, parts }));
      response.on("error", reject);
    });
    posted.on("error", reject);
    posted.end(body);
  });
}
