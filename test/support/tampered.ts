// Evidence as a stranger may be given it: sound, tampered with, cut short, stale, or judged under the wrong trust. Each case says what every
// verifier must answer; made from two real ceremonies, with real keys.
import { issueStatement } from "../../shared/authority/statement.ts";
import { parseBase64, toBase64 } from "../../shared/bytes.ts";
import type { TrustStatement } from "../../shared/evidence/trust-statement.ts";
import { sha256Hex } from "../../shared/hash.ts";
import { parseObservation } from "../../shared/observation/decode.ts";
import { type BundleDocument, bundleOf, bytesOf, conditionedBundle, finishedApproval, trustIn } from "./evidence.ts";
import { type Agent, START } from "./network.ts";
import { MESH, testParties } from "./parties.ts";

export type EvidenceCase = {
  readonly name: string;
  readonly bundle: Uint8Array;
  readonly trust: TrustStatement;
  readonly verdict: "passed" | "failed" | "indeterminate";
  /** Of the first failing step; null where it passes. */
  readonly code: string | null;
};

type Answer = readonly [verdict: EvidenceCase["verdict"], code: string | null];
const PASSED: Answer = ["passed", null];
const failed = (code: string): Answer => ["failed", code];
const open = (code: string): Answer => ["indeterminate", code];

const parties = testParties(4);
const trust = trustIn(parties);
const idOf = (text: string) => text.repeat(64).slice(0, 64);

export function evidenceCases(): readonly EvidenceCase[] {
  const whole = bundleOf(finishedApproval(4).agents[0] as Agent);
  const contested = bundleOf(finishedApproval(4, ["dune"]).agents[1] as Agent);
  const conditioned = conditionedBundle();
  const of = (name: string, [verdict, code]: Answer, document: unknown, under = trust): EvidenceCase => ({
    name,
    bundle: document instanceof Uint8Array ? document : bytesOf(document),
    trust: under,
    verdict,
    code,
  });
  return [
    of("a unanimous close", PASSED, whole),
    of("a contested close", PASSED, contested),
    of("a policy with conditions", PASSED, conditioned),
    of(
      "a forged outcome under conditions",
      failed("OUTCOME_MISMATCH"),
      withOutcome(conditioned, { digest: idOf("0") }),
    ),
    ...formats(whole).map(([name, document]) => of(name, failed("BUNDLE_FORMAT"), document)),
    ...frames(contested).map(([name, answer, document]) => of(name, answer, document)),
    ...records(whole).map(([name, answer, document]) => of(name, answer, document)),
    ...trusts(whole).map(([name, answer, under]) => of(name, answer, whole, under)),
  ];
}

const withOutcome = (bundle: BundleDocument, change: object) => ({
  ...bundle,
  outcome: { ...bundle.outcome, ...change },
});

/** Files that are no bundle, or lack a part of one. */
function formats(whole: BundleDocument): readonly (readonly [string, unknown])[] {
  const text = JSON.stringify(whole);
  return [
    ["nothing", new Uint8Array()],
    ["what is not UTF-8", Uint8Array.from([0xff, 0xfe, 0x00])],
    ["a file cut in half", new TextEncoder().encode(text.slice(0, text.length / 2))],
    ["a list", []],
    ["a later format", { ...whole, format: "quorate-bundle/9" }],
    ["a field that nobody knows", { ...whole, extra: 1 }],
    ["base64 that is none", { ...whole, frames: [{ ...whole.frames[0], frame: "*" }] }],
    ...Object.keys(whole).map((field): [string, unknown] => {
      const { [field]: _, ...rest } = whole;
      return [`no ${field}`, rest];
    }),
  ];
}

type Tampered = readonly [string, Answer, unknown];

function kindOf(frame: string): string {
  const parsed = parseObservation(parseBase64(frame) as Uint8Array);
  return parsed.ok ? parsed.value.observation.body.kind : "";
}

/** Signed frames changed, exchanged, renamed or taken away. */
function frames(bundle: BundleDocument): readonly Tampered[] {
  const at = (kind: string) => bundle.frames.findIndex(({ frame }) => kindOf(frame) === kind);
  const put = (index: number, change: { id?: string; frame?: string }) => ({
    ...bundle,
    frames: bundle.frames.map((each, place) => (place === index ? { ...each, ...change } : each)),
  });
  const without = (kind: string) => ({ ...bundle, frames: bundle.frames.filter((_, place) => place !== at(kind)) });
  const flipped = (kind: string, from: "start" | "end", byte: number, mask = 1) => {
    const bytes = parseBase64(bundle.frames[at(kind)]?.frame as string) as Uint8Array;
    const place = from === "start" ? byte : bytes.length - byte;
    return put(at(kind), { frame: toBase64(bytes.map((value, index) => (index === place ? value ^ mask : value))) });
  };
  const other = bundle.frames[at("contribution")] as { id: string; frame: string };
  return [
    ["the call's signature altered", failed("SIGNATURE_INVALID"), flipped("call", "end", 50)],
    ["a contribution's signature altered", failed("SIGNATURE_INVALID"), flipped("contribution", "end", 50)],
    ["a witness's signature altered", failed("SIGNATURE_INVALID"), flipped("witness", "end", 50)],
    ["a contribution's last byte altered", failed("SIGNATURE_SCALAR"), flipped("contribution", "end", 1, 0x80)],
    ["a frame's first byte altered", failed("CBOR_TRUNCATED"), flipped("contribution", "start", 0)],
    ["a signer's key altered", failed("KEY_NOT_A_POINT"), flipped("contribution", "start", 12)],
    ["a frame under another's id", failed("BUNDLE_ID"), put(at("call"), { id: other.id })],
    ["a frame in another's place", failed("BUNDLE_ID"), put(at("witness"), { frame: other.frame })],
    ["no call", failed("BUNDLE_CALL"), without("call")],
    ["a contribution taken away", failed("CERTIFICATE_MISSING"), without("contribution")],
    ["a witness taken away", failed("CERTIFICATE_MISSING"), without("witness")],
    ["a precommit taken away", failed("CERTIFICATE_MISSING"), without("precommit")],
    ["all frames taken away", failed("BUNDLE_FORMAT"), { ...bundle, frames: [] }],
    ["another ceremony's id", failed("BUNDLE_CALL"), { ...bundle, ceremony: other.id }],
  ];
}

/** What the exporter recorded of the rounds, the outcome and its own history. */
function records(bundle: BundleDocument): readonly Tampered[] {
  const [round] = bundle.rounds as { root: string; certificate: { path: string; witnesses: string[] } }[];
  const rounds = (change: object) => ({ ...bundle, rounds: [{ ...round, ...change }] });
  const { certificate } = round as { certificate: { witnesses: string[] } };
  const [first, second, ...rest] = bundle.lineage;
  const call = bundle.frames.find(({ frame }) => kindOf(frame) === "call") as { id: string; frame: string };
  return [
    ["another root of the round", failed("ROUND_MISMATCH"), rounds({ root: idOf("a") })],
    ["a round too many", failed("ROUND_MISMATCH"), { ...bundle, rounds: [round, round] }],
    [
      "a witness that is nowhere",
      failed("CERTIFICATE_MISSING"),
      rounds({ certificate: { ...certificate, witnesses: [...certificate.witnesses.slice(1), idOf("b")] } }),
    ],
    [
      "a certificate of one witness",
      failed("CERTIFICATE_MISSING"),
      rounds({ certificate: { ...certificate, witnesses: certificate.witnesses.slice(0, 1) } }),
    ],
    ["another digest of the outcome", failed("OUTCOME_MISMATCH"), withOutcome(bundle, { digest: idOf("0") })],
    [
      "another value of the outcome",
      failed("OUTCOME_MISMATCH"),
      withOutcome(bundle, { value: { choice: "reject", by: [] } }),
    ],
    ["an outcome told as abandoned", failed("OUTCOME_MISMATCH"), withOutcome(bundle, { status: "abandoned" })],
    [
      "a lineage entry altered",
      failed("LINEAGE_ALTERED"),
      { ...bundle, lineage: [{ ...first, at: 1 }, second, ...rest] },
    ],
    ["a lineage entry taken away", failed("LINEAGE_ALTERED"), { ...bundle, lineage: [second, ...rest] }],
    ["a lineage cut short", failed("LINEAGE_ALTERED"), { ...bundle, lineage: [first, second] }],
    ["another exporter named", failed("EXPORTER_UNKNOWN"), { ...bundle, exportedBy: "bolt" }],
    ["a stranger named as exporter", failed("EXPORTER_UNKNOWN"), { ...bundle, exportedBy: "nobody" }],
    [
      "a refused frame under another's hash",
      failed("BUNDLE_ID"),
      { ...bundle, refused: [{ hash: idOf("c"), code: "SIGNATURE_INVALID", frame: call.frame }] },
    ],
    [
      "a sound frame told as refused",
      failed("REFUSAL_MISMATCH"),
      {
        ...bundle,
        refused: [
          { hash: sha256Hex(parseBase64(call.frame) as Uint8Array), code: "SIGNATURE_INVALID", frame: call.frame },
        ],
      },
    ],
  ];
}

/** The same sound evidence under statements of trust that miss something, ask for more, or know of a revocation. */
function trusts(bundle: BundleDocument): readonly (readonly [string, Answer, TrustStatement])[] {
  const parsed = parseObservation(parseBase64(bundle.frames[0]?.frame as string) as Uint8Array);
  if (!parsed.ok) throw new Error(parsed.fault.code);
  const credential = parsed.value.observation.chain[0].id;
  const [acme, bolt] = parties as [(typeof parties)[number], (typeof parties)[number]];
  const revoking = (signer: typeof acme, from: number): TrustStatement => {
    const body = {
      kind: "revocation",
      version: 1,
      mesh: MESH,
      credential,
      from,
      at: from,
      cut: [],
      reason: "lost",
    } as const;
    return { ...trust, statements: [toBase64(issueStatement(body, signer.root))] };
  };
  const renamed = trust.roots.map((root) => (root.authority === "crux" ? { ...root, authority: "cruz" } : root));
  return [
    ...trust.roots.map((missing): readonly [string, Answer, TrustStatement] => [
      `no root of ${missing.authority}`,
      open("TRUST_MISSING"),
      { ...trust, roots: trust.roots.filter((root) => root !== missing) },
    ]),
    ["a root under another name", open("TRUST_MISSING"), { ...trust, roots: renamed }],
    ["another mesh", failed("MESH_UNKNOWN"), { ...trust, mesh: "elsewhere" }],
    ["a fresh list of revocations asked for", open("REVOCATION_STALE"), { ...trust, revocationAge: 1_000_000 }],
    ["continuous devices asked for", failed("DEVICE_UNPROVED"), { ...trust, device: "continuous" }],
    ["a class that is not received", failed("CLASS_NOT_ACCEPTED"), { ...trust, classes: ["other"] }],
    ["a credential revoked before its use", failed("CREDENTIAL_REVOKED"), revoking(acme, START)],
    ["a credential revoked after its use", PASSED, revoking(acme, START + 10 ** 12)],
    ["a revocation by somebody without standing", PASSED, revoking(bolt, START)],
    ["a trust statement that is none", open("TRUST_INVALID"), { ...trust, roots: [] }],
  ];
}
