// What an elector's report cites: it must be readable, whoever has reported.
import { expect, it } from "vitest";
import type { Party } from "../../../cli/stack/party.ts";
import { authorFor } from "../../../shared/observation/author.ts";
import { parseObservation } from "../../../shared/observation/decode.ts";
import { ELECTORS, handIn, openSale } from "../../support/bidders.ts";
import { SECOND } from "../../support/network.ts";

it("is read by its peers when hundreds of bidders, who run no agent and are not answered, have reported too", () => {
  const sale = openSale(260);
  const { net } = sale;
  const status = ({ identity }: Party, index: number) =>
    authorFor(identity)({
      ceremony: net.call.id,
      round: 0,
      slot: { seat: ELECTORS.length + index, attempt: null, item: null },
      at: [net.now, net.now],
      timeToLive: 3_600 * SECOND,
      governanceClass: null,
      lineage: { sequence: null, prev: null, parents: [], sources: [], derivation: null },
      body: { kind: "status", attempt: -1, contributions: [], messages: [], wants: [], decided: false },
    });
  const { effects } = net.agent("acme");
  const before = effects.length;
  const receipts = handIn(sale, "acme", sale.bidders.map(status));
  expect(receipts.map(({ verdict }) => verdict)).toEqual(sale.bidders.map(() => "ignored"));
  net.run(6);
  const told = new Set(effects.slice(before).flatMap((effect) => (effect.do === "publish" ? effect.to : [])));
  expect(told).toEqual(new Set(ELECTORS.slice(1)));
  const said = effects
    .slice(before)
    .flatMap((effect) => (effect.do === "publish" && effect.observation.body.kind === "status" ? [effect] : []));
  expect(said.length).toBeGreaterThan(0);
  for (const { observation } of said) expect(parseObservation(observation.frame).ok).toBe(true);
});
