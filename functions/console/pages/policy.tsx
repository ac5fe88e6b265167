// Policies: those that ship, and the one that a ceremony was opened under.
import type { Json } from "../../../shared/cbor/json.ts";
import type { CeremonyView } from "../../../shared/ceremony/view.ts";
import { ForeignDocument } from "../foreign.tsx";
import { grouped } from "../words.ts";

export const PolicyOfCeremony = ({ view, policy }: { view: CeremonyView; policy: Json }) => (
  <>
    <p>
      The policy that <a href={`/c/${view.ceremony}`}>this ceremony</a> was opened under, pinned by its digest for as
      long as the ceremony lives: <code class="digest">{grouped(view.policy ?? "")}</code>
    </p>
    <ForeignDocument value={policy} />
  </>
);
