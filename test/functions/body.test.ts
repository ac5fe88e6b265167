// Bodies: at most so large, in at most so long, whatever the sender says of them.
import { describe, expect, it } from "vitest";
import { readBytes } from "../../functions/http/body.ts";

function request(
  parts: readonly Uint8Array<ArrayBuffer>[],
  ends: boolean,
  declared?: number,
): { request: Request; cancelled: () => boolean } {
  let cancelled = false;
  const waiting = [...parts];
  const body = new ReadableStream({
    type: "bytes",
    pull(controller) {
      const part = waiting.shift();
      if (part !== undefined) controller.enqueue(part);
      else if (ends) {
        controller.close();
        (controller as ReadableByteStreamController).byobRequest?.respond(0);
      } else return new Promise(() => undefined);
    },
    cancel() {
      cancelled = true;
    },
  });
  const headers: Record<string, string> = declared === undefined ? {} : { "content-length": String(declared) };
  const init = { method: "POST", body, headers, duplex: "half" };
  return { request: new Request("http://agent/x", init as RequestInit), cancelled: () => cancelled };
}

const bytes = (length: number) => new Uint8Array(length);

async function codeOf(sent: Request, limit = 100, withinMs = 5_000): Promise<string> {
  const read = await readBytes(sent, limit, withinMs);
  return read.ok ? `${read.value.length}` : read.fault.code;
}

describe("a body", () => {
  it("is read whole up to its limit, in any number of parts", async () => {
    expect(await codeOf(request([], true).request)).toBe("0");
    expect(await codeOf(request([bytes(60), bytes(40)], true, 100).request)).toBe("100");
    expect(await codeOf(new Request("http://agent/x", { method: "POST" }))).toBe("0");
  });

  it("is refused past its limit, declared or not, before the rest is read", async () => {
    expect(await codeOf(request([bytes(1)], true, 101).request)).toBe("BODY_TOO_LARGE");
    const endless = request([bytes(60), bytes(41)], false);
    expect(await codeOf(endless.request)).toBe("BODY_TOO_LARGE");
    expect(endless.cancelled()).toBe(true);
  });

  it("is refused when it ends too soon", async () => {
    expect(await codeOf(request([bytes(3)], true, 100).request)).toBe("BODY_TRUNCATED");
    expect(await codeOf(request([], true, 1).request)).toBe("BODY_TRUNCATED");
  });

  it("is refused when it stops coming, and let go of", async () => {
    const half = request([bytes(3)], false, 100);
    expect(await codeOf(half.request, 100, 30)).toBe("BODY_SLOW");
    expect(half.cancelled()).toBe(true);
  });
});
