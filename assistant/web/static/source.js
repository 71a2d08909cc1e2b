// The source panel: a citation opens its document at the exact sentence; from there to the other citations of the answer and
// through the whole document.
"use strict";
const source = (() => {
  const { byId, text, make } = desk;
  const panel = () => byId("source");
  const narrow = matchMedia("(max-width: 62rem)"); // as in source.css: the panel lies over the page
  const MOST_KEPT = 40;
  const PATIENCE = 150; // milliseconds without a reply after which the panel opens to say that it is coming
  const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
  const SHARP = 2200; // pixels of a page that is looked at closely
  const KEPT_MS = 5 * 60_000; // documents may be replaced or removed meanwhile
  const fetched = new Map(); // what the panel shows, by place and language: a promise of a reply
  let citations = []; // those of the answer that was opened: {number, place, buttons}
  let at = -1; // which of them is open, or was before a newer document was looked at
  let shown = null; // the place in the panel: {document, start, end, check}
  let opener = null; // the button to go back to
  let view = null; // pages or text, when the reader chose
  let zoom = 1;
  let latest = 0; // counts what was opened, so that a late reply does not replace a newer one

  const number = (value) => (value === undefined ? 0 : Number(value));
  const placeOf = ({ document: id, start, end, check = "" }) => ({ document: id, start: number(start), end: number(end), check });
  const same = (one, other) => ["document", "start", "end", "check"].every((key) => one?.[key] === other?.[key]);
  const request = (place) => ({ ...place, collection: conversations.current()?.collection ?? null });

  // -------------------------------------------------------------------- fetching

  function fetch(place) {
    const asked = { ...request(place), view };
    const key = JSON.stringify([asked, desk.language()]);
    let reply = fetched.get(key);
    if (!reply) {
      reply = desk.call("source", asked);
      reply.then((said) => said.problem && fetched.delete(key));
      setTimeout(() => fetched.get(key) === reply && fetched.delete(key), KEPT_MS);
    }
    fetched.delete(key); // the ones that were not asked for longest go first
    fetched.set(key, reply);
    if (fetched.size > MOST_KEPT) fetched.delete(fetched.keys().next().value);
    return reply;
  }

  /** Fetched now, shown at once when clicked: one after the other, so that nobody else has to wait. */
  async function foresee(answer) {
    for (const marker of answer?.querySelectorAll("[data-citation]") ?? []) if (marker.isConnected) await fetch(placeOf(marker.dataset));
  }

  // -------------------------------------------------------------------- the citations of an answer

  /** The citations of the answer a button is in, by number, each with all its buttons. */
  function citationsAround(button) {
    const around = button.closest(".answer, [data-citations]");
    const found = new Map();
    const buttons = [...(around?.querySelectorAll("button[data-document]") ?? [])];
    for (const marker of buttons) {
      const named = /^\[(\d+)\]$/.exec(marker.textContent.trim())?.[1];
      if (named && !found.has(named)) found.set(named, { number: Number(named), place: placeOf(marker.dataset), buttons: [] });
    }
    const all = [...found.values()].sort((one, other) => one.number - other.number);
    for (const one of all) one.buttons = buttons.filter((other) => same(placeOf(other.dataset), one.place));
    return all;
  }

  function mark() {
    for (const button of document.querySelectorAll('button[data-document][aria-expanded="true"]')) button.removeAttribute("aria-expanded");
    if (panel().hidden) return;
    const buttons = citations[at]?.buttons ?? [opener];
    for (const button of buttons) button?.setAttribute("aria-expanded", "true");
  }

  /** The way to the other citations, above the document. */
  function navigation() {
    if (citations.length < 2 && same(citations[at]?.place, shown)) return "";
    if (!citations.length) return "";
    const nav = make("div", { class: "source-citations", role: "group", "aria-label": text("panel.citations") });
    if (!same(citations[at].place, shown)) {
      nav.append(make("button", { type: "button", class: "tool", "data-step": "0" }, `← ${text("panel.back_to", { number: citations[at].number })}`));
      return nav;
    }
    const way = (step) => {
      const other = citations[at + step];
      const name = step < 0 ? "previous" : "next";
      const label = other ? text(`panel.${name}`, { number: other.number }) : text(`panel.no_${name}`);
      // Not `disabled`: who steps through with the keyboard keeps the place where he stands.
      return make("button", { type: "button", class: "tool", "data-step": step, "aria-disabled": other ? null : "true" }, label);
    };
    nav.append(way(-1), make("span", { class: "position" }, text("panel.position", { at: at + 1, all: citations.length })), way(1));
    return nav;
  }

  // -------------------------------------------------------------------- opening and closing

  function open(button) {
    if (!panel().contains(button)) {
      citations = citationsAround(button);
      at = citations.findIndex((one) => same(one.place, placeOf(button.dataset)));
      if (at < 0) citations = [];
      opener = button;
    }
    return show(placeOf(button.dataset));
  }

  function step(by) {
    const other = citations[at + by];
    if (!other) return;
    at += by;
    if (!other.buttons.includes(opener)) opener = other.buttons[0];
    const stepping = document.activeElement?.matches("[data-step]") && by !== 0;
    show(other.place, stepping ? `[data-step="${by}"]` : null);
    if (by && !narrow.matches) opener.scrollIntoView({ block: "nearest", behavior: desk.calm() });
  }

  /** A place in the panel. `focus` is what had the focus and keeps it; otherwise it goes to the title. */
  async function show(place, focus = null) {
    const mine = ++latest;
    shown = place;
    const asked = fetch(place);
    const soon = await Promise.race([asked, new Promise((done) => setTimeout(done, PATIENCE))]);
    if (mine !== latest) return;
    if (!soon) {
      draw(frame(text("panel.opening"), ""), focus);
      mark();
    }
    const reply = soon ?? (await asked);
    if (mine !== latest) return;
    draw(reply.problem ? frame(text("source"), reply.problem) : reply.html, focus); // escaped on the server
    mark();
    toQuote();
    const images = [...panel().querySelectorAll("img")];
    if (!images.length) return;
    const landed = scroller().scrollTop;
    await Promise.all(images.map((image) => image.decode().catch(() => {})));
    // Once more when the pages have come, but not for a reader who went elsewhere meanwhile.
    if (mine === latest && scroller().scrollTop === landed) toQuote();
  }

  function frame(title, message) {
    const close = make("button", { type: "button", "data-close": true, "aria-label": text("close") }, "×");
    const header = make("header", {}, make("h2", { id: "source-title", tabindex: "-1" }, title), close);
    return [header, ...(message ? [make("div", { class: "source-body" }, make("p", { class: "notice" }, message))] : [])];
  }

  function draw(content, focus) {
    const place = panel();
    for (const one of [near, far]) one.disconnect();
    if (typeof content === "string") place.innerHTML = content;
    else place.replaceChildren(...content);
    place.querySelector("[data-citations-place]")?.replaceWith(navigation());
    place.querySelector("[data-number-place]")?.replaceWith(
      make("input", { type: "text", inputmode: "numeric", size: "3", maxlength: "5", autocomplete: "off", "data-page-number": true }),
    );
    place.querySelector("mark")?.setAttribute("tabindex", "0");
    if (place.hidden)
      steadily(() => {
        place.hidden = false;
        document.body.classList.add("source-open");
      });
    modal();
    const kept = focus && place.querySelector(focus);
    (kept ?? place.querySelector("#source-title")).focus({ preventScroll: true });
    if (kept && typeof content === "string")
      desk.say(text("panel.opened", { at: at + 1, all: citations.length, title: byId("source-title").textContent }));
    enlarge(zoom);
    for (const sheet of place.querySelectorAll(".page")) near.observe(sheet);
    for (const more of place.querySelectorAll(".more")) far.observe(more);
    turned();
  }

  function toQuote() {
    const quote = panel().querySelector("mark, [data-highlight]");
    if (quote) quote.scrollIntoView({ block: "center", inline: "nearest" });
    else panel().querySelector("[data-begin]:not([data-page='1'])")?.scrollIntoView({ block: "start" });
    turned();
  }

  function close(refocus = true) {
    if (!panel() || panel().hidden) return;
    latest++;
    steadily(() => {
      panel().hidden = true;
      panel().replaceChildren();
      document.body.classList.remove("source-open");
    });
    modal();
    mark();
    if (refocus) (opener?.isConnected ? opener : document.querySelector("#question textarea"))?.focus({ preventScroll: visible(opener) });
    opener = shown = null;
    citations = [];
    at = -1;
  }

  const visible = (part) => {
    const box = part?.isConnected ? part.getBoundingClientRect() : { bottom: -1 };
    return box.bottom > 0 && box.top < innerHeight;
  };

  /** Change the layout while what is being read stays where it is on the screen. */
  function steadily(change) {
    const read = visible(opener) ? opener : [...document.querySelectorAll("#turns :is(p, li, h2, h3)")].find(visible);
    const before = read?.getBoundingClientRect().top;
    change();
    if (read) scrollBy({ top: read.getBoundingClientRect().top - before, behavior: "instant" });
  }

  /** On a small screen the panel is a dialog: what lies under it cannot be reached. Beside the conversation it is a region. */
  function modal() {
    const place = panel();
    const over = narrow.matches && !place.hidden;
    for (const part of document.querySelectorAll("[data-under-source]")) {
      part.inert = false;
      delete part.dataset.underSource;
    }
    place.setAttribute("role", narrow.matches ? "dialog" : "complementary");
    if (!over) return place.removeAttribute("aria-modal");
    place.setAttribute("aria-modal", "true");
    for (let part = place; part !== document.body; part = part.parentElement)
      for (const beside of part.parentElement.children) {
        if (beside === part || beside.inert || beside.matches("script, style, #spoken, #toast")) continue;
        beside.inert = true;
        beside.dataset.underSource = "";
      }
  }

  // -------------------------------------------------------------------- through the document

  const sheets = () => [...panel().querySelectorAll(".page")];
  const wide = (sheet) => (sheet.clientWidth * devicePixelRatio > 1540 ? SHARP : 1100);

  // Pages are drawn when they come near; who leafs past them quickly does not have them drawn.
  const near = new IntersectionObserver(
    (seen) => {
      for (const { target: sheet, isIntersecting } of seen) {
        sheet.toggleAttribute("data-near", isIntersecting);
        if (isIntersecting) setTimeout(() => sheet.isConnected && sheet.hasAttribute("data-near") && fill(sheet), 80);
      }
    },
    { rootMargin: "600px 0px" },
  );

  async function fill(sheet) {
    const width = wide(sheet);
    if (Number(sheet.querySelector("img")?.dataset.width ?? 0) >= width || sheet.hasAttribute("data-coming")) return;
    sheet.setAttribute("data-coming", "");
    const reply = await desk.call("page", { ...request(shown), page: Number(sheet.dataset.page), width });
    sheet.removeAttribute("data-coming");
    if (!sheet.isConnected) return;
    if (!reply.problem) sheet.innerHTML = reply.html; // escaped on the server
    else if (!sheet.querySelector("img")) sheet.replaceChildren(make("span", { class: "sheet" }, reply.problem));
  }

  // The text before and after what is shown comes when the reader gets there, or when he asks for it.
  const far = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting }) => isIntersecting && extend(target)), { rootMargin: "300px 0px" });

  async function extend(more, asked = false) {
    if (more.hasAttribute("data-coming")) return;
    more.setAttribute("data-coming", "");
    const { side, place, version } = more.dataset;
    const { document: id, collection } = request(shown);
    const reply = await desk.call("piece", { document: id, collection, side, version, place: Number(place) });
    more.removeAttribute("data-coming");
    if (!more.isConnected) return;
    far.unobserve(more);
    if (reply.problem) {
      more.querySelector(".notice").textContent = reply.problem; // the button stays, to try again
      return;
    }
    const body = more.parentElement;
    const read = side === "before" ? more.nextElementSibling : more.previousElementSibling;
    const before = read.getBoundingClientRect().top;
    more.insertAdjacentHTML("afterend", reply.html); // escaped on the server
    // Who is on the button when the text comes by itself would lose the focus with it.
    const onButton = asked || more.contains(document.activeElement);
    more.remove();
    scroller().scrollTop += read.getBoundingClientRect().top - before;
    for (const next of body.querySelectorAll(".more")) {
      far.unobserve(next);
      far.observe(next);
    }
    if (onButton) {
      const added = side === "before" ? read.previousElementSibling : read.nextElementSibling;
      added.tabIndex = -1;
      added.focus({ preventScroll: true });
    }
  }

  // A low window scrolls the panel as a whole, another one only the document in it.
  const scroller = () => {
    const body = panel().querySelector(".source-body");
    return getComputedStyle(body).overflowY === "visible" ? panel() : body;
  };

  /** The page in the middle of what is seen. */
  function current() {
    const view = scroller().getBoundingClientRect();
    const middle = (Math.max(view.top, 0) + Math.min(view.bottom, innerHeight)) / 2;
    return sheets().find((sheet) => sheet.getBoundingClientRect().bottom > middle) ?? sheets().at(-1);
  }

  /** The page number and the buttons beside it, as they are for the page that is seen. */
  function turned() {
    const box = panel().querySelector("[data-page-number]");
    if (!box) return;
    const here = Number(current().dataset.page);
    if (document.activeElement !== box || box.value === "") box.value = here;
    for (const button of panel().querySelectorAll("[data-page-step]")) {
      const beyond = Number(button.dataset.pageStep) < 0 ? here === Number(sheets()[0].dataset.page) : here === Number(sheets().at(-1).dataset.page);
      if (beyond) button.setAttribute("aria-disabled", "true");
      else button.removeAttribute("aria-disabled");
    }
  }

  function turnTo(page) {
    const all = sheets();
    const last = Number(all.at(-1).dataset.page);
    const wanted = Math.min(Math.max(Math.round(page) || 1, 1), last);
    const sheet = all.find((one) => Number(one.dataset.page) >= wanted) ?? all.at(-1);
    sheet.scrollIntoView({ block: "start", inline: "nearest" });
    const box = panel().querySelector("[data-page-number]");
    box.value = sheet.dataset.page;
    desk.say(`${text("panel.page")} ${sheet.dataset.page} ${text("panel.of_pages", { pages: last })}`);
  }

  function enlarge(to) {
    const pages = panel().querySelector(".pages");
    if (!pages) return;
    const view = scroller();
    const down = (view.scrollTop + view.clientHeight / 2) / view.scrollHeight;
    const across = (view.scrollLeft + view.clientWidth / 2) / view.scrollWidth;
    zoom = to;
    pages.style.setProperty("--zoom", zoom);
    panel().querySelector("[data-zoomed]").textContent = `${Math.round(zoom * 100)}%`;
    view.scrollTop = down * view.scrollHeight - view.clientHeight / 2;
    view.scrollLeft = across * view.scrollWidth - view.clientWidth / 2;
    for (const sheet of panel().querySelectorAll(".page[data-near]")) fill(sheet);
  }

  function zoomBy(way) {
    const next = way > 0 ? ZOOMS.find((one) => one > zoom) : ZOOMS.findLast((one) => one < zoom);
    enlarge(way === 0 ? 1 : (next ?? zoom));
    desk.say(`${text("panel.zoom")} ${Math.round(zoom * 100)}%`);
  }

  // -------------------------------------------------------------------- what the user does

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const does = button.dataset;
    if (does.document !== undefined) return open(button);
    if (!panel()?.contains(button)) return;
    if (does.close !== undefined) close();
    else if (does.step !== undefined) step(Number(does.step));
    else if (does.copy !== undefined) desk.copy(does.copy);
    else if (does.toQuote !== undefined) {
      toQuote();
      panel().querySelector("mark, blockquote")?.focus({ preventScroll: true });
    } else if (does.view !== undefined) {
      view = does.view;
      show(shown, `[data-view="${view}"]`);
    } else if (does.pageStep !== undefined) turnTo(Number(current().dataset.page) + Number(does.pageStep));
    else if (does.zoom !== undefined) zoomBy(Number(does.zoom));
    else if (does.more !== undefined) extend(button.parentElement, true);
  });

  document.addEventListener("keydown", (event) => {
    if (!panel() || panel().hidden || event.defaultPrevented) return;
    if (event.key === "Escape") return close();
    const here = event.target;
    if (event.key === "Enter" && here.matches?.("[data-page-number]")) return turnTo(Number(here.value));
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way || event.ctrlKey || event.metaKey || event.shiftKey || here.matches?.("input, textarea, select")) return;
    if (!panel().contains(here) && !here.matches?.('button[data-document][aria-expanded="true"]')) return;
    for (let part = here; part && part !== panel().parentElement && !event.altKey; part = part.parentElement)
      if (part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX !== "visible") return; // scrolls sideways
    if (!citations.length) return;
    event.preventDefault();
    step(same(citations[at].place, shown) ? way : 0);
  });

  document.addEventListener("change", (event) => event.target.matches?.("[data-page-number]") && turnTo(Number(event.target.value)));
  let waiting = false;
  document.addEventListener(
    "scroll",
    (event) => {
      if (waiting || !panel()?.contains(event.target)) return;
      waiting = true;
      requestAnimationFrame(() => {
        waiting = false;
        turned();
      });
    },
    true,
  );
  narrow.addEventListener("change", () => panel() && modal());
  desk.onLanguage(() => close());

  return { open, close, foresee, show };
})();
asking.onShown(source.foresee);
