// The source panel: a citation opens its document at the exact sentence.
"use strict";
const source = (() => {
  const { byId, text } = desk;
  const fetched = new Map(); // what the panel shows, by citation and language: a promise of a reply
  let opener = null; // the button that opened the panel

  function fetch(button) {
    const { document: id, start, end, check } = button.dataset;
    const collection = conversations.current()?.collection ?? null;
    const key = [id, start, end, check, collection, desk.language()].join("\u0000");
    if (!fetched.has(key)) {
      if (fetched.size > 60) fetched.clear();
      const asked = desk.call("source", { document: id, start: Number(start), end: Number(end), check, collection });
      asked.then((reply) => reply.problem && fetched.delete(key));
      fetched.set(key, asked);
    }
    return fetched.get(key);
  }

  async function open(button) {
    const panel = byId("source");
    opener?.removeAttribute("aria-expanded");
    opener = button;
    button.setAttribute("aria-expanded", "true");
    const reply = await fetch(button);
    if (opener !== button) return; // another one was clicked meanwhile
    if (reply.problem) {
      panel.innerHTML = '<header><h2 id="source-title" tabindex="-1"></h2><button type="button" data-close>×</button></header><p class="notice"></p>';
      panel.querySelector("h2").textContent = text("source");
      panel.querySelector("[data-close]").setAttribute("aria-label", text("close"));
      panel.querySelector(".notice").textContent = reply.problem;
    } else panel.innerHTML = reply.html; // escaped on the server
    panel.hidden = false;
    document.body.classList.add("source-open");
    await Promise.all([...panel.querySelectorAll("img")].map((image) => image.decode().catch(() => {})));
    panel.querySelector("mark, [data-highlight]")?.scrollIntoView({ block: "center" });
    panel.querySelector("#source-title").focus({ preventScroll: true });
  }

  function close(refocus = true) {
    const panel = byId("source");
    if (!panel || panel.hidden) return;
    panel.hidden = true;
    panel.replaceChildren();
    document.body.classList.remove("source-open");
    opener?.removeAttribute("aria-expanded");
    if (refocus) (opener?.isConnected ? opener : document.querySelector("#question textarea"))?.focus();
    opener = null;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button?.dataset.document !== undefined) open(button);
    else if (button?.dataset.close !== undefined) close();
  });
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());
  desk.onLanguage(() => close());

  /** Fetched now, shown at once when clicked. */
  function foresee(answer) {
    [...(answer?.querySelectorAll("[data-citation]") ?? [])].reduce(
      (previous, marker) => previous.then(() => fetch(marker)),
      Promise.resolve(),
    );
  }

  return { open, close, foresee };
})();
asking.onShown(source.foresee);
