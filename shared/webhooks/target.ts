// Which addresses an agent may call (SPEC §26.7). Whoever configures an endpoint could otherwise make the agent reach what only it can
// reach. The URL is read as the platform will read it, so that 0x7f.1, 2130706433 and ①②⑦.0.0.1 are all seen as what they are.
import { fault, ok, type Result } from "../result.ts";
import { type Block, IPV4_BLOCKS, IPV6_BLOCKS, IPV6_GLOBAL, PRIVATE_SUFFIXES } from "./special-addresses.ts";

/** Longer than any receiver's URL, short enough for every log and header. */
export const TARGET_LENGTH_MAX = 2_048;

/** What a development stack may allow besides: this machine, by any port, with or without TLS. */
export type TargetRule = { readonly loopback: boolean };

/** The URL, where it may be called. */
export function readTarget(text: string, rule: TargetRule): Result<URL> {
  const reason = flawOf(text, rule);
  return reason === null ? ok(new URL(text)) : fault("HOOK_TARGET_REFUSED", { reason });
}

function flawOf(text: string, { loopback }: TargetRule): string | null {
  if (text.length > TARGET_LENGTH_MAX) return `it is longer than ${TARGET_LENGTH_MAX} characters`;
  // A parser would drop or replace these in silence, and what is read would be another address than what was written.
  if (!/^[\x21-\x7e]+$/.test(text) || text.includes("\\")) return "it must be written in ASCII, without blanks";
  if (!URL.canParse(text)) return "it is no URL";
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || authorityOf(text).includes("@")) return "it carries credentials";
  if (loopback && isLoopback(url)) return null;
  if (url.protocol !== "https:") return "it must begin with https://";
  if (url.port !== "") return "only port 443 is called";
  return flawOfHost(url.hostname);
}

function authorityOf(text: string): string {
  return /^[a-z]+:\/*([^/?#]*)/i.exec(text)?.[1] ?? "";
}

function isLoopback({ protocol, hostname }: URL): boolean {
  if (protocol !== "http:" && protocol !== "https:") return false;
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function flawOfHost(host: string): string | null {
  if (host.startsWith("[")) return flawOfAddress(host.slice(1, -1));
  if (/^\d+(\.\d+){3}$/.test(host)) return flawOfAddress(host);
  const name = host.replace(/\.$/, "");
  const labels = name.split(".");
  if (labels.length < 2) return `${name} is a name of some network of its own`;
  if (!labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))) return "its host is no name";
  const last = labels.at(-1) as string;
  return PRIVATE_SUFFIXES.includes(last) ? `names under .${last} are not public` : null;
}

/** Why an IP address, as a URL or a resolver writes it, may not be called; null where it may. */
export function flawOfAddress(address: string): string | null {
  const v4 = parseIpv4(address);
  if (v4 !== null) return inside(v4, IPV4_BLOCKS, address);
  const v6 = parseIpv6(address);
  if (v6 === null) return "its host is no address";
  const { prefix, bits } = IPV6_GLOBAL;
  if (!begins(v6, parseIpv6(prefix) as readonly number[], bits, 16)) return `${address} is not a public address`;
  return inside(v6, IPV6_BLOCKS, address);
}

function inside(parts: readonly number[], blocks: readonly Block[], address: string): string | null {
  const width = parts.length === 4 ? 8 : 16;
  const parse = parts.length === 4 ? parseIpv4 : parseIpv6;
  const block = blocks.find(({ prefix, bits }) => begins(parts, parse(prefix) as readonly number[], bits, width));
  return block === undefined ? null : `${address} is not a public address: ${block.is}`;
}

/** Whether two addresses, in parts of `width` bits, agree in their first `bits`. */
function begins(parts: readonly number[], prefix: readonly number[], bits: number, width: number): boolean {
  return parts.every((part, index) => {
    const relevant = Math.max(0, Math.min(width, bits - index * width));
    return part >> (width - relevant) === (prefix[index] as number) >> (width - relevant);
  });
}

function parseIpv4(text: string): readonly number[] | null {
  const parts = /^\d{1,3}(\.\d{1,3}){3}$/.test(text) ? text.split(".").map(Number) : [];
  return parts.length === 4 && parts.every((part) => part <= 255) ? parts : null;
}

/** Eight groups; the forms with an IPv4 address at the end are read too. */
function parseIpv6(text: string): readonly number[] | null {
  const tail = /^(.*:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(text);
  const v4 = tail === null ? null : parseIpv4(tail[2] as string);
  if (tail !== null && v4 === null) return null;
  const [a = 0, b = 0, c = 0, d = 0] = v4 ?? [];
  const plain = tail === null ? text : `${tail[1]}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  const halves = plain.split("::");
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const [head, rest] = [groups[0] ?? [], groups[1] ?? []];
  const gap = 8 - head.length - rest.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return null;
  const all = [...head, ...Array<string>(gap).fill("0"), ...rest];
  return all.every((group) => /^[0-9a-f]{1,4}$/i.test(group)) ? all.map((group) => Number.parseInt(group, 16)) : null;
}
