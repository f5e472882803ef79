/**
 * <visitor-count>: how many visits this page has had, live.
 *
 *   <visitor-count></visitor-count>                                       connects to /live on the page's own host
 *   <visitor-count endpoint="wss://example.com/live"></visitor-count>     connects elsewhere
 *
 * It says {"action":"hello"}; the server answers, and later pushes, {"count": 1234, "online": 5}. Attributes it sets:
 *
 *   data-state   "connecting"  no answer yet, or the first retry after a loss
 *                "live"        the number is current
 *                "offline"     no connection; the number, if there is one, is the last known
 *   data-count   the number shown, without separators; absent until there is one
 *
 * Looks are in visitor-count.css. No dependency, and nothing a strict Content-Security-Policy forbids.
 */

const SECOND = 1000;
const FIRST_RETRY = 1 * SECOND; // doubles with every failure; the wait is a random part of it, so crowds spread out
const LAST_RETRY = 30 * SECOND;
const STABLE = 5 * SECOND; // a connection that lived this long starts the retries over
const ANSWER = 15 * SECOND; // to open a connection or to answer a hello; a cold start of the server fits in
const KEEP_ALIVE = 9 * 60 * SECOND; // API Gateway closes a connection that was idle for 10 minutes
const PROBE = 60 * SECOND; // a page seen again after this silence asks whether its connection still lives
const SETTLE = 1 * SECOND; // a burst of numbers is announced as its last,
const ANNOUNCE = 10 * SECOND; // and never more often than this

/** Storage throws where cookies are blocked, and when it is full: then the page goes without. */
function load(area, key) {
  try {
    return window[area].getItem(key);
  } catch {
    return null;
  }
}

function save(area, key, value) {
  try {
    window[area].setItem(key, value);
  } catch {
    // The value lives as long as the page.
  }
}

let visit;

/**
 * One tab is one visit, whatever reloads or reconnects. (A duplicated tab copies sessionStorage, so it counts as the
 * same visit: the same person, after all.) Not crypto.randomUUID, which plain-http hosts do not have.
 */
function visitId() {
  visit ??= load("sessionStorage", "visit");
  if (!/^[\w-]{8,64}$/.test(visit ?? "")) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    visit = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    save("sessionStorage", "visit", visit);
  }
  return visit;
}

const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

/** The server's message, or null for anything that is not one. */
function parse(data) {
  try {
    const { count, online } = JSON.parse(data);
    return isCount(count) ? { count, online: isCount(online) ? online : null } : null;
  } catch {
    return null;
  }
}

const lastKnown = () => parse(`{"count":${load("localStorage", "visitor-count")}}`)?.count ?? null;

class VisitorCount extends HTMLElement {
  static observedAttributes = ["endpoint"];

  #parts; // number, noun, note, status: the elements inside
  #count = null;
  #online = null;
  #socket = null;
  #socketListeners;
  #pageListeners;
  #timers = new Map(); // retry, answer, keepAlive, announce
  #failures = 0;
  #openedAt = Infinity;
  #heardAt = 0;
  #isFirst = true; // whether the next number is the first of its connection
  #announcement = "";
  #announcedAt = -Infinity;

  connectedCallback() {
    this.#parts ??= this.#build();
    this.#pageListeners = new AbortController();
    const { signal } = this.#pageListeners;
    const wake = () => this.#wake();
    addEventListener("online", wake, { signal });
    addEventListener("offline", () => this.#lose(), { signal });
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake(), { signal });
    // A page with an open socket cannot enter the back/forward cache, from which it returns at once.
    addEventListener("pagehide", () => this.#leave(), { signal });
    addEventListener("pageshow", (event) => event.persisted && wake(), { signal });
    this.#show("connecting");
    this.#connect();
  }

  disconnectedCallback() {
    this.#pageListeners.abort();
    this.#leave();
  }

  attributeChangedCallback(_name, before, now) {
    if (before !== now && this.#pageListeners && !this.#pageListeners.signal.aborted) {
      this.#leave();
      this.#connect();
    }
  }

  // The connection

  #connect() {
    this.#hangUp();
    let socket;
    try {
      socket = new WebSocket(this.#url());
    } catch {
      this.#lose(); // an endpoint that is no URL, or ws: on an https: page
      return;
    }
    this.#socket = socket;
    this.#isFirst = true;
    this.#socketListeners = new AbortController();
    const { signal } = this.#socketListeners;
    socket.addEventListener("open", () => this.#open(), { signal });
    socket.addEventListener("message", (event) => this.#receive(event.data), { signal });
    socket.addEventListener("close", () => this.#lose(), { signal });
    this.#after("answer", ANSWER, () => this.#lose());
  }

  #url() {
    const url = new URL(this.getAttribute("endpoint") || "/live", location.href);
    url.protocol = url.protocol.replace(/^http/, "ws");
    url.searchParams.set("visit", visitId());
    return url;
  }

  #open() {
    this.#openedAt = performance.now();
    this.#hello();
  }

  #hello() {
    this.#socket.send('{"action":"hello"}');
    this.#after("answer", ANSWER, () => this.#lose()); // a dead connection looks open until somebody asks
    this.#after("keepAlive", KEEP_ALIVE, () => this.#keepAlive());
  }

  #keepAlive() {
    if (document.visibilityState === "visible") this.#hello();
    else this.#after("keepAlive", KEEP_ALIVE, () => this.#keepAlive());
  }

  /** The network or the reader came back. */
  #wake() {
    if (!this.#socket) this.#connect();
    else if (this.#socket.readyState === WebSocket.OPEN && performance.now() - this.#heardAt > PROBE) this.#hello();
  }

  /** The connection failed, ended or fell silent: say so, and try again. */
  #lose() {
    if (performance.now() - this.#openedAt > STABLE) this.#failures = 0;
    this.#hangUp();
    // Connections end for good reasons too (API Gateway's two hours): only a retry that fails means offline.
    this.#show(this.dataset.state === "live" && navigator.onLine ? "connecting" : "offline");
    const most = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.#failures++);
    this.#after("retry", Math.random() * most, () => this.#connect());
  }

  #hangUp() {
    for (const name of ["retry", "answer", "keepAlive"]) this.#cancel(name);
    this.#socketListeners?.abort();
    const socket = this.#socket;
    this.#socket = null;
    this.#openedAt = Infinity;
    // Browsers log an error when a socket is closed while it opens, so that one is closed as soon as it is open.
    if (socket?.readyState === WebSocket.CONNECTING) socket.addEventListener("open", () => socket.close());
    else socket?.close();
  }

  #leave() {
    this.#hangUp();
    this.#cancel("announce");
  }

  #receive(data) {
    const message = parse(data);
    if (!message) return;
    this.#cancel("answer");
    this.#heardAt = performance.now();
    // Messages of one connection can overtake each other, and a count only grows. A new connection may know better.
    if (!this.#isFirst && message.count < this.#count) return;
    this.#online = message.online ?? (this.#isFirst ? null : this.#online);
    this.#isFirst = false;
    this.#count = message.count;
    save("localStorage", "visitor-count", message.count);
    this.#show("live");
  }

  // What is seen and heard

  #build() {
    const part = (name) => {
      const element = document.createElement("span");
      element.className = `visitor-count-${name}`;
      this.append(element);
      return element;
    };
    this.replaceChildren();
    const parts = { noun: part("noun"), number: part("number"), note: part("note"), status: part("status") };
    for (const element of [parts.noun, parts.number, parts.note]) element.ariaHidden = "true";
    parts.status.role = "status"; // the one copy that screen readers get: polite, whole, and throttled
    parts.status.ariaLive = "polite";
    return parts;
  }

  #show(state) {
    if (state === "offline") this.#count ??= lastKnown();
    const isKnown = this.#count !== null;
    const number = isKnown ? new Intl.NumberFormat(document.documentElement.lang || undefined).format(this.#count) : "";
    const noun = this.#count === 1 ? "visit" : "visits";
    const note = this.#noteFor(state, isKnown);
    this.dataset.state = state;
    if (isKnown) this.dataset.count = this.#count;
    this.title = state === "offline" ? "Offline. The number moves again as soon as the connection is back." : "";
    this.#write("noun", noun);
    if (this.#write("number", number || (state === "offline" ? "–" : "")) && state === "live") this.#nudge();
    this.#write("note", note);
    if (isKnown) this.#announce([`${number} ${noun}`, note].filter(Boolean).join(", "));
  }

  #noteFor(state, isKnown) {
    if (state === "live") return this.#online === null ? "" : `${this.#online} here now`;
    if (state === "offline") return isKnown ? "last known" : "offline";
    return isKnown ? "reconnecting" : "";
  }

  /** Whether the text is another than before. */
  #write(name, text) {
    const isNew = this.#parts[name].textContent !== text;
    if (isNew) this.#parts[name].textContent = text;
    return isNew;
  }

  #nudge() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const from = { opacity: 0.2, transform: "translateY(0.3em)" };
    this.#parts.number.animate([from, {}], { duration: 350, easing: "ease-out" });
  }

  #announce(text) {
    this.#announcement = text;
    if (this.#timers.has("announce")) return;
    const wait = Math.max(SETTLE, this.#announcedAt + ANNOUNCE - performance.now());
    this.#after("announce", wait, () => {
      if (this.#write("status", this.#announcement)) this.#announcedAt = performance.now();
    });
  }

  // Timers, one of each name

  #after(name, delay, action) {
    this.#cancel(name);
    this.#timers.set(
      name,
      setTimeout(() => {
        this.#timers.delete(name);
        action();
      }, delay),
    );
  }

  #cancel(name) {
    clearTimeout(this.#timers.get(name));
    this.#timers.delete(name);
  }
}

if (!customElements.get("visitor-count")) customElements.define("visitor-count", VisitorCount);
