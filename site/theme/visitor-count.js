/**
 * <visitor-count>: how many visits a page has had, who is here now, and the last 30 days; live, over one WebSocket.
 *
 *   <script async src="https://example.com/visitor-count.js"></script>
 *   <visitor-count></visitor-count>
 *
 * docs/counter.md has its attributes, parts, properties and the messages of the server. It works as a classic script
 * and as a module, has no dependency, and does nothing that a strict Content-Security-Policy forbids. It is shipped
 * without these comments and with short private names, and stays under 3 KB (gzip): site_gen/pages/scripts.py.
 *
 * data-state   "connecting"  no answer yet, or the first retry after a loss
 *              "live"        the number is current
 *              "offline"     no connection; the number, if there is one, is the last known
 *              "paused"      nobody looks at the page, so it holds no connection
 */
{
  const SECOND = 1e3; // all times are in milliseconds
  const MINUTE = 60 * SECOND; // a page hidden for so long disconnects; announcements come no more often
  const LAST_RETRY = MINUTE; // the first comes after a second, then after twice the time with every failure
  const OPENING = 30 * SECOND; // in a crowd: API Gateway gives a server 29 s, and to ask again would be to queue again
  const ANSWER = 15 * SECOND; // to a hello; a cold start of the server fits in
  const KEEP_ALIVE = 9 * MINUTE; // API Gateway closes a connection that was idle for 10 minutes
  const TICK = 20 * SECOND; // one that comes three times too late came out of the computer's sleep

  // A classic script knows where it came from. A module does not; it lies on the page's own host.
  const home = document.currentScript?.src || location.href;

  /** What `action` returns; undefined where it throws, as storage does that is blocked, and text that is no JSON. */
  const attempt = (action) => {
    try {
      return action();
    } catch {
      // undefined
    }
  };

  /** Each action is called on the event of its name, until the signal's controller aborts. */
  const listen = (target, signal, actions) => {
    for (const name in actions) target.addEventListener(name, actions[name], { signal });
  };

  let visit;

  /** One tab is one visit, whatever reloads or reconnects. Not crypto.randomUUID, which plain http does not have. */
  const visitId = () => {
    visit ??= attempt(() => sessionStorage.visitorCount) ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
    attempt(() => (sessionStorage.visitorCount = visit));
    return visit;
  };

  /** The owner opens the page once with #not-me, and is not counted in this browser until #count-me. */
  const isUncounted = () =>
    attempt(() => {
      if (/^#(not|count)-me$/.test(location.hash)) localStorage.visitorCount = location.hash;
      return localStorage.visitorCount == "#not-me";
    });

  const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

  class VisitorCount extends HTMLElement {
    static observedAttributes = ["endpoint"];

    #parts = {}; // class → element
    #count; // absent until there is one
    #countedAt; // when the server said so, in milliseconds; absent for the number of the page's last build
    #online;
    #days = [];
    #socket;
    #socketLife;
    #pageLife;
    #key; // where the last known number is kept
    #timers = {}; // retry, answer, tick, pause, announce
    #failures = 0;
    #heardAt = 0;
    #tickedAt;
    #isFirst; // whether the next number is the first of its connection
    #said;
    #saidAt = 0;

    connectedCallback() {
      if (!this.shadowRoot) this.#build();
      this.#pageLife = new AbortController();
      listen(window, this.#pageLife.signal, {
        online: () => this.#wake(),
        offline: () => this.#lose(),
        // A page with an open socket cannot enter the back/forward cache, from which it returns at once.
        pagehide: () => this.#leave(),
        pageshow: (event) => event.persisted && this.#start(),
        visibilitychange: () => {
          if (document.hidden) this.#after("pause", MINUTE, () => this.#hangUp("paused"));
          else this.#wake();
        },
      });
      this.#start();
    }

    disconnectedCallback() {
      this.#pageLife.abort();
      this.#leave();
    }

    attributeChangedCallback() {
      if (!this.shadowRoot || !this.isConnected) return;
      this.#count = this.#countedAt = null;
      this.#days = [];
      this.#start();
    }

    // The connection

    #start() {
      this.#leave();
      this.#heardAt = 0;
      this.#tick();
      this.#show("connecting");
      if (!document.hidden) this.#connect(); // a page in the background is visited when somebody looks at it
    }

    #connect() {
      this.#hangUp();
      // There is none for an endpoint that is no URL, or ws: on an https: page.
      const socket = attempt(() => new WebSocket(this.#url()));
      if (!socket) return this.#lose();
      this.#socket = socket;
      this.#isFirst = true;
      this.#socketLife = new AbortController();
      listen(socket, this.#socketLife.signal, {
        open: () => this.#hello(),
        message: (event) => this.#receive(attempt(() => JSON.parse(event.data)) ?? {}),
        close: () => this.#lose(),
      });
      this.#after("answer", OPENING, () => this.#lose());
    }

    #url() {
      const url = new URL(this.getAttribute("endpoint") || "/live", home);
      url.protocol = url.protocol.replace("http", "ws");
      this.#key = `visitor-count ${url}`;
      url.searchParams.set("visit", visitId());
      if (isUncounted()) url.searchParams.set("count", "no");
      return url;
    }

    #hello() {
      this.#socket.send('{"action":"hello"}');
      this.#after("answer", ANSWER, () => this.#lose()); // a dead connection looks open until somebody asks
    }

    #tick() {
      const now = Date.now();
      const hasSlept = now - this.#tickedAt > 3 * TICK;
      this.#tickedAt = now;
      this.#after("tick", TICK, () => this.#tick());
      if (now - this.#heardAt < TICK) this.#failures = 0; // it lives, so the retries start over
      if (hasSlept || (this.#socket && now - this.#heardAt > KEEP_ALIVE)) this.#probe();
    }

    /** Asks whether the connection still lives; makes one where there is none. */
    #probe() {
      if (document.hidden) return;
      if (!this.#socket) this.#connect();
      else if (this.#socket.readyState == 1 /* open */) this.#hello();
    }

    /** The network or the reader came back. */
    #wake() {
      this.#cancel("pause");
      if (this.dataset.state == "paused") this.#show("connecting");
      if (!this.#socket || Date.now() - this.#heardAt > MINUTE) this.#probe();
    }

    /** The connection failed, ended or fell silent: say so, and try again. */
    #lose() {
      // Connections end for good reasons too (API Gateway's two hours): only a retry that fails means offline.
      this.#hangUp(this.dataset.state == "live" && navigator.onLine ? "connecting" : "offline");
      if (document.hidden) return;
      const most = navigator.onLine ? Math.min(LAST_RETRY, SECOND * 2 ** this.#failures++) : LAST_RETRY;
      // Half of the wait is random, so that crowds spread out.
      this.#after("retry", (most * (1 + Math.random())) / 2, () => this.#connect());
    }

    /** Ends the connection, and shows the new state if there is one. */
    #hangUp(state) {
      this.#cancel("retry");
      this.#cancel("answer");
      this.#socketLife?.abort();
      const socket = this.#socket;
      this.#socket = null;
      // Browsers log an error when a socket is closed while it opens, so that one is closed as soon as it is open.
      if (socket?.readyState) socket.close();
      else if (socket) socket.onopen = () => socket.close();
      if (state) this.#show(state);
    }

    #leave() {
      this.#hangUp();
      for (const name in this.#timers) this.#cancel(name);
    }

    /** {"count": 1234, "online": 5, "days": [3, 0, …, 12]}, of which only the count is always there. */
    #receive({ count, online, days }) {
      if (!isCount(count)) return;
      this.#cancel("answer");
      this.#heardAt = Date.now();
      const more = count - this.#count;
      // Messages of one connection can overtake each other, and a count only grows. A new connection may know better.
      if (!this.#isFirst && more < 0) return;
      if (this.#isFirst || isCount(online)) this.#online = online;
      if (Array.isArray(days) && days.every(isCount)) this.#days = days.slice(-30);
      else if (!this.#isFirst && this.#days.length) this.#days.push(this.#days.pop() + more);
      const hasArrived = !this.#isFirst && more;
      this.#isFirst = false;
      this.#count = count;
      this.#countedAt = this.#heardAt;
      attempt(() => (localStorage[this.#key] = JSON.stringify([count, this.#heardAt])));
      this.#show("live");
      if (hasArrived) this.#pulse();
    }

    // What is seen and heard

    #build() {
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync("include visitor-count.css");
      root.adoptedStyleSheets = [sheet];
      root.innerHTML =
        "<span class=dot></span><span class=note></span>" +
        "<span class=total><span class=number></span> <span class=noun></span></span>" +
        "<svg class=spark role=img><path class=past /><path class=today /></svg>" +
        "<span class=status role=status></span>";
      this.#count = +(this.getAttribute("count") || NaN);
      for (const element of root.querySelectorAll("*")) this.#parts[(element.part = element.classList)] = element;
    }

    #show(state) {
      // Without an answer, and none from the build: the last number that was ever given here.
      if (state == "offline" && !this.#countedAt) {
        const [count, at] = attempt(() => JSON.parse(localStorage[this.#key])) ?? [];
        if (isCount(count) && isCount(at)) [this.#count, this.#countedAt] = [count, at];
      }
      const isKnown = isCount(this.#count);
      const number = isKnown ? this.#local(this.#count) : "";
      const noun = isKnown ? (this.#count == 1 ? "visit" : "visits") : "";
      this.dataset.state = state;
      if (isKnown) this.dataset.count = this.#count;
      const texts = { noun, number, note: this.#note(state) };
      for (const name in texts) {
        const part = this.#parts[name];
        part.textContent = texts[name];
        // No larger than its place is wide: how wide a number comes out, only the reader's font knows.
        part.style.scale = part.clientWidth / part.scrollWidth;
      }
      this.#draw();
      if (this.#countedAt) this.#announce(number + " " + noun);
    }

    #note(state) {
      if (state == "live") return isCount(this.#online) ? this.#local(this.#online) + " here now" : state;
      if (state == "connecting") return state + "…";
      return this.#countedAt ? "as of " + this.#local(new Date(this.#countedAt)) : "offline";
    }

    /** A number or a date as the page's readers write it. */
    #local(value) {
      return value.toLocaleString(this.closest("[lang]")?.lang || [], { dateStyle: "short", timeStyle: "short" });
    }

    /** A bar for each day, the last one being today. */
    #draw() {
      const days = this.#days;
      const most = Math.max(1, ...days);
      const bars = days.map((visits, day) => `M${6 * day + 3} 22V${22 - Math.round((20 * visits) / most)}`);
      const { spark, past, today } = this.#parts;
      spark.ariaLabel = `${this.#local(days.reduce((sum, visits) => sum + visits, 0))} in the last ${days.length} days`;
      spark.setAttribute("viewBox", `0 0 ${6 * days.length} 24`);
      today.setAttribute("d", bars.pop() ?? "");
      past.setAttribute("d", bars.join(""));
    }

    #pulse() {
      if (matchMedia("(prefers-reduced-motion)").matches) return;
      this.#parts.number.animate([{ opacity: 0.2, transform: "translateY(.25em)" }, {}], 350);
      this.#parts.dot.animate([{ boxShadow: "0 0 0 0" }, { boxShadow: "0 0 0 .6rem transparent" }], 900);
    }

    /** Screen readers read the first count in its place; later changes are announced, politely and seldom. */
    #announce(text) {
      const isFirst = !this.#said;
      this.#said = text;
      if (isFirst || this.#timers.announce) return;
      this.#after("announce", Math.max(SECOND, this.#saidAt + MINUTE - Date.now()), () => {
        this.#saidAt = Date.now();
        this.#parts.status.textContent = this.#said;
      });
    }

    // Timers, one of each name

    #after(name, delay, action) {
      this.#cancel(name);
      this.#timers[name] = setTimeout(() => {
        this.#cancel(name);
        action();
      }, delay);
    }

    #cancel(name) {
      clearTimeout(this.#timers[name]);
      delete this.#timers[name];
    }
  }

  if (!customElements.get("visitor-count")) customElements.define("visitor-count", VisitorCount);
}
