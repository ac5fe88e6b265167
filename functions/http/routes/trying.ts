// Questions that need nothing of what the agent holds: how a policy would decide, and whether evidence holds.
import type { Context } from "hono";
import { parseBase64 } from "../../../shared/bytes.ts";
import { fromJson, toJson } from "../../../shared/cbor/json.ts";
import {
  anything,
  integer,
  list,
  nullable,
  type Reader,
  readAs,
  record,
  text,
  withDefaults,
} from "../../../shared/cbor/read.ts";
import type { CborValue } from "../../../shared/cbor/value.ts";
import { parseJson } from "../../../shared/evidence/bundle.ts";
import { type VerdictOptions, verdictOn } from "../../../shared/evidence/verdict.ts";
import { BODY_BYTES_MAX, REVOCATIONS_LISTED_MAX, STATEMENTS_BYTES_MAX } from "../../../shared/limits.ts";
import { type FaultRun, withFaults } from "../../../shared/outcome/dry-run.ts";
import { decideRead } from "../../../shared/outcome/plain.ts";
import { readPlain } from "../../../shared/outcome/plain-document.ts";
import { chosenPolicy } from "../../../shared/policy/chosen.ts";
import { describeRefusal } from "../../../shared/refusals.ts";
import { fault, ok, type Result } from "../../../shared/result.ts";
import type { AgentContext } from "../app.ts";
import { readBytes, readJson } from "../body.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { problem } from "../problem.ts";

type Agent = Context<AgentContext>;

type SimulateBody = {
  readonly pattern: string | null;
  readonly policy: CborValue;
  readonly set: readonly { readonly path: string; readonly value: CborValue }[];
  readonly scenario: CborValue;
  readonly silent: number;
  readonly equivocating: number;
};

const FAULTY_MAX = 8;
const readSimulate: Reader<SimulateBody> = withDefaults(
  { pattern: null, policy: null, set: [], silent: 0, equivocating: 0 },
  record<SimulateBody>({
    pattern: nullable(text()),
    policy: anything,
    set: list(record({ path: text(), value: anything }), 64),
    scenario: anything,
    silent: integer(0, FAULTY_MAX),
    equivocating: integer(0, FAULTY_MAX),
  }),
);

/** `at` in microseconds; `revocations` are frames in base64, known beside those of the bundle. */
type VerifyBody = {
  readonly trust: CborValue;
  readonly revocations: readonly string[];
  readonly at: number | null;
};
const readVerify: Reader<VerifyBody> = withDefaults(
  { revocations: [], at: null },
  record<VerifyBody>({
    trust: anything,
    revocations: list(text(131_072), REVOCATIONS_LISTED_MAX),
    at: nullable(integer(0, Number.MAX_SAFE_INTEGER)),
  }),
);

const COST = 20;

export const TRYING_ROUTES: readonly Route[] = [
  route({
    method: "POST",
    path: "/v1/policies:simulate",
    group: "questions",
    does: "how a made-up ceremony would end under a policy, and with so many parties silent or saying two things",
    access: "read",
    cost: COST,
    body: {
      about: "a pattern or a policy document, and a scenario as `quorate decide` takes it",
      types: [JSON_TYPE],
      limit: BODY_BYTES_MAX,
      reader: readSimulate,
    },
    answers: {
      200: {
        about: "the ending, and each run with faults",
        type: JSON_TYPE,
        shape: shape.document("status", "faults"),
      },
    },
    refusals: ["BODY_INVALID", "POLICY_INVALID", "DRY_RUNS_TOO_MANY"],
    handle: simulateRoute,
  }),
  route({
    method: "POST",
    path: "/v1/verify",
    group: "questions",
    does: "whether an evidence bundle holds, by a trust statement that you give; it asks nobody",
    access: "read",
    cost: COST,
    body: {
      about: "`bundle`, `trust`, and where wanted `revocations` in base64 and an instant `at` in microseconds",
      types: [JSON_TYPE],
      limit: STATEMENTS_BYTES_MAX,
      reader: shape.document("bundle", "trust"),
    },
    answers: {
      200: {
        about: "passed, failed or indeterminate",
        type: JSON_TYPE,
        shape: shape.document("verdict", "checks", "reasons"),
      },
    },
    refusals: ["BODY_INVALID"],
    handle: verifyRoute,
  }),
];

async function simulateRoute(context: Agent): Promise<Response> {
  const value = await readJson(context.req.raw);
  const body = value.ok ? readAs(value.value, readSimulate) : value;
  if (!body.ok) return problem(context, value.ok ? fault("BODY_INVALID", body.fault.detail).fault : body.fault);
  const simulated = await simulate(context, body.value);
  return simulated.ok ? context.json(simulated.value) : problem(context, simulated.fault);
}

async function simulate(context: Agent, body: SimulateBody): Promise<Result<object>> {
  const trust = await context.get("config").trust();
  if (!trust.ok) return trust;
  const settings = body.set.map(({ path, value }) => ({ path, value: toJson(value) }));
  const pinned = chosenPolicy({ ...body, alias: null }, settings, trust.value, 0);
  if (!pinned.ok) return pinned;
  const plain = readPlain(pinned.value.policy, toJson(body.scenario));
  if (!plain.ok) return plain;
  const decision = decideRead(plain.value);
  if (!decision.ok) return decision;
  const faults: FaultRun[] = [];
  for (const kind of ["silent", "equivocating"] as const) {
    const runs = body[kind] === 0 ? ok([]) : withFaults(plain.value, kind, body[kind]);
    if (!runs.ok) return runs;
    faults.push(...runs.value);
  }
  return ok({ ...decision.value, faults });
}

async function verifyRoute(context: Agent): Promise<Response> {
  const bytes = await readBytes(context.req.raw, STATEMENTS_BYTES_MAX);
  if (!bytes.ok) return problem(context, bytes.fault);
  const read = readEvidence(bytes.value);
  if (!read.ok) return problem(context, read.fault);
  const { bundle, ...options } = read.value;
  const { reasons, ...verdict } = await verdictOn(bundle, options);
  return context.json({ ...verdict, reasons: reasons.map((reason) => ({ ...reason, ...describeRefusal(reason) })) });
}

type Evidence = { readonly bundle: Uint8Array } & VerdictOptions;

/** The bundle is taken as it stands: the verifier judges its form too. */
function readEvidence(bytes: Uint8Array): Result<Evidence> {
  const document = parseJson(bytes);
  if (typeof document !== "object" || document === null || !("bundle" in document))
    return fault("BODY_INVALID", { path: "body", need: "JSON with a bundle and a trust statement" });
  const { bundle, ...rest } = document;
  const value = fromJson(rest);
  const body = value.ok ? readAs(value.value, readVerify) : value;
  if (!body.ok) return fault("BODY_INVALID", body.fault.detail);
  const revocations = body.value.revocations.map(parseBase64);
  if (revocations.includes(null)) return fault("BODY_INVALID", { path: "revocations", need: "canonical base64" });
  return ok({
    bundle: new TextEncoder().encode(JSON.stringify(bundle)),
    trust: toJson(body.value.trust),
    revocations: revocations as readonly Uint8Array[],
    now: body.value.at,
  });
}
