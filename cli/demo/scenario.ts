// What a scenario is: what happens to a ceremony on a fresh stack, and how it must end.
import type { Json } from "../../shared/cbor/json.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import type { StackPlan } from "../stack/stack.ts";
import type { Stage } from "./stage.ts";

export type Scenario = {
  readonly name: string;
  readonly title: string;
  /** How many parties it has unless told otherwise, and how few it makes sense with. */
  readonly parties: number;
  readonly least: number;
  /** Seconds until the round closes, and until the ceremony expires. */
  readonly closesIn: number;
  readonly expiresIn: number;
  /** Parameters of the pattern that differ from its own. */
  readonly set?: readonly { readonly path: string; readonly value: Json }[];
  /** What its stack has beyond parties and a broker: further meshes, guests. */
  readonly setting?: () => Pick<StackPlan, "meshes" | "guests">;
  /** Phases in which every running party may end. */
  readonly endsAs: readonly string[];
  /** Answers what the running parties show at the end; throws where something else happened than must. */
  readonly run: (stage: Stage) => Promise<readonly CeremonyView[]>;
};
