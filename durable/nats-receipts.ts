// Receipts of streams. Each comes to a reply subject of its own, under one subscription; a client's own request would make a timer and an error
// object with a stack for each, of which a busy agent makes hundreds a second.

type Waiting = { readonly untilMs: number; readonly resolve: () => void; readonly reject: (error: Error) => void };

/** What is read of an answer: the status that a server gives where nobody takes the subject, or a stream's words. */
export type Answer = { readonly code: number; readonly json: () => unknown };

const NO_RESPONDERS = 503;

export class Receipts {
  readonly #withinMs: number;
  /** By token, oldest first: all wait for the same time. */
  readonly #waiting = new Map<string, Waiting>();
  #tokens = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  /** A token for the reply subject, and what resolves once the stream has confirmed; rejects where it refuses, or nothing comes in time. */
  next(): { readonly token: string; readonly receipt: Promise<void> } {
    const token = String(this.#tokens++);
    const receipt = new Promise<void>((resolve, reject) => {
      this.#waiting.set(token, { untilMs: Date.now() + this.#withinMs, resolve, reject });
    });
    this.#timer ??= setTimeout(() => this.#giveUp(), this.#withinMs);
    return { token, receipt };
  }

  take(token: string, answer: Answer): void {
    const waiting = this.#waiting.get(token);
    this.#waiting.delete(token);
    const refusal = refusalIn(answer);
    if (refusal === null) waiting?.resolve();
    else waiting?.reject(new Error(refusal));
  }

  /** The connection is over. */
  fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #giveUp(): void {
    this.#timer = null;
    const nowMs = Date.now();
    for (const [token, { untilMs, reject }] of this.#waiting) {
      if (untilMs > nowMs) {
        this.#timer = setTimeout(() => this.#giveUp(), untilMs - nowMs);
        return;
      }
      this.#waiting.delete(token);
      reject(new Error("no receipt in time"));
    }
  }
}

function refusalIn({ code, json }: Answer): string | null {
  if (code === NO_RESPONDERS) return "nobody takes that subject";
  try {
    const { stream, error } = json() as { stream?: string; error?: { description?: string } };
    if (error !== undefined) return error.description ?? "the stream refused the message";
    return stream ? null : "the answer is not a receipt of a stream";
  } catch {
    return "the answer is not a receipt of a stream";
  }
}
