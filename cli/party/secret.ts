// Secrets that people and scripts pass on: keys of an agent's door, of its webhooks, and its password at the bus.
import { randomBytes } from "node:crypto";

const BYTES = 24;

/** 192 random bits in base64url behind `qs_`: on a command line none looks like a flag, and a scanner for leaked secrets knows it. */
export function newSecret(): string {
  return `qs_${randomBytes(BYTES).toString("base64url")}`;
}
