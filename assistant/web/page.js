// What Gradio's parts cannot do: the hook on the text area, questions as buttons, the source panel, and what is read aloud.
(() => {
  "use strict";
  const sources = new Map(); // what the panel shows, by citation and language: a promise of HTML
  let opener = null; // the button that opened the panel

  const byId = (id) => document.getElementById(id);
  const language = () => document.documentElement.lang;
  const textArea = () => document.querySelector("#question textarea");
  const calm = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

  // -------------------------------------------------------------------- the source panel

  function source(button) {
    const { document: id, start, end, check } = button.dataset;
    const key = [id, start, end, check, language()].join("\u0000");
    if (!sources.has(key)) {
      if (sources.size > 60) sources.clear();
      const asked = fetch(new URL("gradio_api/run/source", document.baseURI), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ data: [id, Number(start), Number(end), check, language()] }),
      }).then(async (response) => {
        if (!response.ok) throw new Error(`source: ${response.status}`);
        return (await response.json()).data[0];
      });
      asked.catch(() => sources.delete(key));
      sources.set(key, asked);
    }
    return sources.get(key);
  }

  async function open(button) {
    const panel = byId("source");
    opener?.removeAttribute("aria-expanded");
    opener = button;
    button.setAttribute("aria-expanded", "true");
    let content;
    try {
      content = await source(button);
    } catch {
      content =
        language() === "en"
          ? '<p class="notice">The source could not be opened. Is the program still running?</p>'
          : '<p class="notice">De bron kon niet worden geopend. Draait het programma nog?</p>';
      content = `<header><h2 id="source-title" tabindex="-1"></h2><button type="button" data-close aria-label="×">×</button></header>${content}`;
    }
    if (opener !== button) return; // another one was clicked meanwhile
    panel.innerHTML = content; // escaped on the server
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
    if (refocus) (opener?.isConnected ? opener : textArea())?.focus();
    opener = null;
  }

  // -------------------------------------------------------------------- asking

  function ask(text) {
    const area = textArea();
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    setTimeout(() => byId("ask").click(), 50); // after Gradio has taken the text over
  }

  // The answer on the page is no longer the newest from the moment another question goes out; a question that was
  // refused (a wrong date) puts it back.
  let retired = null;
  let told; // the number of the message that was there already
  const message = () => document.querySelector("#message .problem")?.dataset.told;
  function retire() {
    close(false); // the source of an earlier answer would stand beside the next one
    told = message();
    retired = byId("answer") ?? retired;
    retired?.removeAttribute("id");
    for (const marker of retired?.querySelectorAll("[data-citation]") ?? []) {
      marker.dataset.retired = marker.dataset.citation;
      delete marker.dataset.citation;
    }
  }

  function reinstate() {
    if (message() === undefined || message() === told || !retired?.isConnected || byId("answer")) return;
    retired.id = "answer";
    for (const marker of retired.querySelectorAll("[data-retired]")) {
      marker.dataset.citation = marker.dataset.retired;
      delete marker.dataset.retired;
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.id === "ask") retire();
    else if (button.dataset.document !== undefined) open(button);
    else if (button.dataset.ask !== undefined) ask(button.dataset.ask);
    else if (button.dataset.close !== undefined) close();
    else if (button.id === "restart" || button.id === "language") close();
    else if (button.matches("#filters > button")) setTimeout(unfold);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === textArea()) retire();
  }, true);

  // -------------------------------------------------------------------- what changes on the page

  // `#question` is the label around the text area: filling, typing in and focusing the label reach the area inside it.
  function hook() {
    const label = document.querySelector("#question-box label");
    if (!label || label.id === "question") return;
    label.id = "question";
    label.tabIndex = -1;
    label.addEventListener("focus", () => textArea().focus());
    textArea().focus();
    unfold();
  }

  // Gradio's accordion does not say whether it is open.
  function unfold() {
    const button = document.querySelector("#filters > button");
    const content = document.querySelector("#filters [data-testid='accordion-content']");
    if (button && content) button.setAttribute("aria-expanded", String(content.style.display !== "none"));
  }

  let spoken = "";
  function say(text) {
    let live = byId("spoken");
    if (!live) {
      live = document.createElement("div");
      live.id = "spoken";
      live.className = "unseen";
      live.setAttribute("role", "status");
      document.body.append(live);
    }
    if (text !== spoken) live.textContent = spoken = text;
  }

  let followed = "";
  function follow() {
    hook();
    document.documentElement.lang = document.querySelector("#heading h1")?.lang || "nl";
    const turn = document.querySelector("[data-newest]");
    const step = turn?.querySelector("[data-progress]");
    const answer = byId("answer");
    // Gradio changes elements in place, so what is new is told by what it says.
    const state = turn ? [document.querySelectorAll(".turn").length, step?.textContent ?? answer?.dataset.outcome].join(" ") : "";
    reinstate();
    if (state === followed) return;
    followed = state;
    if (!turn) return;
    if (step) say(step.textContent);
    else if (answer) {
      say([...answer.querySelectorAll(".abstained, .statement")].map((part) => part.textContent).join(" "));
      // Fetched now, shown at once when clicked.
      [...answer.querySelectorAll("[data-citation]")].reduce(
        (previous, marker) => previous.then(() => source(marker)).catch(() => {}),
        Promise.resolve(),
      );
    }
    turn.scrollIntoView({ block: "start", behavior: calm() });
  }

  new MutationObserver(follow).observe(document.documentElement, {
    childList: true,
    characterData: true,
    attributeFilter: ["data-told"],
    subtree: true,
  });
})();
