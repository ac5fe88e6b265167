// Reading server-sent events over fetch, as they come.
export type SentEvent = { readonly id: string | null; readonly event: string; readonly data: Record<string, unknown> };

/** Events until `enough` says so or the stream ends; comments count as events called ":". */
export async function readEvents(
  response: Response,
  enough: (seen: readonly SentEvent[]) => boolean = () => false,
): Promise<readonly SentEvent[]> {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  const seen: SentEvent[] = [];
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    text += done ? "" : decoder.decode(value, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    seen.push(...blocks.flatMap(parse));
    if (!done && !enough(seen)) continue;
    if (!done) await reader.cancel();
    return seen;
  }
}

function parse(block: string): readonly SentEvent[] {
  const fields = new Map(block.split("\n").map((line) => [line.split(":")[0], line.slice(line.indexOf(":") + 2)]));
  if (fields.has("")) return [{ id: null, event: ":", data: {} }];
  const data = fields.get("data");
  if (data === undefined) return [];
  return [{ id: fields.get("id") ?? null, event: fields.get("event") ?? "message", data: JSON.parse(data) }];
}
