/**
 * <visitor-count>: how many visits a page has had, who is here now, and the last 30 days; live, over one WebSocket.
 *
 *   <script async src="https://example.com/visitor-count.js"></script>
 *   <visitor-count></visitor-count>
 *
 * docs/counter.md has its attributes, parts, properties and the messages of the server. It works as a classic script
 * and as a module, has no dependency, and does nothing that a strict Content-Security-Policy forbids, with Trusted
 * Types or without. It is shipped without these comments and with short names, which is why all of it is one block, and
 * stays under 3 KB (gzip): site_gen/pages/scripts.py.
 *
 * data-count   the number, without separators; absent while none is known
 * data-state   "connecting"  no answer yet, or the first retry after a loss
 *              "live"        the number is current
 *              "offline"     no connection; the number, if there is one, is the last known
 *              "paused"      nobody looks at the page, so it holds no connection
 */
{
  const SECOND = 1e3; // all times are in milliseconds
  const MINUTE = 60 * SECOND; // a page hidden for so long disconnects
  const TICK = 20 * SECOND; // one that comes three times too late came out of the computer's sleep

  // Language → key → text, or a text for each category of its plural: English and the languages of the site.
  const WORDS = "include words counter";

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

  // One tab is one visit, whatever reloads or reconnects. Not crypto.randomUUID, which plain http does not have.
  let visit = crypto.getRandomValues(new Uint32Array(4)).join("-");
  attempt(() => (visit = sessionStorage.visitorCount ??= visit));

  /** The owner opens the page once with #not-me, and is not counted in this browser until #count-me. */
  const isUncounted = () =>
    attempt(() => {
      if (/^#(not|count)-me$/.test(location.hash)) localStorage.visitorCount = location.hash;
      return localStorage.visitorCount == "#not-me";
    });

  const isCount = (value) => Number.isSafeInteger(value) && value >= 0;

  /** All that one element does, as its callbacks: [on the page, off the page, another counter]. */
  const counterOf = (element) => {
    let count = parseInt(element.getAttribute("count")); // no number until there is one
    let days = [];
    let failures = 0;
    let heardAt = 0;
    let ticks = 0;
    let countedAt, // when the server said so; absent for the number of the page's last build
      visitors, // who is here now, this page included; the server tells each change of it to every connection
      early, // until the first answer of this connection: the highest number that came, 0 without one; then NaN
      socket,
      state,
      storageKey, // where the last known number is kept
      tickedAt,
      text, // the number as it is read aloud
      said, // the last one that was
      pageLife;

    // Timers, one of each name: retry, answer, tick, pause, draw

    const timers = {};

    const cancel = (name) => {
      clearTimeout(timers[name]);
      delete timers[name];
    };

    const after = (name, delay, action) => {
      cancel(name);
      timers[name] = setTimeout(() => {
        cancel(name);
        action();
      }, delay);
    };

    // The connection

    const start = () => {
      leave();
      heardAt = 0;
      show("connecting");
      tick();
      if (!document.hidden) connect(); // a page in the background is visited when somebody looks at it
    };

    const connect = () => {
      hangUp();
      // There is none for an endpoint that is no URL, or ws: on an https: page.
      socket = attempt(() => new WebSocket(address()));
      if (!socket) return lose();
      early = 0;
      socket.onopen = hello;
      socket.onmessage = (event) => attempt(() => receive(JSON.parse(event.data)));
      socket.onclose = lose;
      after("answer", 30 * SECOND, lose); // in a crowd, API Gateway gives a server 29 s; to retry is to queue again
    };

    const address = () => {
      const url = new URL(element.getAttribute("endpoint") || "/live", home);
      const name = element.getAttribute("name") ?? "";
      url.protocol = url.protocol.replace("http", "ws");
      if (/^[a-z0-9-]{1,32}$/.test(name)) url.searchParams.set("name", name); // any other is as good as none
      storageKey = "visitor-count " + url;
      url.searchParams.set("visit", visit);
      if (isUncounted()) url.searchParams.set("count", "no");
      return url;
    };

    const hello = () => {
      socket.send('{"action":"hello"}');
      // A dead connection looks open until somebody asks. A cold start of the server fits in.
      after("answer", 15 * SECOND, lose);
    };

    const tick = () => {
      const now = Date.now();
      const hasSlept = now - tickedAt > 3 * TICK;
      tickedAt = now;
      after("tick", TICK, tick);
      // To screen readers, which read the first number in its place: a later one politely, once a minute at most, and
      // not twice, as it would be if it stayed there.
      status.textContent = ticks++ % 3 || said == text ? "" : (said = text);
      if (now - heardAt < TICK) failures = 0; // it lives, so the retries start over
      // API Gateway closes a connection that was idle for 10 minutes.
      if (hasSlept || (socket && now - heardAt > 9 * MINUTE)) probe();
    };

    /** Asks whether the connection still lives; makes one where there is none. */
    const probe = () => {
      if (document.hidden) return;
      if (!socket) connect();
      else if (socket.readyState == 1 /* open */) hello();
    };

    /** The network or the reader came back. */
    const wake = () => {
      cancel("pause");
      if (state == "paused") show("connecting");
      if (!socket || Date.now() - heardAt > MINUTE) probe();
    };

    /** The connection failed, ended or fell silent: say so, and try again. */
    const lose = () => {
      // Connections end for good reasons too (API Gateway's two hours): only a retry that fails means offline.
      show(state == "live" ? "connecting" : "offline");
      hangUp();
      if (document.hidden) return;
      // After a second, then after twice the time with every failure. Half of the wait is random: so crowds spread out.
      after("retry", (Math.min(MINUTE, SECOND * 2 ** failures++) * (1 + Math.random())) / 2, connect);
    };

    const hangUp = () => {
      cancel("retry");
      cancel("answer");
      const old = socket;
      socket = null;
      visitors = NaN;
      if (old) {
        old.onmessage = old.onclose = null;
        // Browsers log an error when a socket is closed while it opens, so that one is closed as soon as it is open.
        old.onopen = () => old.close();
        if (old.readyState) old.close();
      }
    };

    const pause = () => {
      hangUp();
      show("paused");
    };

    const leave = () => {
      hangUp();
      for (const name in timers) cancel(name);
    };

    /** {"count": 1234, "online": 5, "days": [3, 0, …, 12]}: only answers have days, and only the count is always there. */
    const receive = (message) => {
      if (!isCount(message.count)) return;
      const isAnswer = attempt(() => message.days.every(isCount));
      // An announcement that overtook the answer may not include this very visit, and may be the newer one.
      early = Math.max(early, message.count);
      if (early >= 0 && !isAnswer) return (visitors = message.online);
      cancel("answer");
      heardAt = Date.now();
      const more = early >= 0 ? 0 : message.count - count;
      // Messages of one connection can overtake each other, and a count only grows. A new connection may know better.
      if (more < 0) return;
      if (isCount(message.online) && !(early >= 0 && visitors >= 0)) visitors = message.online;
      if (isAnswer) days = message.days.slice(-30);
      else if (days.length) days.push(days.pop() + more);
      count = early || message.count;
      early = NaN;
      countedAt = heardAt;
      attempt(() => (localStorage[storageKey] = [count, countedAt]));
      show("live");
    };

    // What is seen and heard

    const root = element.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("include visitor-count.css");
    root.adoptedStyleSheets = [sheet];

    /** Without innerHTML, which a page with Trusted Types does not allow. */
    const add = (parent, name) => {
      const part = document.createElement("span");
      part.part = part.classList = name;
      parent.append(part);
      return part;
    };

    add(root, "dot");
    const note = add(root, "note");
    const total = add(root, "total");
    const number = add(total, "number");
    const noun = add(total, "noun");
    const spark = add(root, "spark");
    const status = add(root, "status");
    status.role = "status";

    /** The state at once, and what is seen of it with the next frame; a hidden page has none, so with a timer. */
    const show = (next) => {
      // Without an answer, and none from the build: the last number that was ever given here.
      if (next == "offline" && !countedAt) {
        const known = attempt(() => JSON.parse(`[${localStorage[storageKey]}]`));
        if (known?.every(isCount)) [count, countedAt] = known;
      }
      element.dataset.state = state = next;
      if (timers.draw) return;
      after("draw", SECOND, draw);
      requestAnimationFrame(() => timers.draw && draw());
    };

    /** Returns how to write a number or a date, and how to say something, by the key of its words, of so many. */
    const language = () => {
      // In the language of the page if there are words in it, otherwise all of it in English.
      const tag = attempt(() => new Intl.Locale(element.closest("[lang]").lang));
      const own = attempt(() => JSON.parse(element.getAttribute("words")));
      const known = WORDS[tag] ?? WORDS[tag?.language];
      const locale = ((known || own) && tag) || "en";
      const local = (value, options) => value.toLocaleString(locale, options);
      const say = (key, many) =>
        attempt(() => {
          const words = { ...(known ?? WORDS.en), ...own }[key];
          return (words[new Intl.PluralRules(locale).select(many)] ?? words.other ?? words)
            .replace("{n}", local(many))
            .replace("{days}", local(days.length))
            .replace("{time}", local(new Date(countedAt), { dateStyle: "short", timeStyle: "short" }));
        }) ?? "";
      return [local, say];
    };

    const draw = () => {
      cancel("draw");
      const [local, say] = language();
      // Who is counted is not told of 0 visits: the first number includes them.
      const isKnown = count > 0 || (count == 0 && isUncounted());
      const hasMore = said && element.dataset.count < count; // than an earlier answer, not than the last build
      if (isKnown) element.dataset.count = count;
      else delete element.dataset.count;

      number.textContent = isKnown ? local(count) : "";
      noun.textContent = isKnown ? " " + say("visits", count) : "";
      // No larger than its place is wide: how wide a number comes out, only the reader's font knows.
      number.style.fontSize = "";
      number.style.fontSize = number.clientWidth / number.scrollWidth + "em";
      if (isKnown && countedAt) text = number.textContent + noun.textContent;
      said ??= text;

      const key =
        visitors >= 0
          ? "here"
          : state == "live" || state == "connecting"
            ? state
            : countedAt
              ? "as_of"
              : isKnown
                ? "offline"
                : "absent";
      note.textContent = say(key, Math.max(1, visitors));

      drawDays(say);
      // One pulse at a time, however fast the visits come.
      if (hasMore && !matchMedia("(prefers-reduced-motion)").matches && !number.getAnimations().length)
        number.animate([{ opacity: 0.2, translate: "0 .2em" }, {}], 400);
    };

    /** A bar for each day, the last one being today. */
    const drawDays = (say) => {
      const most = Math.max(1, ...days);
      spark.textContent = "";
      days.forEach((visits, day) => {
        add(spark, day < days.length - 1 ? "past" : "today").style.blockSize = 0.2 + (1.3 * visits) / most + "rem";
      });
      if (!days.length) return;
      spark.role = "img";
      spark.ariaLabel = say("recent", days.reduce((sum, visits) => sum + visits));
    };

    return [
      () => {
        pageLife = new AbortController();
        const actions = {
          online: wake,
          offline: lose,
          // A page with an open socket cannot enter the back/forward cache, from which it returns at once.
          pagehide: leave,
          pageshow: (event) => event.persisted && start(),
          visibilitychange: () => {
            if (document.hidden) after("pause", MINUTE, pause);
            else wake();
          },
        };
        for (const name in actions) addEventListener(name, actions[name], pageLife);
        start();
      },
      () => {
        pageLife.abort();
        leave();
      },
      () => {
        count = countedAt = NaN;
        days = [];
        start();
      },
    ];
  };

  // Another copy of this file may have defined it.
  attempt(() =>
    customElements.define(
      "visitor-count",
      class extends HTMLElement {
        static observedAttributes = ["endpoint", "name"];

        #counter;

        connectedCallback() {
          this.#counter ??= counterOf(this);
          this.#counter[0]();
        }

        disconnectedCallback() {
          this.#counter[1]();
        }

        attributeChangedCallback() {
          if (this.isConnected) this.#counter?.[2]();
        }
      },
    ),
  );
}
