// What people and programs ask of a ceremony once it is over, or while it runs: its view, its lineage and evidence over HTTP, and its pages in the
// console, as somebody who has logged in.
import type { LocalAgent } from "../../cli/stack/agent.ts";

/** How long the agent took for a path, in milliseconds, and what it answered. */
export type Look = { readonly path: string; readonly status: number; readonly bytes: number; readonly ms: number };

const API = ["", "/lineage", "/evidence"];
const PAGES = ["", "/live", "/live/counts"];

export async function lookAround(agent: LocalAgent, ceremony: string): Promise<readonly Look[]> {
  const cookie = await logIn(agent);
  const looks: Look[] = [];
  for (const path of API) looks.push(await look(agent, `/v1/ceremonies/${ceremony}${path}`, {}));
  for (const path of PAGES) looks.push(await look(agent, `/c/${ceremony}${path}`, { cookie }));
  return looks;
}

async function look(agent: LocalAgent, path: string, headers: Readonly<Record<string, string>>): Promise<Look> {
  const start = performance.now();
  const response = await agent.request(path, { headers, redirect: "manual" });
  const { byteLength: bytes } = await response.arrayBuffer();
  return { path, status: response.status, bytes, ms: Math.round(performance.now() - start) };
}

async function logIn(agent: LocalAgent): Promise<string> {
  const cookieIn = ({ headers }: Response) => (headers.get("set-cookie") ?? "").split(";")[0] as string;
  // What went before may have taken so long here that the connection was closed meanwhile.
  const ask = () => fetch(new URL("/login", agent.url));
  const form = await ask().catch(ask);
  const token = /name="form-token" value="([^"]+)"/.exec(await form.text())?.[1] ?? "";
  const body = new URLSearchParams({ key: agent.apiKey, "form-token": token });
  const headers = { cookie: cookieIn(form) };
  return cookieIn(await fetch(new URL("/login", agent.url), { method: "POST", headers, body, redirect: "manual" }));
}
