// Documents that somebody has tampered with, and contributions that fit nothing: refused with a code, or decided, never a crash.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json } from "../../../shared/cbor/json.ts";
import { decidePlain } from "../../../shared/outcome/plain.ts";
import { PATTERNS } from "../../../shared/policy/catalogue.ts";
import { examinePolicy, pinPolicy } from "../../../shared/policy/decode.ts";
import { REFUSALS } from "../../../shared/refusals.ts";
import { change } from "../../support/documents.ts";
import { FREIGHT } from "./freight.ts";

const DOCUMENTS = [...PATTERNS, FREIGHT] as unknown as readonly Json[];

function pathsIn(value: Json, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([name, item]) => pathsIn(item as Json, [...path, name]))];
}

const scalars = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(
    "",
    "approve",
    "__proto__",
    "constructor",
    "content.choice == 'x'",
    "(((",
    "9007199254740993",
    "\ud800",
  ),
  fc.constant(null),
);
const values = fc.oneof(
  scalars,
  fc.array(scalars, { maxLength: 3 }),
  fc.dictionary(fc.constantFrom("do", "function", "num", "__proto__", "x"), scalars),
);
const tampered = fc.constantFrom(...DOCUMENTS).chain((document) => {
  const paths = pathsIn(document).filter(({ length }) => length > 0);
  const changes = fc.array(fc.tuple(fc.constantFrom(...paths), fc.option(values, { nil: undefined })), {
    minLength: 1,
    maxLength: 3,
  });
  return changes.map((list) =>
    list.reduce<Json>((doc, [path, value]) => safely(doc, path, value as Json | undefined), document),
  );
});

/** An earlier change may have taken the place away that a later one is for. */
function safely(document: Json, path: readonly string[], value: Json | undefined): Json {
  try {
    return change(document, path, value);
  } catch {
    return document;
  }
}

describe("a tampered policy", () => {
  it("is pinned, or refused with codes of the table and places to look at", () => {
    let refused = 0;
    fc.assert(
      fc.property(tampered, (document) => {
        const { found, findings } = examinePolicy(document);
        expect(pinPolicy(document).ok).toBe(found !== null && findings.length === 0);
        for (const { code, detail } of findings) {
          expect(Object.hasOwn(REFUSALS, code)).toBe(true);
          expect(typeof detail.path, code).toBe("string");
        }
        if (findings.length > 0) refused++;
      }),
      { numRuns: 1_500 },
    );
    expect(refused).toBeGreaterThan(500);
  });
});

describe("contributions that fit nothing", () => {
  const payloads = fc.dictionary(
    fc.constantFrom(
      "choice",
      "ranking",
      "approve",
      "bid",
      "value",
      "vector",
      "plan",
      "ack",
      "release",
      "accept",
      "attestation",
      "commit",
      "reveal",
      "subject",
      "count",
    ),
    values,
    { maxKeys: 3 },
  );
  const parties = ["ann", "ben", "cat", "dan"];

  it("are excluded or counted, and it ends with a decision or a code", () => {
    const entries = fc.array(fc.record({ party: fc.constantFrom(...parties), payload: payloads }), { maxLength: 6 });
    fc.assert(
      fc.property(
        fc.constantFrom(...DOCUMENTS),
        fc.array(entries, { minLength: 1, maxLength: 3 }),
        (document, rounds) => {
          const pinned = pinPolicy(document);
          const roles = Object.keys((document as { roles: object }).roles);
          const named = parties.map((id, index) => ({ id, role: roles[Math.min(index, roles.length - 1)] }));
          const subject = { consignment: "C-9", crosses: true };
          const decision = pinned.ok ? decidePlain(pinned.value.policy, { parties: named, rounds, subject }) : pinned;
          const code = decision.ok ? null : decision.fault.code;
          expect(code === null || Object.hasOwn(REFUSALS, code)).toBe(true);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
