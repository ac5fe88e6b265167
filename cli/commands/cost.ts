// `cost`: what an agent costs its party, from counts that were measured on real objects.
import { usage } from "../files.ts";
import { billFor, type Measured, type MeasuredSize } from "../ops/cost.ts";
import measured from "../ops/measured-costs.json" with { type: "json" };
import { PLAN_USD } from "../ops/prices.ts";
import { type Call, type Command, EXIT } from "../registry.ts";

const TABLE: Measured = measured;
const CEREMONIES = 10_000;

export const cost: Command = {
  name: "cost",
  usage: "cost [--ceremonies N] [--parties N]",
  about: "what an agent costs its party a month, by counts that npm run measure took",
  flags: { ceremonies: { type: "string" }, parties: { type: "string" } },
  input: [
    `--ceremonies  a month; ${CEREMONIES} where nothing is said`,
    `--parties     of each ceremony: ${TABLE.sizes.map(({ parties }) => parties).join(", ")} were measured`,
  ],
  example: "cost --ceremonies 10000 --parties 3",
  run: async (call) => {
    const ceremonies = wholeOf(call, "ceremonies") ?? CEREMONIES;
    const size = sizeOf(call);
    const { lines, usd } = billFor(size, ceremonies);
    const { measuredAt, machine, pattern } = TABLE;
    const rows = lines.map(
      (line) =>
        `${line.item.padEnd(28)} ${line.used.toLocaleString("en").padStart(15)} of ${line.included.toLocaleString("en").padStart(15)} included  ${line.usd.toFixed(2).padStart(9)} USD`,
    );
    const text = [
      `one ${pattern} of ${size.parties} parties costs a party ${size.workerRequests} Worker requests, ${size.objectRequests} object requests, ${size.alarms} alarms, ${size.rowsWritten} rows written, ${size.rowsRead} read, ${size.queueMessages} queue messages`,
      `${ceremonies.toLocaleString("en")} a month:`,
      ...rows,
      `${"with the plan's".padEnd(28)} ${PLAN_USD.toFixed(2)} USD, in all ${usd.toFixed(2)} USD (measured ${measuredAt} on ${machine})`,
    ];
    const data = {
      perCeremony: size,
      ceremonies,
      lines,
      planUsd: PLAN_USD,
      usd,
      measuredAt,
      machine,
      sizes: TABLE.sizes,
    };
    return { exit: EXIT.yes, data, text: text.join("\n") };
  },
};

function sizeOf(call: Call): MeasuredSize {
  const wanted = wholeOf(call, "parties") ?? TABLE.sizes[0]?.parties;
  const found = TABLE.sizes.find(({ parties }) => parties === wanted);
  if (found === undefined)
    throw usage(`--parties takes what was measured: ${TABLE.sizes.map(({ parties }) => parties).join(", ")}`);
  return found;
}

function wholeOf(call: Call, flag: string): number | null {
  const given = call.flags[flag];
  if (given === undefined) return null;
  if (typeof given !== "string" || !/^[1-9]\d{0,8}$/.test(given)) throw usage(`--${flag} takes a number from 1`);
  return Number(given);
}
