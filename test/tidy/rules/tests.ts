// Rules for tests: each one claims something, none is switched off by hand, and chance comes from a seed.
import {
  type Complaint,
  isNode,
  literalText,
  memberName,
  type Node,
  nameOf,
  nodesOf,
  type Rule,
  walk,
} from "../source.ts";
import { testArguments, vitestCall } from "../suites.ts";

const SWITCHES = ["only", "skip", "todo", "fails"];
const CLAIM = /^(expect|assert)/;

const claims: Rule = {
  name: "test-claims",
  check: (source) =>
    nodesOf(source, "CallExpression").flatMap((node): Complaint[] => {
      const given = testArguments(node);
      if (given === null || given.some(isClaiming)) return [];
      return [{ at: node.start, message: `the test ${literalText(given[0]) ?? ""} expects nothing` }];
    }),
};

function isClaiming(argument: Node): boolean {
  if (argument.type === "Identifier") return CLAIM.test(String(argument.name));
  if (!/Function/.test(argument.type)) return false;
  let found = false;
  walk(argument, (node) => {
    if (node.type !== "CallExpression" || !isNode(node.callee)) return;
    const name = nameOf(node.callee) ?? memberName(node.callee);
    if (name !== null && CLAIM.test(name)) found = true;
  });
  return found;
}

const switches: Rule = {
  name: "test-switch",
  check: (source) => {
    const chains = nodesOf(source, "CallExpression", "MemberExpression").flatMap((node): Complaint[] => {
      const call = vitestCall(node.type === "CallExpression" ? node : undefined);
      if (call !== null && /^[fx]/.test(call.root))
        return [{ at: node.start, message: `${call.root} switches tests off` }];
      const word = memberName(node);
      const rooted = word !== null && SWITCHES.includes(word) && isRooted(node);
      return rooted ? [{ at: node.start, message: `.${word} switches tests off; only skipIf with a reason may` }] : [];
    });
    return [...chains, ...nodesOf(source, "CallExpression").flatMap(optionSwitches)];
  },
};

/** True for `it.x`, `describe.concurrent.x` and the context's `ctx.skip`; false for an array's or a schema's own `.skip`. */
function isRooted(member: Node): boolean {
  const root = vitestCall({ type: "CallExpression", start: 0, end: 0, callee: member });
  const context = isNode(member.object) && /^(ctx|context|task)$/.test(nameOf(member.object) ?? "");
  return root !== null || (context && memberName(member) === "skip");
}

function optionSwitches(node: Node): Complaint[] {
  const options = vitestCall(node) !== null && Array.isArray(node.arguments) ? node.arguments.filter(isNode) : [];
  const properties = options.flatMap((option) =>
    Array.isArray(option.properties) ? option.properties.filter(isNode) : [],
  );
  return properties
    .filter((property) => SWITCHES.includes(nameOf(property.key) ?? ""))
    .map((property) => ({ at: property.start, message: `the option ${nameOf(property.key)} switches tests off` }));
}

const seeded: Rule = {
  name: "test-chance",
  check: (source) =>
    source.room !== "test"
      ? []
      : nodesOf(source, "MemberExpression")
          .filter((node) => nameOf(node.object) === "Math" && memberName(node) === "random")
          .map(({ start }) => ({
            at: start,
            message: "chance in a test comes from a seed, so that it can be replayed",
          })),
};

export const testRules: readonly Rule[] = [claims, switches, seeded];
