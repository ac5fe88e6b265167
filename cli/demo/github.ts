// A real GitHub delivery: a published payload, signed over its raw bytes with the source's secret, as GitHub does it.
import { createHmac, randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import type { LocalAgent } from "../stack/agent.ts";

type Example = { readonly name: string; readonly examples: readonly unknown[] };

/** The first published payload of an event that an approval can gate. */
export function githubPayload(): { readonly event: string; readonly action: string; readonly body: string } {
  const published = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly Example[];
  for (const [event, action] of [
    ["deployment_protection_rule", "requested"],
    ["deployment_review", "requested"],
  ] as const) {
    const example = published
      .find(({ name }) => name === event)
      ?.examples.find((body) => (body as { action?: string }).action === action);
    if (example !== undefined) return { event, action, body: JSON.stringify(example) };
  }
  throw new Error("the package of published payloads holds no deployment to approve");
}

export async function deliver(
  agent: LocalAgent,
  source: string,
  secret: string,
): Promise<{ readonly status: number; readonly opened: string }> {
  const { event, body } = githubPayload();
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  const headers = {
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": `sha256=${signature}`,
  };
  const response = await fetch(new URL(`/hooks/${source}`, agent.url), { method: "POST", body, headers });
  const answer = (await response.json()) as { opened?: string; code?: string };
  if (answer.opened === undefined) throw new Error(`the delivery was refused: ${response.status} ${answer.code ?? ""}`);
  return { status: response.status, opened: answer.opened };
}
