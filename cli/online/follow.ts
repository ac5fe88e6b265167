// Following a ceremony at an agent: asked again and again, with what is known already, and through a connection that is lost, a stated number of times.
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { type Agent, askAgent, documentIn } from "../agent-client.ts";
import { type Call, refused } from "../registry.ts";
import { Bell } from "./bell.ts";
import { persistently } from "./persist.ts";
import { progressText } from "./show.ts";

export type Following = {
  readonly until: (view: CeremonyView) => boolean;
  /** Null for ever. */
  readonly timeoutMs: number | null;
  /** Told each time that what the agent shows has changed. */
  readonly onChange?: (view: CeremonyView) => void;
};

const POLL_MS = 250;
const POLL_MAX_MS = 1_500;
/** While the agent tells of changes by itself, it is asked so often all the same. */
const LISTENING_MS = 5_000;

/** What the agent shows in the end: what was waited for, or how it stood when the time was over. Progress goes to stderr. */
export async function follow(call: Call, agent: Agent, ceremony: string, following: Following): Promise<CeremonyView> {
  const end = following.timeoutMs === null ? Number.POSITIVE_INFINITY : Date.now() + following.timeoutMs;
  const bell = new Bell(agent, ceremony);
  let pauseMs = POLL_MS;
  let seen: Seen | null = null;
  try {
    for (;;) {
      const answer = await persistently(call, agent, () => asked(agent, ceremony, seen?.tag ?? ""));
      if (answer !== null && answer.tag !== seen?.tag) {
        seen = answer;
        pauseMs = POLL_MS;
        following.onChange?.(answer.view);
      } else pauseMs = Math.min(POLL_MAX_MS, pauseMs * 1.5);
      if (seen === null) throw refused("NOT_FOUND", { thing: "such ceremony" });
      call.show?.(progressText(seen.view));
      if (following.until(seen.view) || Date.now() >= end) return seen.view;
      await bell.pause(Math.max(0, Math.min(bell.isListening ? LISTENING_MS : pauseMs, end - Date.now())));
    }
  } finally {
    bell.stop();
  }
}

type Seen = { readonly view: CeremonyView; readonly tag: string };

/** Null where nothing has changed. */
async function asked(agent: Agent, ceremony: string, tag: string): Promise<Seen | null> {
  const headers: Record<string, string> = tag.startsWith('"') ? { "if-none-match": tag } : {};
  const response = await askAgent(agent, `/v1/ceremonies/${ceremony}`, { headers });
  if (response.status === 304) return null;
  const view = await documentIn<CeremonyView>(agent, response);
  return { view, tag: response.headers.get("etag") ?? JSON.stringify(view) };
}
