// Asking: the question box, the steps of an answer, and what can be done with a question and its answer.
"use strict";
const asking = (() => {
  const { byId, text, make, when } = desk;
  const textArea = () => document.querySelector("#question textarea");
  const turns = () => byId("turns");
  const REMEMBERED = 6; // earlier turns that go with a question; the program looks at no more
  const LONGEST = 100_000; // characters; a question of far fewer is answered with how long it may be
  let running = null; // {stop: AbortController, section: element}
  let editing = null; // index of the question that is asked anew
  const requested = []; // what other parts add to a question: functions that return part of the request
  const beforeLinked = []; // listeners for the address the page was opened with
  const shown = []; // listeners for an answer that is on the page

  // -------------------------------------------------------------------- showing a conversation

  function turn(exchange, index) {
    const asked = make("h2", { class: "asked" }, make("span", { class: "unseen" }, `${text("you")}: `), exchange.question.trim() || "…");
    return make("section", { class: "turn", "data-turn": index }, asked, make("div", { class: "said" }));
  }

  async function show(conversation) {
    stop();
    edited(null);
    message("");
    retire();
    const place = turns();
    if (!place) return;
    place.lang = desk.language();
    if (!conversation.turns.length) return start();
    place.replaceChildren(...conversation.turns.map(turn));
    const reply = await desk.call("render", { exchanges: conversation.turns });
    if (conversations.current() !== conversation) return;
    if (reply.problem) return message(reply.problem);
    reply.said.forEach((html, index) => fill(place.children[index], html));
    // A question was asked meanwhile: the newest answer is its own.
    if (running || conversation.turns.length > reply.said.length) return retire();
    newest();
    place.lastElementChild.scrollIntoView({ block: "start" });
  }

  function fill(section, html) {
    section.querySelector(".said").innerHTML = html; // escaped on the server
  }

  function newest() {
    for (const section of turns().children) delete section.dataset.newest;
    if (turns().lastElementChild?.matches(".turn")) turns().lastElementChild.dataset.newest = "";
    for (const listener of shown) listener(byId("answer"));
  }

  async function start() {
    const place = turns();
    const waiting = make("p", { class: "progress" }, text("loading"));
    place.replaceChildren(waiting);
    const reply = await desk.call("start");
    if (!waiting.isConnected) return;
    if (reply.problem) {
      waiting.remove();
      message(reply.problem, reply.detail);
    } else place.innerHTML = reply.html; // escaped on the server
  }

  // -------------------------------------------------------------------- asking

  async function ask(question) {
    question = question.trim().slice(0, LONGEST);
    if (running) return;
    if (!question) {
      textArea()?.focus();
      return message(text("no_question"));
    }
    message("");
    const conversation = conversations.current();
    const before = conversation.turns.slice(0, editing ?? conversation.turns.length);
    const adds = before.length === conversation.turns.length;
    const language = desk.language();
    const request = {
      question,
      turns: before.slice(-REMEMBERED).map((one) => ({
        question: one.question,
        answer: (one.answer?.statements ?? []).map((statement) => statement.text).join(" ").slice(0, 20000),
      })),
    };
    for (const add of requested) Object.assign(request, add());
    retire();
    const section = turn({ question }, before.length);
    const place = turns();
    for (const old of [...place.children].slice(before.length)) old.dataset.dropped = "";
    if (!before.length && editing === null) place.replaceChildren();
    const dropped = [...place.querySelectorAll("[data-dropped]")];
    dropped.forEach((old) => (old.hidden = true));
    place.append(section);
    for (const one of place.children) delete one.dataset.newest;
    section.dataset.newest = "";
    section.scrollIntoView({ block: "start", behavior: desk.calm() });
    write("");
    const stopper = new AbortController();
    running = { stop: stopper, section };
    document.body.classList.add("asking");
    place.setAttribute("aria-busy", "true");
    let exchange = null;
    let problem = null;
    try {
      for await (const reply of desk.stream("ask", request, { signal: stopper.signal })) {
        if (reply.problem) problem = reply;
        if (reply.html) fill(section, reply.html);
        if (reply.step) desk.say(reply.step);
        if (reply.done) exchange = reply.exchange;
      }
    } catch (error) {
      if (!stopper.signal.aborted) throw error;
      problem = { problem: text("stopped") };
    } finally {
      running = null;
      document.body.classList.remove("asking");
      place.removeAttribute("aria-busy");
    }
    if (conversations.current() !== conversation) return; // another conversation was opened meanwhile
    if (!exchange) {
      // Nothing came of it: the question goes back into the box and the page to what it was.
      section.remove();
      dropped.forEach((old) => {
        old.hidden = false;
        delete old.dataset.dropped;
      });
      reinstate();
      if (!textArea().value) write(question);
      message(problem?.problem ?? text("no_connection"), problem?.detail);
      if (!conversation.turns.length) start();
      return;
    }
    dropped.forEach((old) => old.remove());
    exchange.filters = request.filters;
    const elsewhere = adds ? conversation.turns.slice(before.length) : []; // asked in another tab meanwhile
    conversation.turns = [...before, ...elsewhere, exchange];
    edited(null);
    conversations.keep();
    announce(section);
    if (elsewhere.length || language !== desk.language()) return show(conversation);
    newest();
    section.scrollIntoView({ block: "start", behavior: desk.calm() });
  }

  function announce(section) {
    const parts = [...section.querySelectorAll(".problem > p, .abstained > p, .partly, .statement")];
    // Markers are read as buttons where they stand, not as numbers in the announcement.
    const words = parts.map((part) => {
      const copy = part.cloneNode(true);
      copy.querySelectorAll(".markers").forEach((marker) => marker.remove());
      return copy.textContent.trim();
    });
    const outcome = section.querySelector(".answer")?.dataset.outcome;
    const kind = outcome ? `${text(outcome === "abstained" ? "no_answer" : "answered")}: ` : "";
    desk.say(kind + words.join(" "));
  }

  function stop() {
    running?.stop.abort();
  }

  function write(words) {
    const area = textArea();
    if (!area) return;
    area.value = words;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** A message above the question box, for what the user can mend. */
  function message(words, detail) {
    const place = byId("message");
    if (!place) return;
    place.replaceChildren();
    if (!words) return;
    const more = detail ? [make("details", {}, make("summary", {}, text("technical")), make("p", {}, detail))] : [];
    place.append(make("div", { class: "problem", role: "alert" }, make("p", {}, words), ...more));
  }

  // The answer on the page is no longer the newest from the moment another question goes out; a question that came to
  // nothing puts it back.
  let retired = null;
  function retire() {
    source.close(false); // the source of an earlier answer would stand beside the next one
    retired = byId("answer") ?? retired;
    retired?.removeAttribute("id");
    for (const marker of retired?.querySelectorAll("[data-citation]") ?? []) {
      marker.dataset.retired = marker.dataset.citation;
      delete marker.dataset.citation;
    }
  }

  function reinstate() {
    if (!retired?.isConnected || byId("answer")) return;
    retired.id = "answer";
    for (const marker of retired.querySelectorAll("[data-retired]")) {
      marker.dataset.citation = marker.dataset.retired;
      delete marker.dataset.retired;
    }
  }

  // -------------------------------------------------------------------- tools of an answer

  function edited(index) {
    editing = index;
    byId("editing")?.remove();
    if (index === null) return;
    const button = make("button", { type: "button", class: "tool" }, text("cancel_edit"));
    button.addEventListener("click", leave);
    byId("message").before(make("p", { id: "editing", class: "notice" }, `${text("editing")} `, button));
  }

  /** Leave the earlier question as it was. */
  function leave() {
    edited(null);
    write("");
    textArea().focus();
  }

  function edit(index, words) {
    edited(index);
    write(words);
    textArea().focus();
  }

  function again(index) {
    if (running) return;
    const { question } = conversations.current().turns[index];
    edited(index);
    ask(question);
  }

  function plain(exchange) {
    const lines = exchange.answer.statements.map((one) => `${one.text} ${one.citations.map((number) => `[${number}]`).join("")}`);
    const sources = exchange.answer.citations.map((one) => `[${one.number}] ${one.title}, ${one.anchor.label}${one.url ? ` ${one.url}` : ""}`);
    return [exchange.question, "", ...lines, "", `${text("sources")}:`, ...sources].join("\n");
  }

  /** The address that asks a question again. */
  function link(exchange) {
    const address = new URL(location.pathname, location.href);
    address.searchParams.set("vraag", exchange.answer?.understood_as || exchange.question);
    const { types = [], dossiers = [], publishers = [], since = "", until = "" } = exchange.filters ?? {};
    for (const [name, values] of [["soort", types], ["dossier", dossiers], ["uitgever", publishers], ["vanaf", [since]], ["tot", [until]]])
      for (const value of values) if (value) address.searchParams.append(name, value);
    if (desk.language() === "en") address.searchParams.set("taal", "en");
    return address.href;
  }

  const tools = {
    retry: (index) => again(index),
    edit: (index) => edit(index, conversations.current().turns[index].question),
    correct: (index, button) => edit(index, button.dataset.for),
    copy: (index) => desk.copy(plain(conversations.current().turns[index])),
    link: (index) => desk.copy(link(conversations.current().turns[index])),
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button) return;
    if (button.id === "ask") ask(textArea().value);
    else if (button.id === "stop") stop();
    else if (button.dataset.ask !== undefined) ask(button.dataset.ask);
    else if (button.dataset.do !== undefined) {
      const index = Number(button.closest("[data-turn]")?.dataset.turn);
      tools[button.dataset.do]?.(index, button);
    }
  });

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.target !== textArea() || event.isComposing) return;
      if (event.key === "Escape" && editing !== null) {
        event.stopPropagation();
        return leave();
      }
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      ask(textArea().value);
    },
    true,
  );

  // `#question` is the label around the text area: filling, typing in and focusing the label reach the area inside it.
  when("#question-box label", (label) => {
    label.id = "question";
    label.tabIndex = -1;
    label.addEventListener("focus", () => textArea().focus());
  });

  // Answers written by a language model, where there is one; the choice is remembered.
  when("#written input", (box) => {
    box.checked = desk.kept.get("written") ?? false; // the default answers without a language model
    box.addEventListener("change", () => desk.kept.set("written", box.checked));
  });
  requested.push(() => ({ written: document.querySelector("#written input")?.checked ?? false }));

  function asked() {
    const given = new URLSearchParams(location.search);
    const question = given.get("vraag")?.trim();
    if (!question) return null;
    history.replaceState(null, "", location.pathname + location.hash); // a reload does not ask again
    return { question, given };
  }

  when("#turns", () => {
    const linked = asked();
    conversations.onOpen(show);
    conversations.onChanged((conversation) => running || show(conversation));
    if (!linked) return conversations.begin();
    conversations.startNew();
    for (const listener of beforeLinked) listener(linked.given);
    when("#question textarea", () => ask(linked.question));
  });
  when("#question textarea", (area) => matchMedia("(hover: hover)").matches && area.focus());

  desk.onLanguage(() => {
    if (!running) show(conversations.current());
  });

  return {
    ask, stop, write, message, tools,
    running: () => running !== null,
    onShown: (listener) => shown.push(listener),
    addToRequest: (part) => requested.push(part),
    onLinked: (listener) => beforeLinked.push(listener),
  };
})();
