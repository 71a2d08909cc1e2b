// What every part of the page uses: texts in the chosen language, requests to the program, announcements, parts as they appear.
"use strict";
const desk = (() => {
  const byId = (id) => document.getElementById(id);

  // -------------------------------------------------------------------- what the browser keeps

  // A browser may refuse storage (private window, full disk); the page works without it.
  const kept = {
    get(name) {
      try {
        return JSON.parse(localStorage.getItem(`assistant.${name}`));
      } catch {
        return null;
      }
    },
    set(name, value) {
      try {
        localStorage.setItem(`assistant.${name}`, JSON.stringify(value));
        return true;
      } catch {
        return false;
      }
    },
    remove(name) {
      try {
        localStorage.removeItem(`assistant.${name}`);
      } catch {
        // nothing was kept
      }
    },
  };

  // -------------------------------------------------------------------- language

  // An address may say the language, as a copied link does (`?taal=en`); from then on it is the language of this browser.
  const linked = new URLSearchParams(location.search).get("taal");
  if (linked === "en" || linked === "nl") kept.set("language", linked);
  let language = (linked ?? kept.get("language")) === "en" ? "en" : "nl";
  const texts = JSON.parse(byId("texts").textContent);

  /** A text by its name (`documents.search`), with `{name}`s filled in. */
  function text(name, values = {}) {
    const found = name.split(".").reduce((part, key) => part?.[key], texts[language]);
    return String(found ?? name).replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
  }

  function translate(root) {
    for (const part of root.querySelectorAll("[data-text]")) {
      const said = text(part.dataset.text);
      if (part.textContent !== said) part.textContent = said;
    }
    for (const part of root.querySelectorAll("[data-label]")) part.setAttribute("aria-label", text(part.dataset.label));
    for (const part of root.querySelectorAll("[data-placeholder]")) part.placeholder = text(part.dataset.placeholder);
  }

  const listeners = [];
  const onLanguage = (listener) => listeners.push(listener);

  function setLanguage(chosen) {
    language = chosen;
    kept.set("language", chosen);
    apply();
    for (const listener of listeners) listener();
  }

  /** The whole page in the chosen language: Dutch unless someone chose otherwise, whatever the browser's own language. */
  async function apply() {
    document.documentElement.lang = language;
    document.title = text("title");
    translate(document);
    // Gradio's parts follow the browser's language; its switch is a function of the module that draws them.
    const core = performance.getEntriesByType("resource").find((one) => /\/core-[^/]+\.js$/.test(one.name));
    (await import(core.name)).changeLocale(language);
    document.querySelectorAll("#tabs [role='tab']").forEach(nameTab);
  }

  // Gradio names a tab once, in the language of that moment.
  function nameTab(tab) {
    const name = [...tab.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (name) name.data = text(`tab_${tab.dataset.tabId}`);
  }

  // -------------------------------------------------------------------- requests

  const api = (path) => new URL(`gradio_api/${path}`, document.baseURI);
  const posted = (body, signal) => ({
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    signal,
  });

  /** What an endpoint replies. Whatever goes wrong is a reply with a `problem`: a sentence for the reader. */
  async function call(name, request = {}, { signal } = {}) {
    try {
      const response = await fetch(api(`run/${name}`), posted({ data: [{ language, ...request }] }, signal));
      if (!response.ok) throw new Error(`${name}: ${response.status}`);
      return (await response.json()).data[0];
    } catch (error) {
      if (error.name === "AbortError") throw error;
      return { problem: text("no_connection") };
    }
  }

  /** The replies of an endpoint that replies as it goes. Ends with an AbortError when the signal says so. */
  async function* stream(name, request, { signal } = {}) {
    let id;
    try {
      const joined = await fetch(api(`call/${name}`), posted({ data: [{ language, ...request }] }, signal));
      if (!joined.ok) throw new Error(`${name}: ${joined.status}`);
      id = (await joined.json()).event_id;
      const response = await fetch(api(`call/${name}/${id}`), { signal });
      if (!response.ok || !response.body) throw new Error(`${name}: ${response.status}`);
      for await (const { event, data } of events(response.body)) {
        if (event === "error") throw new Error(`${name}: ${data}`);
        if (event === "generating") yield JSON.parse(data)[0];
        if (event === "complete") return;
      }
      throw new Error(`${name}: cut off`);
    } catch (error) {
      if (signal?.aborted) {
        // The server stops as well; it need not be waited for.
        const fn_index = window.gradio_config.dependencies.find((one) => one.api_name === name)?.id;
        if (id) fetch(api("cancel"), posted({ session_hash: id, fn_index, event_id: id })).catch(() => {});
        throw error;
      }
      yield { problem: text("no_connection") };
    }
  }

  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += value;
      const blocks = rest.split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const event = /^event: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (event) yield { event, data };
      }
    }
  }

  // -------------------------------------------------------------------- parts of the page

  // Gradio draws its parts when it is ready, and those of a tab when it is first opened.
  const awaited = [];
  const met = new WeakMap();

  /** Do something with every element that fits a selector, once, as soon as it is there. */
  function when(selector, work) {
    awaited.push([selector, work]);
    if (document.body) meet();
  }

  function meet() {
    for (const [selector, work] of awaited)
      for (const part of document.querySelectorAll(selector)) {
        if (!met.has(part)) met.set(part, new Set());
        if (met.get(part).has(work)) continue;
        met.get(part).add(work);
        work(part);
      }
  }

  new MutationObserver(meet).observe(document.documentElement, { childList: true, subtree: true });

  /** An element with attributes, and text or elements in it. Text stays text. */
  function make(name, attributes = {}, ...content) {
    const part = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === false || value === null || value === undefined) continue;
      part.setAttribute(key, value === true ? "" : value);
    }
    part.append(...content);
    return part;
  }

  // -------------------------------------------------------------------- told to the user

  let spoken = "";
  /** Said once to who listens to the page instead of looking at it. */
  function say(words) {
    let live = byId("spoken");
    if (!live) document.body.append((live = make("div", { id: "spoken", class: "unseen", role: "status" })));
    live.textContent = words === spoken ? `${words}\u00a0` : words;
    spoken = live.textContent;
  }

  let fading;
  /** A short message that goes away by itself; read aloud as well. */
  function toast(words) {
    let note = byId("toast");
    if (!note) document.body.append((note = make("p", { id: "toast", "aria-hidden": "true" })));
    note.textContent = words;
    note.hidden = false;
    say(words);
    clearTimeout(fading);
    fading = setTimeout(() => (note.hidden = true), 4000);
  }

  async function copy(words) {
    try {
      await navigator.clipboard.writeText(words);
      toast(text("copied"));
    } catch {
      toast(text("not_copied"));
    }
  }

  /** Give the user a file made by the program: `{name, type, data}` with base64 data. */
  function save({ name, type, data }) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    const address = URL.createObjectURL(new Blob([bytes], { type }));
    const link = make("a", { href: address, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  }

  const calm = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");

  when("#tabs [role='tab']", nameTab);
  when("#language", apply); // when Gradio has drawn its parts
  when("[data-text], [data-label], [data-placeholder]", (part) => translate(part.parentElement));
  when("#language", (button) => button.addEventListener("click", () => setLanguage(language === "en" ? "nl" : "en")));

  return {
    byId, kept, text, onLanguage, call, stream, when, make, say, toast, copy, save, calm,
    language: () => language,
  };
})();
