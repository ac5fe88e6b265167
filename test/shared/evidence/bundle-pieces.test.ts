// The file of a bundle is written piece by piece: together they are the document that writing it at once would give, whatever it holds.
import { describe, expect, it } from "vitest";
import { type BundleParts, bundlePieces, parseBundle, writeBundle } from "../../../shared/evidence/bundle.ts";
import { bundleOf, bytesOf, finishedApproval } from "../../support/evidence.ts";
import type { Agent } from "../../support/network.ts";

const utf8 = new TextEncoder();

function bundleIn(): BundleParts {
  const parsed = parseBundle(bytesOf(bundleOf(finishedApproval(3).agents[0] as Agent)));
  if (!parsed.ok) throw new Error(parsed.fault.code);
  return parsed.value;
}

describe("a bundle in pieces", () => {
  const whole = bundleIn();
  const [frame] = whole.frames;
  const refused = [{ hash: "0".repeat(64), code: 'A "quoted"\nCODE', frame: Uint8Array.of(1, 2) }];
  const cases: readonly (readonly [string, BundleParts])[] = [
    ["of a finished approval", whole],
    ["with something refused", { ...whole, refused }],
    ["with no frames, statements or lineage", { ...whole, frames: [], statements: [], lineage: [] }],
    [
      "with values inside values",
      { ...whole, outcome: { ...whole.outcome, value: new Map([["a", [1, [], new Map()]]]) } },
    ],
  ];
  it.each(cases)("%s is the same text", (_, bundle) => {
    expect([...bundlePieces(bundle)].join("")).toBe(JSON.stringify(writeBundle(bundle), null, 1));
  });

  it("reads each frame when its piece is asked for, and no more than once", () => {
    let read = 0;
    function* frames() {
      for (const one of [frame, frame, frame]) {
        read += 1;
        if (one !== undefined) yield one;
      }
    }
    const pieces = bundlePieces({ ...whole, frames: frames() });
    let text = "";
    while (read < 2) text += pieces.next().value ?? "";
    expect(text).not.toContain('"refused"');
    for (const piece of pieces) text += piece;
    expect(read).toBe(3);
    expect(parseBundle(utf8.encode(text))).toMatchObject({ ok: true });
  });
});
