// Rules about what leaves: who may call out at all, which hosts are named, and that no program of ours speaks on our stdout.
import { HOSTS_NAMED, MAY_CALL_OUT } from "../lists.ts";
import { isNode, type Rule, type Source, walk } from "../source.ts";

/** An example of anybody's, this machine, or a placeholder that is filled in. */
const NOBODY = /^(?:localhost|127\.0\.0\.1|.*\.example(?:\.[a-z]+)?|.*\.test)$/;
const ADDRESS = /\b(?:https?|wss?|nats|tls):\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi;

const isShipped = ({ room, path }: Source) =>
  room !== "test" && !path.endsWith(".md") && !/^(package-lock.json|LICENSE)$/.test(path);

const hosts: Rule = {
  name: "hosts-named",
  check: (source) =>
    isShipped(source)
      ? Array.from(source.text.matchAll(ADDRESS), ({ 1: host = "", index }) => ({ host, at: index }))
          .filter(({ host }) => !NOBODY.test(host) && !Object.hasOwn(HOSTS_NAMED, host))
          .map(({ host, at }) => ({ at, message: `${host}: whom we do not know is not named, and never called` }))
      : [],
};

/** What opens a connection, called as a function or made with `new`. */
const OPENERS: ReadonlySet<string> = new Set(["fetch", "connect", "createRemoteJWKSet", "WebSocket", "EventSource"]);

const callsOut: Rule = {
  name: "calls-out",
  check: (source) => {
    if (!isShipped(source) || Object.hasOwn(MAY_CALL_OUT, source.path)) return [];
    const found: { at: number; message: string }[] = [];
    walk(source.program, (node) => {
      const { callee } = node;
      if (!/^(Call|New)Expression$/.test(node.type) || !isNode(callee) || callee.type !== "Identifier") return;
      const name = String(callee.name);
      if (OPENERS.has(name)) found.push({ at: node.start, message: `${name}(): not among the files that call out` });
    });
    return found;
  },
};

const childOutput: Rule = {
  name: "child-output",
  check: ({ room, text }) =>
    room === "cli"
      ? Array.from(text.matchAll(/stdio: *(?:"inherit"|\[ *"\w+", *(?:"inherit"|1\b))/g), ({ index }) => ({
          at: index,
          message: "a program that we start would write to our stdout",
        }))
      : [],
};

export const outwardRules: readonly Rule[] = [hosts, callsOut, childOutput];
