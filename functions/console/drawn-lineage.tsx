// The console's picture of a lineage as a file of its own.
import type { Picture } from "../../shared/ceremony/picture.ts";
import type { CeremonyView } from "../../shared/ceremony/view.ts";
import { visibleMarkup } from "./foreign.tsx";
import { Lineage } from "./pages/lineage.tsx";

const STYLE =
  "text{font:12px system-ui,sans-serif}rect{fill:#f6f8fa;stroke:#57606a}path,line{stroke:#57606a;fill:none}a{fill:#0550ae}";

/** An empty picture where there is too much to draw. */
export async function drawLineage(view: CeremonyView, picture: Picture): Promise<string> {
  const page = visibleMarkup(String(await (<Lineage view={view} picture={picture} />)));
  const drawn = /<svg[\s\S]*?<\/svg>/.exec(page)?.[0] ?? "<svg><title>too large to draw</title></svg>";
  return drawn.replace(/^<svg([^>]*)>/, `<svg xmlns="http://www.w3.org/2000/svg"$1><style>${STYLE}</style>`);
}
