// A form of the console: it posts to this agent and carries the token that says that this agent served it. Whoever may not send it is told
// what it needs instead.
import { type Child, createContext, useContext } from "hono/jsx";
import { allows } from "../../durable/keys.ts";
import type { Scope } from "../../shared/scopes.ts";
import { scopeOfForm } from "./forms.ts";

/** For whom a page is: whoever is logged in, and what they may do. */
export type Reader = { readonly id: string; readonly scopes: readonly Scope[] };

/** Set for the whole page by whoever renders it. */
export const FormToken = createContext("");
export const Reading = createContext<Reader | null>(null);

export const Form = (props: {
  action: string;
  /** Its accessible name, where no heading says it. */
  label?: string;
  class?: string;
  upload?: boolean;
  data?: Readonly<Record<`data-${string}`, string>>;
  children?: Child;
}) => {
  const [token, reader] = [useContext(FormToken), useContext(Reading)];
  const needs = scopeOfForm(props.action);
  if (needs !== null && !allows(reader?.scopes ?? [], needs))
    return <p class="note">{`${props.label ?? "This form"}: only with the scope ${needs}`}</p>;
  return (
    <form
      method="post"
      action={props.action}
      class={props.class}
      aria-label={props.label}
      enctype={props.upload ? "multipart/form-data" : undefined}
      {...(props.data ?? {})}
    >
      <input type="hidden" name="form-token" value={token} />
      {props.children}
    </form>
  );
};
