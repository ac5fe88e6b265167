// One fact's whole story: who said it where, how it was read, what it competed with, and how it came in.
import { ForeignDocument } from "../foreign.tsx";

export const StoryPage = ({ mesh, story }: { mesh: string; story: unknown }) => (
  <>
    <p>
      <a href={`/mesh/${mesh}`}>Back to {mesh}</a>
    </p>
    <ForeignDocument value={story} />
  </>
);
