// Tokens of an identity provider (Cloudflare Access): signed by a key of its published set, for this application, at this time. Only
// asymmetric algorithms are taken, whatever a token says of itself.
import { createLocalJWKSet, createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { type AccessDocument, personId } from "../../durable/keys.ts";
import { fault, ok, type Result } from "../../shared/result.ts";
import type { Scope } from "../../shared/scopes.ts";

export type Bearer = { readonly id: string; readonly scopes: readonly Scope[]; readonly untilMs: number };

const ALGORITHMS = ["RS256", "ES256"];
/** What two honest clocks differ by. */
const TOLERANCE_SECONDS = 30;
const FETCH_WITHIN_MS = 5_000;
/** A set is asked for again after ten minutes, and for an unknown key at most every half minute: rotation needs no deployment. */
const SET_AGE_MAX_MS = 600_000;
const SET_COOLDOWN_MS = 30_000;
/** Where Cloudflare Access publishes the keys of a team. */
const ACCESS_KEYS = "/cdn-cgi/access/certs";
const TOKEN_LENGTH_MAX = 16_384;

const sets = new WeakMap<AccessDocument, JWTVerifyGetKey>();

export async function verifyToken(access: AccessDocument, token: string): Promise<Result<Bearer>> {
  const { issuer, audience } = access;
  if (token.length > TOKEN_LENGTH_MAX) return fault("TOKEN_INVALID", { reason: "it is too long" });
  try {
    const { payload } = await jwtVerify(token, setOf(access), {
      issuer,
      audience,
      algorithms: ALGORITHMS,
      clockTolerance: TOLERANCE_SECONDS,
      requiredClaims: ["exp", "iat"],
    });
    return bearerOf(access, payload);
  } catch (error) {
    return refusalOf(error);
  }
}

function setOf(access: AccessDocument): JWTVerifyGetKey {
  const known = sets.get(access);
  if (known !== undefined) return known;
  const { keys, keysUrl, issuer } = access;
  const options = { timeoutDuration: FETCH_WITHIN_MS, cacheMaxAge: SET_AGE_MAX_MS, cooldownDuration: SET_COOLDOWN_MS };
  const set =
    keys === null
      ? createRemoteJWKSet(new URL(keysUrl ?? new URL(ACCESS_KEYS, issuer).href), options)
      : createLocalJWKSet(keys as unknown as Parameters<typeof createLocalJWKSet>[0]);
  sets.set(access, set);
  return set;
}

/** Who it is about: a person by email, or a service by its common name. */
function bearerOf({ scopes, people }: AccessDocument, payload: JWTPayload): Result<Bearer> {
  const name = [payload.email, payload.common_name, payload.sub].find(
    (claim) => typeof claim === "string" && claim !== "",
  );
  if (typeof name !== "string" || payload.exp === undefined)
    return fault("TOKEN_INVALID", { reason: "it names nobody" });
  const id = personId(name);
  const own = people.get(id) ?? [];
  return ok({ id, scopes: [...new Set([...scopes, ...own])], untilMs: payload.exp * 1_000 });
}

function refusalOf(error: unknown): Result<never> {
  if (error instanceof errors.JWTExpired) return fault("TOKEN_INVALID", { reason: "it has expired" });
  if (error instanceof errors.JWTClaimValidationFailed)
    return fault("TOKEN_INVALID", { reason: `its claim ${error.claim} does not fit` });
  if (error instanceof errors.JOSEAlgNotAllowed)
    return fault("TOKEN_INVALID", { reason: `it is not signed with ${ALGORITHMS.join(" or ")}` });
  if (error instanceof errors.JWKSNoMatchingKey)
    return fault("TOKEN_INVALID", { reason: "no key of the issuer has signed it" });
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return fault("TOKEN_INVALID", { reason: "its signature is not good" });
  if (error instanceof errors.JWKSMultipleMatchingKeys)
    return fault("TOKEN_INVALID", { reason: "it does not say which key has signed it" });
  if (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JOSENotSupported
  )
    return fault("TOKEN_INVALID", { reason: "it cannot be read" });
  // Anything else is the key set's: it could not be had, or holds what it should not.
  return fault("TOKEN_UNCHECKED", { reason: error instanceof Error ? error.message : String(error) });
}
