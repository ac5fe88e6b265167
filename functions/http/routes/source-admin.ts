// Changing the sources of a running agent: adding a signed document, taking one out, a new secret, and a sample delivery.
import type { Context } from "hono";
import { parseBase64, toHex } from "../../../shared/bytes.ts";
import { nullable, record, text, withDefaults } from "../../../shared/cbor/read.ts";
import { FRAME_BYTES_MAX } from "../../../shared/limits.ts";
import { type Fault, fault, ok, type Result } from "../../../shared/result.ts";
import type { SourceDocument } from "../../../shared/source/document.ts";
import { lintSource } from "../../../shared/source/lint.ts";
import { openSource, type SourceStatement } from "../../../shared/source/statement.ts";
import { hooksOf, type Intake, verifyDelivery } from "../../hooks/receive.ts";
import { schemeOf } from "../../hooks/registry.ts";
import { signSample } from "../../hooks/sample.ts";
import { knownTo } from "../../hooks/sources.ts";
import type { AgentContext } from "../app.ts";
import { readBody, readBytes } from "../body.ts";
import { problem } from "../problem.ts";
import { OVERLAP_SECONDS } from "./endpoints.ts";
import { bring } from "./sources.ts";

type SourceContext = Context<AgentContext>;

const SECRET_LENGTH_MAX = 1_024;
type Added = { readonly frame: string; readonly secret: string | null };
export const readAdded = withDefaults<Added>(
  { secret: null },
  record<Added>({ frame: text(2 * FRAME_BYTES_MAX), secret: nullable(text(SECRET_LENGTH_MAX)) }),
);
export const readRotated = withDefaults<{ readonly secret: string | null }>(
  { secret: null },
  record<{ readonly secret: string | null }>({ secret: nullable(text(SECRET_LENGTH_MAX)) }),
);

/** Senders that make the secret themselves: it must be told here, since none can be made up. */
const OWN_SECRET: readonly string[] = ["stripe", "slack", "ed25519"];

/** What is wrong with a document that can be read is told at once, under `about.findings`. */
export async function addRoute(context: SourceContext): Promise<Response> {
  const added = await readBody(context.req.raw, readAdded);
  if (!added.ok) return problem(context, added.fault);
  const { secret } = added.value;
  const source = await admitted(context, added.value);
  if (!source.ok) return problem(context, source.fault, true);
  const { renew } = source.value;
  const { document, frame, id: statement } = source.value.statement;
  const result = await hooksOf(context.env).addSource(frame, secret, renew);
  if (!result.ok) return problem(context, result.fault);
  const url = new URL(`/hooks/${document.id}`, context.req.url).href;
  return context.json({ id: document.id, url, statement, secret: secret === null ? result.value.secret : null }, 201);
}

/** `renew`: the secrets that are in force are none of its scheme. */
type Admitted = { readonly statement: SourceStatement; readonly renew: boolean };

async function admitted(context: SourceContext, { frame, secret }: Added): Promise<Result<Admitted>> {
  const bytes = parseBase64(frame);
  if (bytes === null) return fault("BODY_INVALID", { path: "frame", need: "base64 of a signed document" });
  const { self, party } = context.get("config");
  const source = await openSource(bytes, { mesh: party.mesh, keys: [self.root, self.key] });
  if (!source.ok) return source;
  const { document } = source.value;
  if (party.sources.some(({ id }) => id === document.id))
    return fault("HOOK_EXISTS", { thing: "source", id: `${document.id} in the deployment` });
  const known = await knownTo(context, Date.now() * 1_000);
  if (!known.ok) return known;
  const [first, ...more] = lintSource(JSON.parse(source.value.json), known.value);
  if (first !== undefined) return fault("SOURCE_INVALID", { ...first.detail, findings: findings([first, ...more]) });
  const renew = await needsSecret(context, document, secret);
  return renew.ok ? ok({ statement: source.value, renew: renew.value }) : renew;
}

function findings(faults: readonly Fault[]): readonly object[] {
  return faults.map(({ detail }) => ({ path: detail.path, need: detail.need }));
}

/** Whether a secret must be made; refused where only its sender could make it, or where the one given is none of its scheme. */
async function needsSecret(
  context: SourceContext,
  document: SourceDocument,
  secret: string | null,
): Promise<Result<boolean>> {
  const scheme = schemeOf(document);
  if (!scheme.ok) return scheme;
  if (secret !== null) {
    const key = scheme.value.key(secret);
    return key.ok ? ok(false) : key;
  }
  const { secrets } = await hooksOf(context.env).intake(document.id, []);
  if (secrets.length > 0 && secrets.every((known) => scheme.value.key(known).ok)) return ok(false);
  return OWN_SECRET.includes(document.scheme)
    ? fault("BODY_INVALID", { path: "secret", need: `the secret, or public key, that ${document.scheme} shows` })
    : ok(true);
}

export async function removeRoute(context: SourceContext): Promise<Response> {
  const removed = await hooksOf(context.env).removeSource(context.req.param("source") ?? "");
  return removed.ok ? context.json({ done: true }) : problem(context, removed.fault);
}

/** What its sender brings is verified and kept, and not acted on until the pause is over. */
export async function pauseRoute(context: SourceContext, { source }: Intake, on: boolean): Promise<Response> {
  return context.json({ id: source.id, pausedAtMs: await hooksOf(context.env).pauseSource(source.id, on) });
}

/** Without a `secret` one is made; the old one is taken beside it until the overlap ends. */
export async function rotateRoute(context: SourceContext, intake: Intake, overlap: number | null): Promise<Response> {
  const rotated = await readBody(context.req.raw, readRotated);
  if (!rotated.ok) return problem(context, rotated.fault);
  const { secret } = rotated.value;
  const { scheme } = intake.source;
  if (secret === null && OWN_SECRET.includes(scheme))
    return problem(context, fault("BODY_INVALID", { path: "secret", need: `the new one that ${scheme} shows` }).fault);
  const key = secret === null ? ok(null) : intake.scheme.key(secret);
  if (!key.ok) return problem(context, key.fault);
  const overlapSeconds = overlap ?? OVERLAP_SECONDS;
  const { id } = intake.source;
  const configured = context.get("config").hookSecrets.get(id) ?? [];
  const fresh = await hooksOf(context.env).rotateSource(id, secret, configured, overlapSeconds * 1_000);
  return context.json({ secret: secret === null ? fresh : null, overlapSeconds });
}

/** The body is signed as its sender would sign it, and then taken as any delivery is: verified, mapped, claimed. */
export async function triggerRoute(context: SourceContext, intake: Intake): Promise<Response> {
  const body = await readBytes(context.req.raw);
  if (!body.ok) return problem(context, body.fault);
  const delivery = `sample_${toHex(crypto.getRandomValues(new Uint8Array(8)))}`;
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const [secret = ""] = intake.secrets;
  const sample = { body: body.value, secret, delivery, nowSeconds };
  const headers = await signSample(intake.source, intake.scheme, sample);
  if (!headers.ok) return problem(context, headers.fault);
  const verified = await verifyDelivery(intake, headers.value, body.value);
  return verified.ok
    ? bring(context, intake, verified.value, body.value, null)
    : problem(context, verified.fault, true);
}
