// Refusals at the edge: webhooks, HTTP, queues, NATS (SPEC §14).
export const EDGE_REFUSALS = {
  BLIND_SIGNING_REFUSED: {
    what: "nothing is signed unseen",
    why: "{reason}",
    do: "load the page again; if it stays, do not sign, and tell whoever runs this agent",
  },
  FORM_FOREIGN: {
    what: "the form is not one that this agent served to this browser",
    why: "its token is missing, or belongs to another login, or another site sent it",
    do: "load the page again and send it from there",
  },
  SUBJECT_MALFORMED: {
    what: "the NATS subject cannot be read",
    why: "it must be inbox.<ACCOUNT>.<mesh>.<ceremony>",
    do: "publish to the subject that the party's card names",
  },
  SUBJECT_MISMATCH: {
    what: "the NATS subject names another ceremony than the frame",
    why: "the frame says {found}",
    do: "publish to the ceremony's own subject",
  },
  REVOCATIONS_FULL: {
    what: "the revocation is not taken in live",
    why: "{limit} of this authority are known already",
    do: "put it into the trust statement",
  },
  ACCOUNT_UNKNOWN: {
    what: "the sending account {account} is no partner",
    why: "only partners' accounts are read",
    do: "add the partner, or have it send through a partner",
  },
  ROAD_UNKNOWN: {
    what: "the message cannot be read",
    why: "it names no road and no frame",
    do: 'send {"road":"queue","frame":bytes}',
  },
  BODY_TOO_LARGE: {
    what: "the body is larger than {limit} bytes",
    why: "larger bodies are refused before they are read",
    do: "send it in smaller parts",
  },
  BODY_TRUNCATED: {
    what: "the body is shorter than announced",
    why: "{found} of {need} bytes came",
    do: "send it again",
  },
  BODY_SLOW: {
    what: "the body did not arrive in time",
    why: "all of it must come within {seconds} s",
    do: "send it again",
  },
  CONTENT_TYPE: {
    what: "the content type {found} is not read here",
    why: "this route reads {need}",
    do: "send {need}",
  },
  BODY_INVALID: { what: "the body cannot be read", why: "{path} must be {need}", do: "correct that field" },
  QUERY_INVALID: {
    what: "the address of the request cannot be read",
    why: "{path} must be {need}",
    do: "correct the address; /docs tells what it may hold",
  },
  METHOD_NOT_ALLOWED: {
    what: "{method} does nothing here",
    why: "this address takes {need}",
    do: "send one of these",
  },
  NOT_ACCEPTABLE: {
    what: "the answer cannot be had as {found}",
    why: "this route answers {need}",
    do: "accept {need}",
  },
  SCOPE_MISSING: {
    what: "this key may not do that",
    why: "the route needs the scope {need}, and the key has {found}",
    do: "use a key that has the scope, or have one made",
  },
  KEY_WITHDRAWN: {
    what: "this key is withdrawn",
    why: "it was withdrawn at {at:instant} UTC, or its time is over",
    do: "use the key that followed it",
  },
  TOKEN_INVALID: {
    what: "the token is not taken",
    why: "{reason}",
    do: "log in again; if it stays, compare ACCESS of the agent with the identity provider's application",
  },
  TOKEN_UNCHECKED: {
    what: "the token could not be checked",
    why: "the issuer's keys could not be had: {reason}",
    do: "try again; or use a bearer key",
  },
  RATE_LIMITED: {
    what: "this caller asks too often",
    why: "its {limit} units of this minute are used up",
    do: "wait as many seconds as Retry-After says",
  },
  SIGNER_LIMITED: {
    what: "this signer says too much at once",
    why: "of one root, whatever its keys and whoever brings them, {limit} statements a minute are taken",
    do: "send it again as it is, when as many seconds have passed as Retry-After says",
  },
  KEYS_TRIED: {
    what: "too many wrong keys came from this address",
    why: "{limit} a minute are answered one by one",
    do: "send a right key, which is taken meanwhile; or wait as many seconds as Retry-After says",
  },
  QUEUE_BACKLOGGED: {
    what: "the agent takes in nothing more for now",
    why: "{found} messages wait to be sent to partners; above {limit} nothing that adds to them is taken",
    do: "wait as many seconds as Retry-After says; /readyz tells what holds them up",
  },
  BUS_UNREACHABLE: {
    what: "the agent is not linked to the bus",
    why: "nothing goes to partners and nothing comes; what is said here waits",
    do: "look at lastError in /v1/health; check NATS_URL, the login, and the server",
  },
  AGENT_DRAINING: {
    what: "the agent takes nothing in from the bus",
    why: "somebody asked for it, so that it can be stopped",
    do: "stop it; or send DELETE /v1/link/drain",
  },
  OUTBOX_LONG: {
    what: "many messages wait for partners",
    why: "{found} wait; above {limit} something holds them up",
    do: "see in /v1/health for whom they wait, and whether that partner's bus is up",
  },
  INTAKE_LONG: {
    what: "many messages wait to be taken in",
    why: "{found} wait, the oldest in the queue or at a shard for {age} s; above {limit}, or {late} s, something holds them up",
    do: "see in the platform's dashboard whether the queue's consumer runs, and in the log what it fails at, or handing-over-failed",
  },
  KEY_EXPIRING: {
    what: "a credential of this agent ends soon",
    why: "it ends at {at:instant} UTC; what is signed after that counts nowhere",
    do: "have its issuer grant it anew, and deploy the agent with it",
  },
  CLOCKS_APART: {
    what: "a partner's clock and this agent's are far apart",
    why: "statements are dated up to {found} s off; above {limit} s they begin to be refused",
    do: "compare both clocks with a third; set clockOffsetMs where ours is the wrong one",
  },
  REVOCATION_UNSEEN: {
    what: "a revocation has not reached every partner",
    why: "{found} have not been handed it for a minute or more; until then they go by what it withdraws",
    do: "see in /metrics (quorate_revocation_unseen) who; send them the file by another road",
  },
  IDEMPOTENCY_CONFLICT: {
    what: "this idempotency key stands for another request",
    why: "it came before with another body, or to another address",
    do: "use a new key for a new request",
  },
  IDEMPOTENCY_PENDING: {
    what: "the first request with this idempotency key is still being answered",
    why: "it came a moment ago",
    do: "ask again in a second",
  },
  IDEMPOTENCY_FULL: {
    what: "no more idempotency keys are kept for now",
    why: "{found} {thing} are kept of the last day, and {limit} are the most",
    do: "wait as many seconds as Retry-After says; or send without a key what may be done twice",
  },
  UNAUTHORISED: {
    what: "the request carries no valid key",
    why: "this route needs a bearer key",
    do: "send: Authorization: Bearer <key>",
  },
  NOT_FOUND: {
    what: "there is no {thing}",
    why: "nothing here has that name",
    do: "check the id, or the name, that was given",
  },
  SOURCE_UNKNOWN: {
    what: "there is no source {source}",
    why: "sources are configured by the party",
    do: "check the URL, which ends in /hooks/SOURCE",
  },
  SOURCE_PAUSED: {
    what: "the source {source} is paused, and the delivery did nothing",
    why: "its owner paused it; the delivery was verified, and is on record",
    do: "send it again later; or have the owner resume the source, and replay what came meanwhile",
  },
  SOURCE_EVENT: {
    what: "the event {event} opens nothing",
    why: "this source opens ceremonies for {need}",
    do: "nothing; or configure a source for the event",
  },
  SOURCE_INVALID: {
    what: "the source's document cannot be used",
    why: "{path} must be {need}",
    do: "correct it; `source lint FILE` says all that is wrong",
  },
  SOURCE_SIGNER: {
    what: "the source's document is not signed by this party",
    why: "{signer} is neither its root key nor its agent's",
    do: "sign it with `source sign`, under the party's root key",
  },
  SOURCE_OLDER: {
    what: "a later document of the source {source} is in force, or was taken out",
    why: "it is dated {at:instant} UTC; what is to follow it must be dated later",
    do: "sign the document anew, and add it again",
  },
  ATTEST_UNPLACED: {
    what: "the delivery names no ceremony that is known here",
    why: "it names {found}",
    do: "open the ceremony first, under that label; or have the sender carry the ceremony's id",
  },
  HOOK_UNSIGNABLE: {
    what: "no sample can be signed for this source",
    why: "{reason}",
    do: "have the sender itself send a test delivery",
  },
  HOOK_SIGNATURE_MISSING: {
    what: "the webhook carries no signature",
    why: "the header {header} is missing",
    do: "set the secret at the sender",
  },
  HOOK_SIGNATURE_MISMATCH: {
    what: "the webhook's signature does not fit its body",
    why: "{cause}",
    do: "check the secret, and forward the raw bytes",
  },
  HOOK_TIMESTAMP_TOO_OLD: {
    what: "the webhook is too old",
    why: "it is dated {at:instant} UTC; {tolerance} s are tolerated",
    do: "check the sender's clock, or send it again",
  },
  HOOK_TIMESTAMP_TOO_NEW: {
    what: "the webhook is dated in the future",
    why: "it is dated {at:instant} UTC; {tolerance} s are tolerated",
    do: "check the sender's clock",
  },
  HOOK_DELIVERY_MISSING: {
    what: "the webhook carries no delivery id",
    why: "the header {header} is missing",
    do: "send the delivery id",
  },
  HOOK_HEADER_MALFORMED: {
    what: "the webhook's header {header} cannot be read",
    why: "it must be {need}",
    do: "send the header as the scheme defines it",
  },
  HOOK_SECRET_MALFORMED: {
    what: "the source's secret cannot be read",
    why: "it must be {need}",
    do: "set the secret again",
  },
  HOOK_BODY_GONE: {
    what: "the body of {request} is not kept",
    why: "only verified bodies are kept, and for a day",
    do: "have the sender deliver it again, or bring it with `source replay-missing`",
  },
  HOOK_TARGET_REFUSED: {
    what: "that address is not called",
    why: "{reason}",
    do: "give an https:// address of a public host, on port 443, without credentials",
  },
  HOOK_EXISTS: {
    what: "there is a {thing} {id} already",
    why: "each has a name of its own",
    do: "choose another name, or remove the other first",
  },
  HOOKS_FULL: {
    what: "there is no room for more {thing}",
    why: "there may be {limit}",
    do: "remove one that is not used",
  },
  KEY_MISSING: { what: "the agent has no signing key", why: "{need}", do: "set the secret, and deploy again" },
  CONFIG_INVALID: {
    what: "the agent's configuration cannot be read",
    why: "{path} must be {need}",
    do: "correct the configuration, and deploy again",
  },
  INTERNAL: {
    what: "the agent failed",
    why: "an unexpected error; it is in the log under {request}",
    do: "try again; report it if it stays",
  },
} as const;
