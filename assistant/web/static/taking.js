// Taking along: one answer or the whole conversation as a Word document, as Markdown or on paper.
"use strict";
const taking = (() => {
  const { byId, text, make, when } = desk;
  const LONGEST_TITLE = 300;
  const FORMATS = ["word", "markdown", "print"];
  const LOOK_AGAIN = 50; // ms, until the new window has drawn the page to print
  const PATIENCE = 10_000; // ms

  // -------------------------------------------------------------------- making it

  /** Fetch a file from an endpoint and give it to the user. Returns the problem, when there was one. */
  async function save(endpoint, request) {
    desk.toast(text("taking.making"));
    const reply = await desk.call(endpoint, request);
    if (reply.problem) return reply;
    desk.save(reply);
    desk.toast(text("taking.made", { name: reply.name }));
    return null;
  }

  async function print(request) {
    // Opened before anything is waited for: later, the browser would hold it back.
    const view = window.open("", "_blank");
    if (!view) return { problem: text("taking.blocked") };
    view.opener = null; // what is opened from there must not reach this page
    view.document.title = text("taking.print");
    view.document.body.textContent = text("taking.print_waiting");
    const reply = await desk.call("export", request);
    if (reply.problem) {
      view.close();
      return reply;
    }
    const bytes = Uint8Array.from(atob(reply.data), (letter) => letter.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type: reply.type }));
    view.location.replace(address); // never revoked: the reader may load or save that window again
    desk.say(text("taking.printing"));
    await drawn(view, address);
    if (!view.closed) view.print();
    return null;
  }

  /** Until the window shows what is at the address, or is closed, or takes too long. */
  async function drawn(view, address) {
    for (const end = Date.now() + PATIENCE; Date.now() < end && !view.closed; ) {
      if (view.location.href === address && view.document.readyState === "complete") return;
      await new Promise((done) => setTimeout(done, LOOK_AGAIN));
    }
  }

  async function take(format, place) {
    const conversation = conversations.current();
    const index = place.closest("[data-turn]")?.dataset.turn;
    const whole = index === undefined;
    const exchanges = whole ? conversation.turns : [conversation.turns[Number(index)]];
    const title = whole ? conversations.title(conversation) : exchanges[0].question;
    const request = {
      exchanges,
      format,
      what: whole ? "conversation" : "answer",
      title: title.trim().slice(0, LONGEST_TITLE),
      collection: conversation.collection ?? null,
    };
    const problem = await (format === "print" ? print(request) : save("export", request));
    tell(place, problem);
  }

  /** What went wrong stands with the buttons that were used. */
  function tell(place, reply) {
    place.querySelector(".problem")?.remove();
    if (reply) place.append(make("div", { class: "problem", role: "alert" }, make("p", {}, reply.problem)));
  }

  // -------------------------------------------------------------------- the buttons

  let made = 0;
  /** A button that shows the formats, and the formats. */
  function menu(name, label) {
    const id = `take-${(made += 1)}`;
    const opener = make("button", { type: "button", class: "tool take", "aria-expanded": "false", "aria-controls": id }, name);
    const choices = FORMATS.map((format) => make("button", { type: "button", class: "button", "data-take": format }, text(`taking.${format}`)));
    const place = make("div", { class: "take-formats", id, role: "group", "aria-label": label, hidden: true }, ...choices);
    return [opener, place];
  }

  function toggle(opener, open) {
    opener.setAttribute("aria-expanded", String(open));
    const place = byId(opener.getAttribute("aria-controls"));
    place.hidden = !open;
    if (open) place.scrollIntoView({ block: "nearest", behavior: desk.calm() });
    tell(place, null);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button?.matches(".take")) toggle(button, button.getAttribute("aria-expanded") !== "true");
    else if (button?.dataset.take !== undefined) take(button.dataset.take, button.parentElement);
  });

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      const place = event.target.closest?.(".take-formats");
      const opener = place ? document.querySelector(`[aria-controls="${place.id}"]`) : event.target.closest?.('.take[aria-expanded="true"]');
      if (!opener) return;
      event.stopPropagation(); // the source panel stays open
      toggle(opener, false);
      opener.focus();
    },
    true,
  );

  // Every answer, also those of a conversation that is opened again; a question that failed has nothing to take along.
  when(".turn .tools", (tools) => {
    if (tools.parentElement.querySelector(".answer")) tools.append(...menu(text("taking.take"), text("taking.take_answer")));
  });

  const nameWhole = () => byId("take-conversation")?.replaceChildren(...menu(text("taking.take_conversation"), text("taking.take_conversation")));
  const showWhole = () => (byId("take-conversation").hidden = !conversations.current()?.turns.length);

  when("#restart", (button) => {
    button.after(make("div", { id: "take-conversation" }));
    nameWhole();
    showWhole();
    conversations.onOpen(showWhole);
    asking.onShown(showWhole);
  });
  desk.onLanguage(nameWhole);

  return { save, tell };
})();
