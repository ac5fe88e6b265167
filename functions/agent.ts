// The Worker's entry: HTTP, the queues and cron. It re-exports the object classes, which the platform finds by name.
import { type AgentEnv, LINK_NAME } from "../durable/env.ts";
import { createApp } from "./http/app.ts";
import { consumeDeadLetters, consumeObservations } from "./queue/consumer.ts";

export { Ceremony } from "../durable/ceremony-object.ts";
export { Directory } from "../durable/directory-object.ts";
export { Link } from "../durable/link-object.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  queue: (batch: MessageBatch<unknown>, env: AgentEnv) =>
    batch.queue.endsWith("-dead") ? consumeDeadLetters(batch, env) : consumeObservations(batch, env),
  // The link keeps itself awake by its alarm; this brings it back should alarms be exhausted.
  scheduled: (_: ScheduledController, env: AgentEnv) => env.LINK.getByName(LINK_NAME).start(),
};
