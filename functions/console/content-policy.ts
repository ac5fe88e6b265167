// What a page of the console may load and ask for: nothing but what this agent serves, and no script but its own files.
export const POLICY_HEADER = "content-security-policy";

/** A page may ask its own agent only where it is one that keeps itself up to date. */
export function contentPolicy(live: boolean): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${live ? "'self'" : "'none'"}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
