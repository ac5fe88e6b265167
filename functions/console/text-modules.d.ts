// Browser modules as text by name, built before the agent is bundled; absent in a fresh clone.
declare module "*/built/modules.json" {
  const modules: Readonly<Record<"live" | "sign" | "verify", string>>;
  export = modules;
}
