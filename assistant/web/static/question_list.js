// The tab for a list of questions: enter, check, answer row by row, take along. The list is kept in this browser.
"use strict";
const questionList = (() => {
  const { byId, text, make, when } = desk;
  const MOST = 100;
  const LARGEST = 5 * 2 ** 20; // bytes
  const COUNTED = ["answered", "partly", "abstained", "failed"];
  // Where the list is: being entered, checked, or answered. `exchanges` has null for what was not asked yet.
  const fresh = () => ({ stage: "enter", text: "", name: "", questions: [], exchanges: [] });
  let list = fresh();
  let running = null; // {stop: AbortController}
  let told = false; // whether the user heard that nothing can be kept
  let drawn = 0; // counts the times that rows were asked for; a late reply is not shown any more

  const said = (name, values) => text(`question_list.${name}`, values);
  const counted = (name, count, values) => said(count === 1 ? `${name}_one` : name === "answer" ? "answer_all" : name, { count, ...values });
  const came = (exchange) => exchange.answer?.outcome ?? "failed";
  const place = () => byId("question-list");
  const rows = () => place().querySelector("tbody");
  const row = (number) => rows().querySelector(`[data-number="${number}"]`);
  const numbersOf = (fits) => list.questions.map((_, index) => index + 1).filter((number) => fits(list.exchanges[number - 1]));
  const unasked = () => numbersOf((exchange) => !exchange);
  const failed = () => numbersOf((exchange) => exchange && came(exchange) === "failed");

  function keep() {
    const done = desk.kept.set("question-list", list);
    if (!done && !told) desk.toast(said("not_kept"));
    told = !done;
  }

  function problem(words) {
    byId("list-problem").replaceChildren(...(words ? [make("div", { class: "problem", role: "alert" }, make("p", {}, words))] : []));
  }

  // -------------------------------------------------------------------- showing

  function draw() {
    if (!place()) return;
    for (const stage of ["enter", "check", "answers"]) byId(`list-${stage}`).hidden = list.stage !== stage;
    if (byId("list-text").value !== list.text) byId("list-text").value = list.text;
    if (list.stage === "check") found();
    if (list.stage === "answers") state();
  }

  function go(stage) {
    list.stage = stage;
    keep();
    problem("");
    draw();
    const first = { enter: "list-text", check: "list-found", answers: "list-title" }[stage];
    byId(first).focus({ preventScroll: true });
    place().scrollIntoView({ block: "nearest", behavior: desk.calm() });
  }

  const written = () => byId("list-questions").value.split("\n").map((line) => line.trim()).filter(Boolean);

  /** How many questions there are, as they are being corrected. */
  function found() {
    const count = written().length;
    byId("list-found").textContent = counted("found", count);
    byId("list-answer").textContent = counted("answer", count);
  }

  function tally() {
    const outcomes = list.exchanges.filter(Boolean).map(came);
    const counts = COUNTED.map((one) => said(`count_${one}`, { count: outcomes.filter((other) => other === one).length }));
    return `${counted("tally", list.questions.length)}: ${counts.join(", ")}.`;
  }

  /** Everything about the list but its rows. */
  function state() {
    const total = list.questions.length;
    const left = unasked().length;
    const done = total - left;
    const words = said("progress", { done, total });
    byId("list-title").textContent = running ? words : left ? said("stopped", { done, total }) : tally();
    const bar = byId("list-progress");
    bar.hidden = !running;
    bar.setAttribute("aria-valuemax", total);
    bar.setAttribute("aria-valuenow", done);
    bar.setAttribute("aria-valuetext", words);
    bar.firstElementChild.style.width = `${(100 * done) / total}%`;
    place().classList.toggle("running", Boolean(running));
    byId("list-stop").hidden = !running;
    byId("list-continue").hidden = Boolean(running) || !left;
    byId("list-continue").textContent = counted("rest", left);
    byId("list-retry").hidden = Boolean(running) || failed().length < 2;
    byId("list-retry").textContent = counted("retry", failed().length);
    for (const name of ["word", "csv"]) byId(`list-${name}`).hidden = Boolean(running) || !done;
    for (const name of ["change", "clear"]) byId(`list-${name}`).hidden = Boolean(running);
  }

  /** All rows that have an answer, in the language of the page. */
  async function drawRows() {
    const mine = (drawn += 1);
    const kept = numbersOf(Boolean).map((number) => ({ number, exchange: list.exchanges[number - 1] }));
    const reply = kept.length ? await desk.call("show_questions", { rows: kept }) : { rows: [] };
    if (mine !== drawn || running) return;
    if (reply.problem) return problem(reply.problem);
    rows().innerHTML = reply.rows.join(""); // escaped on the server
  }

  /** A row at its place among the others, instead of the one that was there; who was in that one stays in it. */
  function put(number, fresh) {
    const inside = row(number)?.contains(document.activeElement);
    row(number)?.remove();
    const next = [...rows().children].find((other) => Number(other.dataset.number) > number);
    rows().insertBefore(fresh, next ?? null);
    if (inside) fresh.querySelector(".question").focus({ preventScroll: true });
  }

  function waiting(number) {
    const cell = (kind, content, name = "td", role = "cell") => make(name, { role, class: kind }, content);
    const asked = cell("question", list.questions[number - 1], "th", "rowheader");
    asked.tabIndex = -1;
    put(
      number,
      make("tr", { role: "row", "data-number": number, "data-came": "waiting" }, cell("number", String(number)), asked,
        cell("outcome", make("span", { class: "came" }, said("waiting"))), cell("answer-cell", "")),
    );
  }

  // -------------------------------------------------------------------- entering and checking

  async function read(request) {
    problem("");
    desk.say(said("reading"));
    place().setAttribute("aria-busy", "true");
    const reply = await desk.call("read_questions", request);
    place().removeAttribute("aria-busy");
    if (reply.problem) return problem(reply.problem);
    list.name = request.name ?? "";
    // What was answered before stays answered.
    byId("list-questions").value = reply.questions.join("\n");
    list.questions = reply.questions;
    go("check");
    desk.say(byId("list-found").textContent);
  }

  async function readFile(file) {
    if (file.size > LARGEST) return problem(said("too_large"));
    let address;
    try {
      address = await new Promise((done, failed) => {
        const reader = new FileReader();
        reader.onload = () => done(reader.result);
        reader.onerror = () => failed(reader.error);
        reader.readAsDataURL(file);
      });
    } catch {
      return problem(said("not_read"));
    }
    return read({ name: file.name.slice(-200), data: address.slice(address.indexOf(",") + 1) });
  }

  function answerAll() {
    const questions = written();
    if (!questions.length) return problem(said("none"));
    if (questions.length > MOST) return problem(said("too_many", { count: questions.length, over: questions.length - MOST }));
    // A question that was answered already keeps its answer.
    const answers = new Map(list.exchanges.filter((one) => one && came(one) !== "failed").map((one) => [one.question, one]));
    list.questions = questions;
    list.exchanges = questions.map((question) => answers.get(question) ?? null);
    go("answers");
    rows().replaceChildren();
    return run(unasked(), { anew: true });
  }

  // -------------------------------------------------------------------- answering

  async function run(numbers, { anew = false } = {}) {
    if (running) return;
    problem("");
    const stopper = new AbortController();
    const language = desk.language();
    if (anew) await drawRows();
    if (running) return; // begun by another button meanwhile
    running = { stop: stopper };
    for (const number of numbers) list.exchanges[number - 1] = null;
    state();
    desk.say(said("started"));
    let trouble = "";
    try {
      const questions = numbers.map((number) => ({ number, question: list.questions[number - 1] }));
      for await (const reply of questions.length ? desk.stream("answer_questions", { questions }, { signal: stopper.signal }) : []) {
        if (reply.problem) trouble = reply.problem;
        if (reply.asking) waiting(reply.asking);
        if (reply.exchange) answered(reply);
      }
    } catch (error) {
      if (!stopper.signal.aborted) throw error;
    } finally {
      running = null;
      for (const left of rows().querySelectorAll('[data-came="waiting"]')) left.remove();
    }
    keep();
    state();
    if (language !== desk.language()) drawRows();
    problem(trouble);
    desk.say(unasked().length ? byId("list-title").textContent : `${said("ready")} ${tally()}`);
  }

  function answered({ number, html, exchange }) {
    list.exchanges[number - 1] = exchange;
    const holder = make("tbody");
    holder.innerHTML = html; // escaped on the server
    put(number, holder.firstElementChild);
    keep();
    state();
  }

  function again(number) {
    const asked = run([number]);
    waiting(number); // at once, and with the focus in it
    return asked;
  }

  function stop() {
    running?.stop.abort();
    byId("list-title").focus({ preventScroll: true });
  }

  // -------------------------------------------------------------------- afterwards

  async function take(format) {
    const exchanges = list.questions.map(
      (question, index) => list.exchanges[index] ?? { question, answer: null, problem: said("not_asked") },
    );
    const title = list.name.replace(/\.[^.]*$/, "").trim();
    const failed = await taking.save("export_questions", { exchanges, format, title });
    problem(failed?.problem);
  }

  function clear() {
    if (!confirm(said("clear_confirm"))) return;
    list = fresh();
    byId("list-questions").value = "";
    rows().replaceChildren();
    desk.kept.remove("question-list");
    draw();
    problem("");
    byId("list-text").focus();
    desk.say(said("cleared"));
  }

  function change() {
    byId("list-questions").value = list.questions.join("\n");
    go("check");
  }

  const does = {
    "list-read": () => read({ text: byId("list-text").value }),
    "list-answer": answerAll,
    "list-back": () => go("enter"),
    "list-stop": stop,
    "list-continue": () => run(unasked()),
    "list-retry": () => run(failed()),
    "list-word": () => take("word"),
    "list-csv": () => take("csv"),
    "list-change": change,
    "list-clear": clear,
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button?.closest("#question-list")) return;
    if (button.dataset.again) {
      if (!running) again(Number(button.dataset.again));
    } else does[button.id]?.();
  });

  /** The list as this browser keeps it; one that is damaged is not there. */
  function kept() {
    const found = { ...fresh(), ...desk.kept.get("question-list") };
    const sound = Array.isArray(found.questions) && Array.isArray(found.exchanges) && typeof found.text === "string";
    return sound && ["enter", "check", "answers"].includes(found.stage) ? found : fresh();
  }

  function show() {
    list = kept();
    byId("list-questions").value = list.questions.join("\n");
    draw();
    if (list.stage === "answers") drawRows();
  }

  // Another tab may go on with the list: what is kept next from here must not take its place.
  addEventListener("storage", ({ key }) => key === "assistant.question-list" && place() && !running && show());

  when("#question-list", () => {
    byId("list-text").addEventListener("input", () => {
      list.text = byId("list-text").value;
      keep();
    });
    byId("list-questions").addEventListener("input", () => {
      list.questions = written();
      problem("");
      found();
      keep();
    });
    byId("list-file").addEventListener("change", ({ target }) => {
      const [file] = target.files;
      if (file) readFile(file);
      target.value = ""; // so that the same file can be chosen again
    });
    show();
  });

  desk.onLanguage(() => {
    draw();
    if (place() && !running && list.stage === "answers") drawRows();
  });
})();
