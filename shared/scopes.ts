// What a bearer key of an agent's API may be allowed to do: see; speak for the party; open ceremonies; change how the agent stands to others,
// and all the rest.
export const SCOPES = ["read", "attest", "open", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** The name of a bearer key. */
export function isKeyName(text: string): boolean {
  return /^[\w.-]{1,64}$/.test(text);
}
