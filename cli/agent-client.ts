// Asking an agent over HTTP, for commands that take --url and --key.
import { type Fault, fault } from "../shared/result.ts";
import { required, usage } from "./files.ts";
import { type Call, EXIT, Refused } from "./registry.ts";

const EXITS: Readonly<Record<number, number>> = {
  202: EXIT.pending,
  401: EXIT.permission,
  403: EXIT.permission,
  404: EXIT.absent,
};

/** The JSON document that the agent at --url answers under `path`. */
export async function fetchFrom(call: Call, path: string): Promise<unknown> {
  const url = required(call, "url");
  if (!URL.canParse(path, url) || !/^https?:$/.test(new URL(path, url).protocol))
    throw usage(`--url takes http://… or https://…, not ${url}`);
  const key = typeof call.flags.key === "string" ? call.flags.key : (process.env.QUORATE_KEY ?? "");
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(new URL(path, url), { headers }).catch((error: Error) => {
    throw unreachable(url, reasonOf(error));
  });
  const document = parsed(await response.text().catch(() => ""));
  if (response.status === 200 && document !== undefined) return document;
  const { code, about } = (document ?? {}) as { code?: string; about?: Fault["detail"] };
  if (code === undefined) throw unreachable(url, `it answers ${response.status}, and not as an agent does`);
  throw new Refused(refusalFor(code, path, about), EXITS[response.status] ?? EXIT.no);
}

function refusalFor(code: string, path: string, about: Fault["detail"] = {}): Fault {
  if (code === "NEVER_ARRIVED" || code === "ID_AMBIGUOUS") return fault(code, about).fault;
  if (code === "PROVISIONAL" || code === "UNAUTHORISED") return fault(code).fault;
  return fault("NOT_FOUND", { thing: path }).fault;
}

function unreachable(url: string, reason: string): Refused {
  return new Refused(fault("UNREACHABLE", { url, reason }).fault, EXIT.unreachable);
}

/** `fetch` hides what happened in the error's cause. */
function reasonOf(error: Error): string {
  const cause = error.cause as { code?: string; message?: string; errors?: readonly Error[] } | undefined;
  return cause?.message || cause?.errors?.[0]?.message || cause?.code || error.message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
