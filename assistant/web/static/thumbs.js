// Judgements of answers, where the operator keeps them. What was said is kept with the conversation, so that it can be changed.
"use strict";
const thumbs = (() => {
  const { text, make } = desk;
  const REASONS = ["fout", "onvolledig", "verkeerde bron", "onduidelijk"];
  const LONGEST = 2000; // characters of a comment
  const offered = document.querySelector('meta[name="thumbs"]'); // its content marks private documents
  if (!offered) return {};

  const keeping = new Set(); // exchanges of which a judgement is on its way

  const isOwn = (exchange) =>
    exchange.filters?.mine || exchange.answer?.citations.some((one) => one.document_id.startsWith(offered.content));

  function offer(section) {
    const index = Number(section.dataset.turn);
    const exchange = conversations.current().turns[index];
    const tools = section.querySelector(".tools");
    if (!tools || tools.querySelector('[data-do="thumb-up"]') || !exchange?.answer || isOwn(exchange)) return;
    const note = make("p", { class: "note", id: `thumb-note-${index}` }, text("thumbs.stored"));
    const button = (name, more) =>
      make("button", { type: "button", class: "tool", "data-do": `thumb-${name}`, "aria-describedby": note.id, ...more }, text(`thumbs.${name}`));
    tools.append(make("span", { class: "thumbs" }, button("up"), button("down", { "aria-expanded": "false", "aria-controls": `thumb-${index}` })));
    tools.after(make("div", { class: "thumb", id: `thumb-${index}` }, note, make("p", { class: "thumb-said", hidden: true })));
    press(section, exchange);
  }

  function press(section, exchange) {
    for (const name of ["up", "down"])
      section.querySelector(`[data-do="thumb-${name}"]`).setAttribute("aria-pressed", String(exchange.thumb?.verdict === name));
  }

  const sectionOf = (index) => document.querySelector(`#turns .turn[data-turn="${index}"]`);

  /** Keep a judgement; a later one on the same answer takes its place. */
  async function keep(index, judgement) {
    const { turns, ...conversation } = conversations.current();
    const exchange = turns[index];
    if (keeping.has(exchange)) return; // a second click would be a second judgement
    keeping.add(exchange);
    const reply = await desk.call("thumb", {
      ...judgement,
      question: exchange.question,
      answer: exchange.answer,
      turns: turns.slice(0, index).filter((one) => !isOwn(one)).map((one) => one.question),
      filters: exchange.filters ?? {},
      replaces: exchange.thumb?.id ?? null,
    });
    keeping.delete(exchange);
    if (conversations.current().id !== conversation.id) return;
    const section = sectionOf(index);
    if (reply.problem) return told(section, reply.problem, true);
    const thanks = text(exchange.thumb ? "thumbs.changed" : "thumbs.thanks");
    exchange.thumb = { id: reply.id, ...judgement };
    conversations.keep();
    close(section);
    press(section, exchange);
    told(section, thanks, false);
    desk.say(thanks);
  }

  function told(section, words, wrong) {
    const place = section.querySelector(".thumb-said");
    place.textContent = words;
    place.hidden = false;
    place.classList.toggle("problem", wrong);
    if (wrong) place.setAttribute("role", "alert");
    else place.removeAttribute("role");
  }

  function close(section) {
    section.querySelector(".thumb form")?.remove();
    section.querySelector('[data-do="thumb-down"]').setAttribute("aria-expanded", "false");
  }

  function form(index) {
    const { thumb } = conversations.current().turns[index];
    const said = thumb?.verdict === "down" ? thumb : {};
    const reasons = REASONS.map((reason) => {
      const box = make("input", { type: "radio", name: `thumb-reason-${index}`, value: reason });
      box.checked = said.reason === reason;
      return make("label", {}, box, text(`thumbs.${reason.replace(" ", "_")}`));
    });
    const comment = make("textarea", { rows: "2", maxlength: LONGEST, "aria-describedby": `thumb-names-${index}` });
    comment.value = said.comment ?? "";
    const leave = make("button", { type: "button", class: "tool" }, text("thumbs.close"));
    const part = make(
      "form",
      {},
      make("fieldset", {}, make("legend", {}, text("thumbs.what")), ...reasons),
      make("label", { class: "comment" }, text("thumbs.comment"), comment),
      make("p", { class: "note", id: `thumb-names-${index}` }, text("thumbs.no_names")),
      make("div", { class: "does" }, make("button", { type: "submit", class: "button main" }, text("thumbs.keep")), leave),
    );
    const back = () => sectionOf(index).querySelector('[data-do="thumb-down"]').focus();
    const away = () => {
      close(sectionOf(index));
      back();
    };
    leave.addEventListener("click", away);
    part.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      away();
    });
    part.addEventListener("submit", async (event) => {
      event.preventDefault();
      const reason = part.querySelector("input:checked")?.value ?? null;
      await keep(index, { verdict: "down", reason, comment: comment.value.trim() });
      if (!part.isConnected) back();
    });
    return part;
  }

  asking.tools["thumb-up"] = (index) => {
    const { thumb } = conversations.current().turns[index];
    close(sectionOf(index));
    if (thumb?.verdict !== "up") keep(index, { verdict: "up", reason: null, comment: "" });
  };

  asking.tools["thumb-down"] = (index, button) => {
    const section = sectionOf(index);
    if (section.querySelector(".thumb form")) return close(section);
    const part = form(index);
    section.querySelector(".thumb").append(part);
    button.setAttribute("aria-expanded", "true");
    part.querySelector("input:checked, input").focus();
    part.scrollIntoView({ block: "nearest", behavior: desk.calm() });
  };

  asking.onShown(() => document.querySelectorAll("#turns .turn[data-turn]").forEach(offer));
  return {};
})();
