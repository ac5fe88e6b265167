// An eighteenth pattern, by document only: freight changes hands at a terminal, with condition and custody attested, and customs asked
// where the handoff crosses a customs line.
import type { PolicyDocument, RoleDocument } from "../../../shared/policy/policy.ts";

const speaker = (choices: readonly string[], more: Partial<RoleDocument> = {}): RoleDocument => ({
  least: 1,
  most: 1,
  closes: true,
  contributes: true,
  gives: ["choice"],
  choices,
  slots: "one",
  delegated: false,
  ...more,
});

export const FREIGHT: PolicyDocument = {
  format: 1,
  id: "freight",
  title: "Intermodal freight handoff",
  engine: 1,
  parties: { least: 3 },
  roles: {
    source: speaker(["released", "decline"], {
      attests: { schema: null, where: "content.subject == subject.consignment" },
    }),
    target: speaker(["taken", "decline"], {
      attests: { schema: null, where: "content.subject == subject.consignment" },
    }),
    terminal: speaker(["sound", "damaged"], {
      attests: {
        schema: {
          type: "object",
          required: ["seal", "kilograms"],
          properties: {
            seal: { type: "string", minLength: 3 },
            kilograms: { type: "integer", minimum: 1 },
            remarks: { type: "array", items: { type: "string" }, maxItems: 4 },
          },
          additionalProperties: false,
        },
        where: "content.attestation.seal.matches('^[A-Z]{2}[0-9]{4}$')",
      },
    }),
    customs: speaker(["clear", "hold"], { when: "subject.crosses" }),
  },
  faults: { num: 33, den: 100 },
  equivocation: "void",
  timing: {
    window: 86_400_000_000,
    expiry: 3_600_000_000,
    tolerance: 120_000_000,
    early: true,
    settleMargin: 400_000,
    witnessTimeout: 2_000_000,
    attemptTimeout: 2_000_000,
    statusInterval: 2_000_000,
  },
  sealed: false,
  rounds: { most: 1, silent: "carry", until: "decided", step: 0, unrevealed: "exclude" },
  vetoes: [{ name: "embargoed goods", when: "'goods' in subject && subject.goods.exists(g, g == 'ivory')" }],
  outcome: {
    function: "requirements",
    require: [
      { role: "source", choice: "released", threshold: 1 },
      { role: "target", choice: "taken", threshold: 1 },
      { role: "terminal", choice: "sound", threshold: 1 },
      { role: "customs", choice: "clear", threshold: 1 },
    ],
    grants: "handed over",
    refusal: "decline",
    otherwise: null,
  },
  shortfall: [],
  standalone: true,
};
