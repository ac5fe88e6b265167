// Examples of what a probe of a NATS server finds: a real server, with two accounts of which none has run an agent.
import { BusFault, type BusReport, probeBus } from "../../cli/nats/probe.ts";
import { buildNatsConfig } from "../../cli/stack/nats-config.ts";
import { pickPorts, startNatsServer } from "../../cli/stack/nats-server.ts";
import type { COMMAND_REFUSALS } from "../../shared/refusals/command.ts";
import type { Fault } from "../../shared/result.ts";
import { scratchFolder } from "../support/scratch.ts";
import type { Example, Examples } from "./example.ts";

const USERS = ["alpha", "beta"].map((name) => ({
  name,
  account: name.toUpperCase(),
  user: name,
  password: `of ${name}`,
}));

/** What alpha finds at a server that only now started; ports differ in every run. */
const probed =
  (password: string, read: (report: BusReport) => Fault | null | undefined, permissions = ""): Example =>
  async () => {
    const { dir, remove } = scratchFolder("refused-bus");
    const ports = await pickPorts();
    const config = buildNatsConfig(USERS, ports, `${dir}/store`);
    const allowed = config.replace('password: "of alpha" }', `password: "of alpha"${permissions} }`);
    const server = await startNatsServer({ dir, config: allowed, ports });
    try {
      const login = { NATS_URL: server.wsUrl, NATS_USER: "alpha", NATS_PASSWORD: password };
      return read(await probeBus(login, ["beta"], "board")) ?? null;
    } catch (error) {
      if (!(error instanceof BusFault)) throw error;
      return { ...error.fault, detail: { ...error.fault.detail, url: "wss://nats.example.org" } };
    } finally {
      await server.kill();
      remove();
    }
  };

const ofBeta = ({ partners }: BusReport) => partners.get("beta")?.fault;

export const BUS: Examples<typeof COMMAND_REFUSALS> = {
  BUS_LOGIN_REFUSED: probed("of another", () => null),
  BUS_PERMISSION_DENIED: probed(
    "of alpha",
    ofBeta,
    ', permissions: { publish: ["$JS.API.>"], subscribe: ["_INBOX.>"] }',
  ),
  BUS_NO_LISTENER: probed("of alpha", ofBeta),
  BUS_NO_INBOX: probed("of alpha", ({ inbox }) => inbox.fault),
};
