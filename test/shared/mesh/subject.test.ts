// The subject grammar: what is built parses back, and nothing outside the grammar is read or built.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildJournalSubject,
  buildOutboundSubject,
  buildTopic,
  isToken,
  parseInboundSubject,
} from "../../../shared/mesh/subject.ts";

const ALPHABET = "ABCXYZabcxyz0189_-";
const token = fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 1, maxLength: 64 });

describe("subject grammar", () => {
  it("reads back every subject it builds, with the account that the server stamped", () => {
    fc.assert(
      fc.property(token, token, token, token, (peer, account, mesh, ceremony) => {
        const topic = buildTopic(mesh, ceremony);
        if (!topic.ok) throw new Error("a topic of tokens must build");
        const outbound = buildOutboundSubject(peer, topic.value);
        expect(outbound).toEqual({ ok: true, value: `to.${peer}.${mesh}.${ceremony}` });
        const landed = `inbox.${account}.${topic.value}`;
        expect(parseInboundSubject(landed)).toEqual({
          ok: true,
          value: { account, topic: topic.value, mesh, ceremony },
        });
      }),
    );
  });

  it("never builds a subject with more or fewer than four tokens, whatever the input", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (peer, topic) => {
        const built = buildOutboundSubject(peer, topic);
        if (built.ok) expect(built.value.split(".").every(isToken) && built.value.split(".").length === 4).toBe(true);
        else expect(built.fault.code).toBe("SUBJECT_MALFORMED");
      }),
    );
  });

  it.each([
    "",
    "inbox",
    "inbox.ALPHA",
    "inbox.ALPHA.mesh",
    "inbox.ALPHA.mesh.ab.cd",
    "inbox..mesh.ab",
    "inbox.*.mesh.ab",
    "inbox.ALPHA.>.ab",
    "inbox.AL PHA.mesh.ab",
    "outbox.ALPHA.mesh.ab",
    `inbox.ALPHA.mesh.${"a".repeat(65)}`,
    "inbox.ÁLPHA.mesh.ab",
    "inbox.ALPHA.mesh.ab\n",
  ])("refuses %j", (subject) => {
    expect(parseInboundSubject(subject)).toMatchObject({ ok: false, fault: { code: "SUBJECT_MALFORMED" } });
  });

  it.each([
    ["mesh", "a.b"],
    ["", "ab"],
    ["mesh", "*"],
    [">", "ab"],
  ])("builds no topic from %j and %j", (mesh, ceremony) => {
    expect(buildTopic(mesh, ceremony).ok).toBe(false);
  });

  it("names a place of the journal, and nothing that reaches another party", () => {
    expect(buildJournalSubject("mesh.00ff", 7)).toEqual({ ok: true, value: "own.mesh.00ff.7" });
    expect(buildJournalSubject("mesh.00ff", null)).toEqual({ ok: true, value: "own.mesh.00ff.*" });
    for (const topic of ["mesh", "mesh.>", "mesh.00ff.8", "me sh.00ff", "*.00ff"])
      expect(buildJournalSubject(topic, 7).ok).toBe(false);
  });

  it("quotes only the beginning of a hostile subject", () => {
    const refused = parseInboundSubject("x".repeat(100_000));
    expect(!refused.ok && String(refused.fault.detail.found).length).toBe(200);
  });
});
