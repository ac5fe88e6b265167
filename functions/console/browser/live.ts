// Keeps a part of a page up to date while it is seen: the agent renders the part, and this puts it in place. Focus and scroll stay where
// they are, updates can be paused, and what is spoken is spoken at most every ten seconds.
const EVERY_MS = 3_000;
const SPOKEN_EVERY_MS = 10_000;

const part = document.querySelector<HTMLElement>("[data-live]");
const pause = document.querySelector<HTMLButtonElement>("#pause");
const speaker = document.querySelector<HTMLElement>("#spoken");

let etag = "";
let paused = false;
let spokenAt = 0;

function speak(text: string): void {
  if (speaker === null || speaker.textContent === text || Date.now() - spokenAt < SPOKEN_EVERY_MS) return;
  speaker.textContent = text;
  spokenAt = Date.now();
}

async function update(place: HTMLElement): Promise<void> {
  const headers = etag === "" ? {} : { "if-none-match": etag };
  const answer = await fetch(place.dataset.live ?? "", { headers, redirect: "error" });
  if (answer.status === 304) return;
  if (!answer.ok) return speak("This page could not be brought up to date.");
  // Somebody is at work in it: the next turn will do.
  if (place.contains(document.activeElement)) return;
  etag = answer.headers.get("etag") ?? "";
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  const [scrolled, across] = [window.scrollY, place.scrollLeft];
  const unfolded = [...place.querySelectorAll("details")].map(({ open }) => open);
  place.replaceChildren(...fresh.childNodes);
  for (const [index, one] of [...place.querySelectorAll("details")].entries()) one.open = unfolded[index] ?? one.open;
  window.scrollTo({ top: scrolled, behavior: "instant" });
  place.scrollLeft = across;
  const said = place.querySelector<HTMLElement>("[data-say]")?.dataset.say;
  if (said !== undefined) speak(said);
}

async function watch(place: HTMLElement): Promise<never> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    if (paused || document.visibilityState !== "visible") continue;
    await update(place).catch(() => speak("This page could not be brought up to date."));
  }
}

if (part !== null) {
  if (pause !== null) {
    pause.hidden = false;
    pause.addEventListener("click", () => {
      paused = !paused;
      pause.setAttribute("aria-pressed", String(paused));
      pause.textContent = paused ? "Go on updating" : "Pause updates";
    });
  }
  void watch(part);
}
