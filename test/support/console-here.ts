// The console of an agent in this process: logged in, its pages asked for and its forms sent as a browser would; or served to a real one.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { AgentHere } from "./agent-here.ts";

export const KEY = "a key for the tests";

export type ConsoleHere = {
  readonly get: (path: string, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  readonly page: (path: string) => Promise<string>;
  /** Sends a form with its token; `token` stands in for it where a test forges one. */
  readonly send: (
    path: string,
    fields: Readonly<Record<string, string | File>>,
    token?: string | null,
  ) => Promise<Response>;
  /** What whoever copies the browser's cookies has. */
  readonly cookie: string;
};

const TOKEN = /name="form-token" value="([0-9a-f]+)"/;

export function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((line) => line.split(";")[0] as string)
    .join("; ");
}

const html = { accept: "text/html" };

/** What the login page answers to a key. `headers` are those of the browser, its cookie among them. */
export async function logIn(
  agent: AgentHere,
  key: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const form = await agent.request("/login", { headers: { ...html, ...headers } });
  const cookie = [headers.cookie, cookieOf(form)].filter((part) => part).join("; ");
  const body = new URLSearchParams({ key, "form-token": TOKEN.exec(await form.text())?.[1] ?? "" });
  return agent.request("/login", { method: "POST", headers: { ...html, ...headers, cookie }, body });
}

export async function consoleOf(agent: AgentHere, key = KEY): Promise<ConsoleHere> {
  return consoleWith(agent, { cookie: cookieOf(await logIn(agent, key)) });
}

/** The console of whoever these headers speak for. */
export async function consoleWith(agent: AgentHere, identity: Readonly<Record<string, string>>): Promise<ConsoleHere> {
  const first = await agent.request("/", { headers: { ...html, ...identity } });
  const own = TOKEN.exec(await first.text())?.[1] ?? "";
  const cookie = [identity.cookie, cookieOf(first)].filter((part) => part).join("; ");
  const get: ConsoleHere["get"] = async (path, headers = {}) =>
    agent.request(path, { headers: { ...html, ...identity, cookie, ...headers } });
  const page = async (path: string) => (await get(path)).text();
  const send: ConsoleHere["send"] = async (path, fields, token = own) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    if (token !== null) data.append("form-token", token);
    return agent.request(path, { method: "POST", headers: { ...html, ...identity, cookie }, body: data });
  };
  return { get, page, send, cookie };
}

export type Served = { readonly url: string; readonly stop: () => Promise<void> };

/** An agent of this process behind a real port. */
export async function serve(agent: AgentHere): Promise<Served> {
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const headers = new Headers(
      Object.entries(request.headers).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
    );
    const body = parts.length === 0 ? {} : { body: Buffer.concat(parts) };
    const url = `http://${request.headers.host}${request.url}`;
    const answer = await agent.request(url, { method: request.method ?? "GET", headers, ...body });
    response.writeHead(answer.status, {
      ...Object.fromEntries(answer.headers),
      "set-cookie": answer.headers.getSetCookie(),
    });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () =>
    new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}
