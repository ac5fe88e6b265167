// Counts what the platform would bill, around the deployed bundle and without a change in it: calls and alarms of objects, rows, invocations of
// the Worker, and messages of the queue. What only looks (a view that the measurement polls) is left out.

export type Metered = {
  readonly workerRequests: number;
  readonly objectRequests: number;
  readonly alarms: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
  readonly queueMessages: number;
  /** Wall time in which objects worked. */
  readonly activeMs: number;
};

const METER = `
const __meter = { workerRequests: 0, objectRequests: 0, alarms: 0, queueMessages: 0, activeMs: 0, setAlarms: 0 };
const __cursors = [];
let __done = { rowsRead: 0, rowsWritten: 0 };
const __LOOKS = ["view", "health", "picture"];
const __envs = new WeakMap();
const __timed = async (work) => { const at = Date.now(); try { return await work(); } finally { __meter.activeMs += Date.now() - at; } };
const __stub = (stub) => new Proxy(stub, { get: (target, name) => typeof name !== "string" || name === "then" ? undefined : (...given) => {
  if (__LOOKS.includes(name)) return target[name](...given);
  __meter.objectRequests += 1;
  return __timed(() => target[name](...given));
} });
function __env(env) {
  const known = __envs.get(env);
  if (known !== undefined) return known;
  const own = { ...env };
  for (const [name, bound] of Object.entries(env)) {
    if (bound && typeof bound.getByName === "function") own[name] = { getByName: (id) => __stub(bound.getByName(id)) };
    if (bound && typeof bound.sendBatch === "function") own[name] = {
      send: (message, options) => { __meter.queueMessages += 1; return bound.send(message, options); },
      sendBatch: (messages, options) => { const all = [...messages]; __meter.queueMessages += all.length; return bound.sendBatch(all, options); },
    };
  }
  __envs.set(env, own);
  return own;
}
const __metered = (Base) => class extends Base {
  constructor(ctx, env) {
    const { storage } = ctx;
    const { sql } = storage;
    const [exec, setAlarm] = [sql.exec.bind(sql), storage.setAlarm.bind(storage)];
    sql.exec = (...given) => { const cursor = exec(...given); __cursors.push(cursor); return cursor; };
    storage.setAlarm = (...given) => { __meter.setAlarms += 1; return setAlarm(...given); };
    super(ctx, __env(env));
  }
  alarm(...given) { __meter.alarms += 1; return __timed(() => super.alarm(...given)); }
};
const __rows = () => {
  for (const cursor of __cursors.splice(0)) { __done.rowsRead += cursor.rowsRead; __done.rowsWritten += cursor.rowsWritten; }
  return __done;
};
const __worker = (agent) => ({
  ...agent,
  fetch: (request, env, ctx) => {
    if (new URL(request.url).pathname === "/__meter") {
      const { setAlarms, ...counts } = __meter;
      const { rowsRead, rowsWritten } = __rows();
      return Response.json({ ...counts, rowsRead, rowsWritten: rowsWritten + setAlarms });
    }
    if (request.method !== "GET") __meter.workerRequests += 1;
    return agent.fetch(request, __env(env), ctx);
  },
  queue: (batch, env, ctx) => { __meter.workerRequests += 1; return agent.queue(batch, __env(env), ctx); },
});
`;

/** The bundle with a meter between its objects and the platform; /__meter answers the counts. */
export function withMeter(script: string): string {
  const found = /^export \{([^}]*)\};?/m.exec(script);
  if (found === null) throw new Error("the bundle exports nothing that is known");
  const names = (found[1] as string)
    .split(",")
    .map((part) => part.trim().split(/ as /))
    .filter(([name]) => name !== "");
  const wrapped = names.map(([local, as = local]) => {
    const wrap = as === "default" ? "__worker" : "__metered";
    return { line: `const __x_${as} = ${wrap}(${local});`, out: `__x_${as} as ${as}` };
  });
  const lines = wrapped.map(({ line }) => line).join("\n");
  const out = wrapped.map((each) => each.out).join(", ");
  const rest = script.slice(found.index + found[0].length);
  return `${script.slice(0, found.index)}${METER}\n${lines}\nexport { ${out} };${rest}`;
}
