// Speaking for the party in ceremonies: open one, attest, contest an outcome.
import type { Context } from "hono";
import { meshTime } from "../../../durable/config.ts";
import {
  anything,
  hex32,
  integer,
  list,
  nullable,
  oneOf,
  type Reader,
  readAs,
  record,
  text,
  withDefaults,
} from "../../../shared/cbor/read.ts";
import { type CborMap, type CborValue, isCborMap } from "../../../shared/cbor/value.ts";
import type { Contest } from "../../../shared/ceremony/contest.ts";
import type { Receipt } from "../../../shared/ceremony/effect.ts";
import { sha256 } from "../../../shared/hash.ts";
import {
  BODY_BYTES_MAX,
  LINEAGE_REFERENCES_MAX,
  MATTERS_MAX,
  NAME_LENGTH_MAX,
  SEATS_MAX,
  TEXT_LENGTH_MAX,
} from "../../../shared/limits.ts";
import { fault, ok, type Result } from "../../../shared/result.ts";
import { openCeremonyFor, type UnderRequest } from "../../open.ts";
import type { AgentContext } from "../app.ts";
import { readJson } from "../body.ts";
import { JSON_TYPE, type Route, route } from "../contract/route.ts";
import * as shape from "../contract/shapes.ts";
import { problem } from "../problem.ts";
import { withCeremony } from "./ceremonies.ts";

type Agent = Context<AgentContext>;

type OpenBody = {
  readonly pattern: string | null;
  readonly policy: CborValue;
  readonly alias: string | null;
  readonly title: string;
  readonly parties: readonly { readonly authority: string; readonly role: string; readonly power: number }[];
  readonly set: readonly { readonly path: string; readonly value: CborValue }[];
  readonly subject: CborValue;
  readonly closesIn: number | null;
  readonly expiresIn: number | null;
  /** The coalition that the ceremony is to be under: a mesh of the party's, the operation, and its matters in the party's words. */
  readonly under: UnderRequest | null;
};

/** Optional fields may be left out of a request; what is signed later leaves nothing out. */
const readOpenBody: Reader<OpenBody> = withDefaults(
  { pattern: null, policy: null, alias: null, set: [], subject: null, closesIn: null, expiresIn: null, under: null },
  record<OpenBody>({
    pattern: nullable(text()),
    policy: anything,
    alias: nullable(text()),
    title: text(TEXT_LENGTH_MAX),
    parties: list(record({ authority: text(), role: text(), power: integer(1, 1_000_000) }), SEATS_MAX, 1),
    set: list(record({ path: text(), value: anything }), 64),
    subject: anything,
    closesIn: nullable(integer(0, 40_000_000)),
    expiresIn: nullable(integer(1, 40_000_000)),
    under: nullable(record({ mesh: text(), operation: text(), matters: list(text(), MATTERS_MAX) })),
  }),
);

/** `{"reason": …}` disputes the outcome; `about` names statements, or the dispute that is answered or ruled on. */
const readContest: Reader<Contest> = withDefaults(
  { act: "dispute", about: [], ruling: null },
  record<Contest>({
    act: oneOf("dispute", "response", "ruling"),
    about: list(hex32, LINEAGE_REFERENCES_MAX),
    reason: text(TEXT_LENGTH_MAX),
    ruling: nullable(text(TEXT_LENGTH_MAX)),
  }),
);

const said = (about: string) => ({ about, type: JSON_TYPE, shape: shape.said });
const jsonBody = (about: string, reader?: Reader<unknown>) => ({
  about,
  types: [JSON_TYPE],
  limit: BODY_BYTES_MAX,
  ...(reader === undefined ? {} : { reader }),
});

export const SPEAKING_ROUTES: readonly Route[] = [
  route({
    method: "POST",
    path: "/v1/ceremonies",
    group: "ceremonies",
    does: "opens one, of a `pattern`, a `policy` document or an `alias`",
    access: "open",
    sends: true,
    body: jsonBody("what to open: a title, the parties by role, and one of pattern, policy, alias", readOpenBody),
    answers: {
      201: { about: "opened; `Location` leads to it", type: JSON_TYPE, shape: record({ ceremony: hex32 }) },
    },
    refusals: ["BODY_INVALID", "ROOT_UNKNOWN", "POLICY_INVALID", "PARTNER_UNRECOGNISED", "MATTER_PROHIBITED"],
    handle: openRoute,
  }),
  route({
    method: "POST",
    path: "/v1/ceremonies/{id}/attestations",
    group: "ceremonies",
    does: 'attests, with a contribution such as `{"choice":"approve"}`',
    access: "attest",
    sends: true,
    query: {
      item: {
        about: "tells several contributions of one seat to one round apart: lots, legs, a release and an acceptance",
        reader: nullable(text(NAME_LENGTH_MAX)),
      },
    },
    body: jsonBody("the contribution, as the policy's role takes it", shape.document()),
    answers: { 200: said("it was said before, or waits"), 201: said("said, and taken") },
    refusals: ["BODY_INVALID", "NOT_FOUND", "NOT_A_PARTY", "ROUND_CLOSED"],
    handle: attestRoute,
  }),
  route({
    method: "POST",
    path: "/v1/ceremonies/{id}/disputes",
    group: "ceremonies",
    does: 'contests a certified outcome, with `{"reason":…}`',
    access: "attest",
    body: jsonBody("the dispute, or a response or a ruling about one", readContest),
    answers: {
      201: { about: "said", type: JSON_TYPE, shape: record({ observation: hex32, verdict: shape.verdict }) },
    },
    refusals: ["BODY_INVALID", "NOT_FOUND", "NOT_A_PARTY"],
    handle: contestRoute,
  }),
];

async function openRoute(context: Agent): Promise<Response> {
  const config = context.get("config");
  const body = await readAsBody(context, readOpenBody);
  if (!body.ok) return problem(context, body.fault);
  const opened = await openCeremonyFor(context.env, config, { ...body.value, ...chosenFor(context) });
  return opened.ok
    ? context.json({ ceremony: opened.value }, 201, { location: `/v1/ceremonies/${opened.value}` })
    : problem(context, opened.fault);
}

/** Time and chance of a call. Under an idempotency key they follow from it, so that a second attempt signs the same call. */
function chosenFor(context: Agent): { readonly opensAt: number; readonly nonce: Uint8Array } {
  const config = context.get("config");
  const claim = context.get("claim") as { atMs: number; seed: string } | undefined;
  if (claim === undefined) return { opensAt: meshTime(config), nonce: crypto.getRandomValues(new Uint8Array(16)) };
  const nonce = sha256(new TextEncoder().encode(claim.seed)).slice(0, 16);
  return { opensAt: (claim.atMs + config.party.clockOffsetMs) * 1_000, nonce };
}

async function readAsBody<T>(context: Agent, reader: Reader<T>): Promise<Result<T>> {
  const value = await readJson(context.req.raw);
  if (!value.ok) return value;
  const body = readAs(value.value, reader);
  return body.ok ? body : fault("BODY_INVALID", body.fault.detail);
}

/** The contribution that a body holds. */
export async function readContent(context: Agent): Promise<Result<CborMap>> {
  const value = await readJson(context.req.raw);
  if (!value.ok) return value;
  return isCborMap(value.value) && value.value.size > 0
    ? ok(value.value)
    : fault("BODY_INVALID", { path: "body", need: 'a contribution such as {"choice":"approve"}' });
}

async function attestRoute(context: Agent, { item }: { readonly item: string | null }): Promise<Response> {
  const content = await readContent(context);
  if (!content.ok) return problem(context, content.fault);
  return withCeremony(context, async (ceremony) => {
    const [receipt] = await ceremony.attest(content.value, item);
    const { id, verdict, code } = receipt ?? {};
    return (
      refusedBy(context, receipt) ??
      context.json({ observation: id, verdict, code }, verdict === "admitted" ? 201 : 200)
    );
  });
}

async function contestRoute(context: Agent): Promise<Response> {
  const contest = await readAsBody(context, readContest);
  if (!contest.ok) return problem(context, contest.fault);
  return withCeremony(context, async (ceremony) => {
    const [receipt] = await ceremony.contest(contest.value);
    const { id, verdict } = receipt ?? {};
    return refusedBy(context, receipt) ?? context.json({ observation: id, verdict }, 201);
  });
}

function refusedBy(context: Agent, receipt: Receipt | undefined): Response | null {
  return receipt?.verdict === "refused" && receipt.code !== null
    ? problem(context, { code: receipt.code, detail: receipt.detail })
    : null;
}
