// Documents of one's own: chosen or dropped, sent one after the other, followed until questions find them.
"use strict";
const uploads = (() => {
  const { byId, text, make, when } = desk;
  const FIRST_LOOK = 400; // ms between looks at how far the files are; longer as it takes longer
  const LAST_LOOK = 2000;
  let sending = []; // {key, name, file, percent, problem}: not yet with the program, or refused
  let taken = []; // what the program says of the files it has
  let xhr = null; // the request that sends a file now
  let keys = 0;
  let looking;
  let heard = new Map(); // upload id → state that was told
  const added = new Set(); // ids of what was added from this page, for the corpus
  const lines = new Map(); // key or id → line of the list

  const own = () => byId("own");
  const toCorpus = () => own()?.dataset.mode === "corpus";
  const size = () => Math.round(Number(own().dataset.largest) / 2 ** 20);

  // -------------------------------------------------------------------- sending

  /** What is wrong with a file as far as the browser can see; the program looks again. */
  function wrong(file) {
    const endings = own().dataset.endings.split(" ");
    if (!endings.some((ending) => file.name.toLowerCase().endsWith(ending))) return text("uploads.wrong_kind");
    if (file.size > Number(own().dataset.largest)) return text("uploads.too_large", { size: size() });
    if (file.size === 0) return text("uploads.is_empty");
    const going = sending.filter((one) => !one.problem).length;
    if (!toCorpus() && taken.length + going >= Number(own().dataset.most)) return text("uploads.too_many", { count: own().dataset.most });
    return "";
  }

  function add(files) {
    if (!files.length) return;
    sending = sending.filter((one) => !one.problem);
    for (const file of files) {
      const problem = wrong(file);
      sending.push({ key: `new-${(keys += 1)}`, name: file.name, file, percent: 0, problem });
      if (problem) desk.say(`${file.name}: ${text("uploads.refused", { reason: problem })}`);
    }
    open(true);
    draw();
    next();
  }

  function next() {
    if (xhr) return;
    const entry = sending.find((one) => !one.problem);
    if (!entry) return;
    const conversation = conversations.current();
    const address = new URL("own-documents", document.baseURI);
    address.searchParams.set("name", entry.name);
    address.searchParams.set("language", desk.language());
    const request = (xhr = new XMLHttpRequest());
    request.open("POST", address);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-Own-Documents", "1");
    if (conversation.collection) request.setRequestHeader("X-Collection", conversation.collection);
    request.upload.addEventListener("progress", (event) => {
      entry.percent = event.total ? Math.floor((100 * event.loaded) / event.total) : 0;
      draw();
    });
    request.addEventListener("loadend", () => {
      if (xhr !== request) return; // it was stopped
      xhr = null;
      sent(entry, request, conversation);
      next();
    });
    request.send(entry.file);
  }

  function sent(entry, request, conversation) {
    const reply = replied(request);
    if (reply.problem) {
      entry.problem = reply.problem;
      entry.whole = reply.whole;
      desk.say(shown(entry));
      return draw();
    }
    sending = sending.filter((one) => one !== entry);
    if (reply.gone) gone(reply.gone);
    if (toCorpus()) added.add(reply.upload.id);
    else if (conversation.collection !== reply.collection) {
      conversation.collection = reply.collection;
      conversations.keep();
    }
    taken = [...taken.filter((one) => one.id !== reply.upload.id), reply.upload];
    draw();
    follow();
  }

  function replied(request) {
    if (!request.status) return { problem: text("uploads.no_connection") };
    try {
      const reply = JSON.parse(request.responseText);
      return { whole: true, ...reply }; // a problem that the program tells is a sentence that names the file
    } catch {
      return { problem: text("uploads.not_taken") };
    }
  }

  /** Stop what is being sent: it was meant for another conversation. */
  function stop() {
    const going = sending.some((one) => !one.problem);
    const request = xhr;
    xhr = null;
    request?.abort();
    sending = [];
    if (going) desk.toast(text("uploads.interrupted"));
  }

  // -------------------------------------------------------------------- following

  let looks = 0; // a reply for a conversation that is not shown any more is dropped
  /** Ask how far the files are. */
  async function look() {
    clearTimeout(looking);
    const conversation = conversations.current();
    if (!own() || !conversation || (!conversation.collection && !toCorpus())) return;
    const number = (looks += 1);
    const reply = await desk.call("uploads", { collection: conversation.collection });
    if (number !== looks || conversations.current() !== conversation || reply.problem) return reply;
    if (reply.gone) {
      conversation.collection = null;
      conversations.keep();
      gone(reply.gone);
    }
    told(reply.uploads.filter((one) => !toCorpus() || added.has(one.id)));
    return reply;
  }

  function told(found) {
    const before = ready();
    taken = found;
    for (const one of found) {
      if (one.final && heard.has(one.id) && heard.get(one.id) !== one.state) desk.say(shown(one));
      heard.set(one.id, one.state);
    }
    draw();
    if (ready() !== before) changed();
  }

  async function follow() {
    let pause = FIRST_LOOK;
    const again = async () => {
      await look();
      if (taken.every((one) => one.final)) return;
      pause = Math.min(pause * 1.3, LAST_LOOK);
      looking = setTimeout(again, pause);
    };
    clearTimeout(looking);
    for (const one of taken) if (!heard.has(one.id)) heard.set(one.id, one.state);
    looking = setTimeout(again, pause);
  }

  const ready = () => taken.filter((one) => one.state === "ready").length;

  /** Other parts show what can be searched. */
  function changed() {
    filters.refresh();
    documents.load();
  }

  function gone(words) {
    if (filters.get().mine) filters.set({ mine: false });
    taken = [];
    const away = make("button", { type: "button", class: "tool" }, text("uploads.dismiss"));
    away.addEventListener("click", () => {
      byId("own-notice").replaceChildren();
      byId("own-open").focus();
    });
    byId("own-notice").replaceChildren(make("div", { class: "notice" }, make("p", {}, words), away));
    desk.say(words);
    draw();
    changed();
  }

  async function remove(one, button) {
    const at = [...byId("own-list").children].indexOf(button.closest("li"));
    button.setAttribute("aria-disabled", "true");
    if (one.key) sending = sending.filter((other) => other !== one);
    else {
      const reply = await desk.call("remove_upload", { collection: conversations.current().collection, upload: one.id });
      if (reply.problem) {
        button.removeAttribute("aria-disabled");
        return desk.toast(reply.problem);
      }
      looks += 1; // what was asked before this does not know of it
      if (reply.gone) gone(reply.gone);
      told(reply.uploads);
      if (!taken.every((other) => other.final)) follow();
    }
    if (!ready() && filters.get().mine) filters.set({ mine: false });
    draw();
    desk.say(text("uploads.removed", { name: one.name }));
    (byId("own-list").children[at] ?? byId("own-list").lastElementChild)?.querySelector(".remove")?.focus();
    if (!byId("own-list").children.length) byId("own-choose").focus();
  }

  // -------------------------------------------------------------------- on the page

  const isOpen = () => byId("own-open").getAttribute("aria-expanded") === "true";

  function open(shown) {
    byId("own-open").setAttribute("aria-expanded", String(shown));
    byId("own-panel").hidden = !shown;
  }

  function state(one) {
    if (one.problem) return one.whole ? one.problem : text("uploads.refused", { reason: one.problem });
    if (one.key) return one === sending.find((other) => !other.problem) ? text("uploads.sending", one) : text("uploads.queued");
    if (one.state === "reading" && toCorpus()) return text("uploads.indexing");
    if (one.state === "embedding" && !one.total) return text("uploads.reading");
    const scans = one.scans.length ? `; ${text("uploads.scan", { pages: one.scans.slice(0, 12).join(", ") })}` : "";
    return text(`uploads.${one.state}`, one) + scans;
  }

  const shown = (one) => (one.whole ? one.problem : `${one.name}: ${state(one)}`);

  /** The list as it is now, changed in place: what has the focus keeps it. */
  function draw() {
    if (!own()) return;
    const all = [...taken, ...sending];
    for (const [id, line] of lines)
      if (!all.some((one) => (one.key ?? one.id) === id)) {
        line.remove();
        lines.delete(id);
      }
    all.forEach((one, at) => {
      const id = one.key ?? one.id;
      if (!lines.has(id)) lines.set(id, make("li"));
      const line = lines.get(id);
      if (byId("own-list").children[at] !== line) byId("own-list").insertBefore(line, byId("own-list").children[at] ?? null);
      fill(line, one);
    });
    byId("own-list").hidden = all.length === 0;
    byId("own-kinds").textContent = text("uploads.kinds", { size: size() });
    const count = taken.filter((one) => !one.final || one.state === "ready").length;
    const busy = sending.filter((one) => !one.problem).length + taken.filter((one) => !one.final).length;
    const add = text(toCorpus() ? "uploads.add_to_corpus" : "uploads.add");
    const name = !count || toCorpus() ? add : text(count === 1 ? "uploads.one" : "uploads.many", { count });
    byId("own-open").firstElementChild.textContent = busy && count ? `${name} (${text("uploads.busy", { count: busy })})` : name;
    const mine = byId("own-mine");
    if (mine) {
      mine.hidden = !ready();
      mine.querySelector("input").checked = filters.get().mine;
    }
  }

  function fill(line, one) {
    const words = state(one);
    const sign = `${words}|${one.document ?? ""}|${desk.language()}`;
    if (line.dataset.sign === sign) return;
    const focused = line.contains(document.activeElement) ? document.activeElement.className : null;
    line.dataset.sign = sign;
    line.className = one.problem || one.state === "unreadable" || one.state === "failed" ? "wrong" : "";
    const whole = { "data-document": one.document, "data-start": 0, "data-end": 0, "data-check": "" };
    const name = one.document
      ? make("button", { type: "button", class: "opens", "aria-label": text("uploads.open", { name: one.name }), ...whole }, one.name)
      : make("span", { class: "name" }, one.name);
    const bar = progress(one);
    const parts = [name, make("span", { class: "state" }, words), ...(bar ? [bar] : [])];
    if ((one.problem || !one.key) && !toCorpus()) parts.push(remover(one));
    line.replaceChildren(...parts);
    if (focused) line.querySelector(`.${CSS.escape(focused.split(" ")[0])}`)?.focus();
  }

  function progress(one) {
    const name = { "aria-label": one.name };
    if (one.key) return one.problem ? null : make("progress", { ...name, max: 100, value: one.percent });
    return one.final || !one.total ? null : make("progress", { ...name, max: one.total, value: one.done });
  }

  function remover(one) {
    const button = make("button", { type: "button", class: "remove tool", "aria-label": `${text("uploads.remove")}: ${one.name}` }, text("uploads.remove"));
    button.addEventListener("click", () => button.getAttribute("aria-disabled") !== "true" && remove(one, button));
    return button;
  }

  when("#own", () => {
    byId("own-open").addEventListener("click", () => open(!isOpen()));
    byId("own-close").addEventListener("click", () => {
      open(false);
      byId("own-open").focus();
    });
    byId("own-panel").addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      open(false);
      byId("own-open").focus();
    });
    byId("own-choose").addEventListener("click", () => byId("own-files").click());
    byId("own-files").addEventListener("change", (event) => {
      const files = [...event.target.files];
      event.target.value = ""; // the same file can be chosen again
      add(files);
    });
    byId("own-mine")?.addEventListener("change", (event) => filters.set({ mine: event.target.checked }));
    draw();
    look().then(() => taken.every((one) => one.final) || follow());
  });

  // -------------------------------------------------------------------- dropping files

  const carries = (event) => own() && [...(event.dataTransfer?.types ?? [])].includes("Files");
  // A file that lands beside the conversation would make the browser leave the page.
  document.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    const here = byId("tab-ask")?.contains(event.target);
    event.dataTransfer.dropEffect = here ? "copy" : "none";
    dropping(here);
  });
  document.addEventListener("dragleave", (event) => event.relatedTarget === null && dropping(false));
  document.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    dropping(false);
    if (byId("tab-ask")?.contains(event.target)) add([...event.dataTransfer.files]);
  });

  function dropping(here) {
    document.body.classList.toggle("dropping", Boolean(here));
    if (here) own().dataset.drop = text("uploads.drop_here");
  }

  // -------------------------------------------------------------------- with a conversation and its questions

  desk.onLanguage(draw);
  conversations.onOpen(() => {
    stop();
    clearTimeout(looking);
    looks += 1;
    taken = [];
    heard = new Map();
    if (!own()) return;
    byId("own-notice").replaceChildren();
    open(false);
    draw();
    look().then(() => taken.every((one) => one.final) || follow());
  });
  asking.addToRequest(() => {
    const collection = conversations.current()?.collection;
    if (own()) open(false); // the answer comes where the panel was
    if (!collection) return {};
    look(); // which tells when the documents are gone
    return { collection };
  });
  when("#filters-said", () => filters.onChange(draw));

  return { add, look };
})();
