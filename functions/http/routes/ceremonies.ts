// Ceremonies for the party's own people and programs: open, attest, and read what this party holds.
import { type Context, Hono } from "hono";
import { meshTime } from "../../../durable/config.ts";
import { DIRECTORY_NAME } from "../../../durable/env.ts";
import { anything, integer, list, nullable, oneOf, readAs, record, text } from "../../../shared/cbor/read.ts";
import type { CborValue } from "../../../shared/cbor/value.ts";
import type { Contest } from "../../../shared/ceremony/contest.ts";
import { ID_DIGITS_MIN } from "../../../shared/evidence/explain.ts";
import { LINEAGE_REFERENCES_MAX, NAME_LENGTH_MAX, SEATS_MAX, TEXT_LENGTH_MAX } from "../../../shared/limits.ts";
import { fault, type Result } from "../../../shared/result.ts";
import { explainHere } from "../../explain.ts";
import { openCeremonyFor } from "../../open.ts";
import type { AgentContext } from "../app.ts";
import { readJson } from "../body.ts";
import { problem } from "../problem.ts";

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
};

const readOpenBody = record<OpenBody>({
  pattern: nullable(text()),
  policy: anything,
  alias: nullable(text()),
  title: text(TEXT_LENGTH_MAX),
  parties: list(record({ authority: text(), role: text(), power: integer(1, 1_000_000) }), SEATS_MAX, 1),
  set: list(record({ path: text(), value: anything }), 64),
  subject: anything,
  closesIn: nullable(integer(0, 40_000_000)),
  expiresIn: nullable(integer(1, 40_000_000)),
});

const OPEN_DEFAULTS: readonly (readonly [string, CborValue])[] = [
  ["pattern", null],
  ["policy", null],
  ["alias", null],
  ["set", []],
  ["subject", null],
  ["closesIn", null],
  ["expiresIn", null],
];

/** Ceremonies listed at most in one answer. */
const LIST_MAX = 200;
const ID = /^[0-9a-f]{64}$/;

export function ceremonyRoutes(): Hono<AgentContext> {
  const app = new Hono<AgentContext>();
  app.post("/", openRoute);
  app.get("/", async (context) =>
    context.json({ ceremonies: await context.env.DIRECTORY.getByName(DIRECTORY_NAME).list(LIST_MAX) }),
  );
  app.get("/:id", async (context) => withCeremony(context, async (ceremony) => context.json(await ceremony.view())));
  app.get("/:id/call", (context) =>
    withCeremony(context, async (ceremony) => {
      const frame = await ceremony.call();
      return frame === null
        ? problem(context, fault("NOT_FOUND", { thing: "such call" }).fault)
        : context.body(Uint8Array.from(frame), 200, { "content-type": "application/cose" });
    }),
  );
  app.get("/:id/lineage", async (context) =>
    withCeremony(context, async (ceremony) => context.json({ lineage: await ceremony.lineage() })),
  );
  app.get("/:id/evidence", (context) =>
    withCeremony(context, async (ceremony) => {
      const bundle = await ceremony.evidence();
      return bundle === null
        ? problem(context, fault("PROVISIONAL").fault)
        : context.body(bundle, 200, { "content-type": "application/json" });
    }),
  );
  app.get("/:id/observations/:observation/explain", (context) =>
    withCeremony(context, () => explainRoute(context, context.req.param("id"))),
  );
  app.post("/:id/attestations", attestRoute);
  app.post("/:id/disputes", contestRoute);
  return app;
}

/** The digits of an id, or of its beginning. */
const DIGITS = /^[0-9a-f]{1,64}$/;

/** Why an observation was admitted or not: of one ceremony, or of whichever has it. */
export async function explainRoute(context: Context<AgentContext>, ceremony: string | null): Promise<Response> {
  const id = context.req.param("observation") ?? "";
  if (!DIGITS.test(id) || id.length < ID_DIGITS_MIN)
    return problem(
      context,
      fault("BODY_INVALID", { path: "observation", need: `${ID_DIGITS_MIN} to 64 hexadecimal digits` }).fault,
    );
  const explained = await explainHere(context.env, context.get("config"), id, ceremony);
  return explained.ok ? context.json(explained.value) : problem(context, explained.fault, true);
}

type CeremonyStub = ReturnType<AgentContext["Bindings"]["CEREMONY"]["getByName"]>;

/** An object for an unknown id would be a new one: only ids of the right shape are looked up, and an empty one is not found. */
export async function withCeremony(
  context: Context<AgentContext>,
  answer: (ceremony: CeremonyStub) => Promise<Response>,
): Promise<Response> {
  const id = context.req.param("id") ?? "";
  const absent = () => problem(context, fault("NOT_FOUND", { thing: "such ceremony" }).fault);
  if (!ID.test(id)) return absent();
  const ceremony = context.env.CEREMONY.getByName(id);
  const view = await ceremony.view();
  const known = view.policy !== null || view.refusal !== null || view.hold !== null;
  return known ? answer(ceremony) : absent();
}

async function openRoute(context: Context<AgentContext>): Promise<Response> {
  const config = context.get("config");
  const value = await readJson(context.req.raw);
  const body = value.ok ? readBody(value.value) : value;
  if (!body.ok) return problem(context, body.fault);
  const nonce = crypto.getRandomValues(new Uint8Array(16));
  const opened = await openCeremonyFor(context.env, config, { ...body.value, opensAt: meshTime(config), nonce });
  return opened.ok
    ? context.json({ ceremony: opened.value }, 201, { location: `/v1/ceremonies/${opened.value}` })
    : problem(context, opened.fault);
}

/** Optional fields may be left out of a request; what is signed later leaves nothing out. */
function readBody(value: CborValue): Result<OpenBody> {
  const filled = value instanceof Map ? new Map([...OPEN_DEFAULTS, ...value]) : value;
  const body = readAs(filled, readOpenBody);
  return body.ok ? body : fault("BODY_INVALID", body.fault.detail);
}

async function attestRoute(context: Context<AgentContext>): Promise<Response> {
  const value = await readJson(context.req.raw);
  if (!value.ok) return problem(context, value.fault);
  const content = value.value;
  if (!(content instanceof Map) || content.size === 0)
    return problem(
      context,
      fault("BODY_INVALID", { path: "body", need: 'a contribution such as {"choice":"approve"}' }).fault,
    );
  // Tells several contributions of one seat to one round apart: bids of several lots, a release and an acceptance.
  const item = context.req.query("item") ?? null;
  if (item !== null && (item === "" || item.length > NAME_LENGTH_MAX))
    return problem(context, fault("BODY_INVALID", { path: "item", need: `1 to ${NAME_LENGTH_MAX} characters` }).fault);
  return withCeremony(context, async (ceremony) => {
    const [receipt] = await ceremony.attest(content, item);
    if (receipt?.verdict === "refused" && receipt.code !== null)
      return problem(context, { code: receipt.code, detail: receipt.detail });
    return context.json(
      { observation: receipt?.id, verdict: receipt?.verdict, code: receipt?.code },
      receipt?.verdict === "admitted" ? 201 : 200,
    );
  });
}

const readContest = record<Contest>({
  act: oneOf("dispute", "response", "ruling"),
  about: list(text(64, 64), LINEAGE_REFERENCES_MAX),
  reason: text(TEXT_LENGTH_MAX),
  ruling: nullable(text(TEXT_LENGTH_MAX)),
});

/** `{"reason": …}` disputes the outcome; `about` names statements, or the dispute that is answered or ruled on. */
async function contestRoute(context: Context<AgentContext>): Promise<Response> {
  const value = await readJson(context.req.raw);
  if (!value.ok) return problem(context, value.fault);
  const given = value.value instanceof Map ? [...value.value] : [];
  const filled = new Map<string | number, CborValue>([["act", "dispute"], ["about", []], ["ruling", null], ...given]);
  const contest = readAs(filled, readContest);
  if (!contest.ok) return problem(context, fault("BODY_INVALID", contest.fault.detail).fault);
  const odd = contest.value.about.find((id) => !ID.test(id));
  if (odd !== undefined)
    return problem(context, fault("BODY_INVALID", { path: "about", need: "ids of statements" }).fault);
  return withCeremony(context, async (ceremony) => {
    const [receipt] = await ceremony.contest(contest.value);
    if (receipt?.verdict === "refused" && receipt.code !== null)
      return problem(context, { code: receipt.code, detail: receipt.detail });
    return context.json({ observation: receipt?.id, verdict: receipt?.verdict }, 201);
  });
}
