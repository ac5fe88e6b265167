// What a bearer key of an agent's API may be allowed to do: see; speak for the party; open ceremonies; change how the agent stands to others,
// and all the rest.
export const SCOPES = ["read", "attest", "open", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** The key that an agent is set up with: it may do all, and is replaced by deploying another. */
export const FIRST_KEY = "API_KEY";

/** The name of a bearer key. */
export function isKeyName(text: string): boolean {
  return /^[\w.-]{1,64}$/.test(text);
}
