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
  // All times are in milliseconds: 1e3 are a second.
  const MINUTE = 60e3; // a page hidden for so long disconnects

  // Language → key → text, or a text for each category of its plural: English and the languages of the site.
  const WORDS = "include words counter";

  const sheet = new CSSStyleSheet();
  sheet.replaceSync("include visitor-count.css");

  // A classic script knows where it came from. A module does not; it lies on the page's own host.
  const home = document.currentScript?.src || location;

  /** What `action` returns; undefined where it throws, as storage does that is blocked, and text that is no JSON. */
  const attempt = (action) => {
    try {
      return action();
    } catch {
      // undefined
    }
  };

  // One tab is one visit, whatever reloads or reconnects. Unique, and no secret; 8 to 64 characters.
  let visit = (Math.random() + "").slice(2) + Date.now();
  attempt(() => (visit = sessionStorage.visitorCount ??= visit));

  /** The owner opens the page once with #not-me, and is not counted in this browser until #count-me. */
  const isUncounted = () =>
    attempt(() => {
      if (/^#(not|count)-me$/.test(location.hash)) localStorage.visitorCount = location.hash;
      return localStorage.visitorCount == "#not-me";
    });

  const isCount = (value) => Number.isInteger(value) && value >= 0;

  /** All that one element does, as its callbacks: [on the page, off the page, another counter]. */
  const counterOf = (element) => {
    let count = parseInt(element.getAttribute("count")); // no number until there is one
    let days = [];
    let failures = 0;
    let heardAt = 0;
    let ticks = 0;
    let countedAt, // when the server said so; absent for the number of the page's last build
      visitors, // who is here now, this page included; the server tells each change of it to every connection
      rests, // the server does: count.json said so
      askedAt, // when that was read
      seen, // the number that is shown, on its way to the count
      from, // what it was when the last message came
      pace, // how long after that the next one is expected
      early, // until the first answer of this connection: the highest number that came, 0 without one; then NaN
      socket,
      state,
      storageKey, // where the last known number is kept
      tickedAt,
      locale,
      words,
      text, // the number as it is read aloud
      said, // the last one that was
      pageLife;

    // Timers: one of each action, which keeps it

    const cancel = (action) => (action.timer = clearTimeout(action.timer));

    const after = (delay, action) => {
      cancel(action);
      action.timer = setTimeout(action, delay);
    };

    // The connection

    const start = () => {
      leave();
      heardAt = 0;
      show("connecting");
      draw(); // before anything is painted, so that nothing moves
      tick();
      connect();
    };

    const connect = () => {
      hangUp();
      if (document.hidden) return; // a page in the background is visited when somebody looks at it
      // There is none for an endpoint that is no URL, or ws: on an https: page.
      socket = !rests && attempt(() => new WebSocket(address()));
      if (!socket) return lose();
      early = 0;
      socket.onopen = hello;
      socket.onmessage = (event) => attempt(() => receive(JSON.parse(event.data)));
      socket.onclose = lose;
      after(30e3, lose); // in a crowd, API Gateway gives a server 29 s; to retry is to queue again
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
      after(15e3, lose);
    };

    const tick = () => {
      const now = Date.now();
      const hasSlept = now - tickedAt > MINUTE;
      tickedAt = now;
      after(20e3, tick);
      // To screen readers, which read the first number in its place: a later one politely, once a minute at most, and
      // not twice, as it would be if it stayed there.
      status.textContent = ticks++ % 3 || said == text ? "" : (said = text);
      if (now - heardAt < 20e3) failures = 0; // it lives, so the retries start over
      // API Gateway closes a connection that was idle for 10 minutes.
      if (hasSlept || (socket && now - heardAt > 9 * MINUTE)) probe();
    };

    /** Asks whether the connection still lives; makes one where there is none. */
    const probe = () => {
      socket ? attempt(hello) : connect(); // one that is not open yet has its time
    };

    /** The network or the reader came back. */
    const wake = () => {
      cancel(pause);
      if (state == "paused") show("connecting");
      if (!socket || Date.now() - heardAt > MINUTE) probe();
    };

    /** The connection failed, ended or fell silent: say so, and try again. */
    const lose = () => {
      // Connections end for good reasons too (API Gateway's two hours): only a retry that fails means offline.
      show(state == "live" ? "connecting" : "offline");
      hangUp();
      if (document.hidden) return;
      // After a second, then after twice the time with every failure; after about five minutes while the server rests.
      // Half of the wait is random: so crowds spread out.
      const wait = rests ? 7 * MINUTE : Math.min(MINUTE, 1e3 * 2 ** failures++);
      after(wait * (1 + Math.random()) / 2, connect);
      if (state == "offline" && !(Date.now() - askedAt < 3 * MINUTE)) ask();
    };

    /** Reads what the server wrote for whoever cannot connect: the count as of then, and `"live": false` while it rests,
     * because its budget is spent. Then it is asked again before the socket is tried again. */
    const ask = async () => {
      const asked = (askedAt = Date.now()); // which changes if the element leaves, or counts something else
      let file;
      try {
        file = await (await fetch(address().origin.replace("ws", "http") + "/count.json")).json();
      } catch {
        // there is none, or no network, or the page's policy forbids it
      }
      if (asked != askedAt || state != "offline") return;
      recall([file?.names?.[element.getAttribute("name")] ?? file?.count, Date.parse(file?.at)]);
      show(state);
      if (rests ^ (rests = file?.live === false)) connect(); // to wait for longer, or to wait no more
    };

    /** Takes a number from elsewhere, [count, when], if it is higher than the known one, or as high and newer. */
    const recall = (known) => {
      if (known?.every(isCount) && !(known[0] < count + (known[1] < countedAt))) [count, countedAt] = known;
    };

    const hangUp = () => {
      cancel(connect);
      cancel(lose);
      const old = socket;
      socket = null;
      visitors = NaN;
      if (!old) return;
      // Browsers log an error when a socket is closed while it opens, so that one is closed as soon as it is open.
      old.onopen = old.onmessage = old.onclose = () => old.close();
      if (old.readyState) old.close();
    };

    const pause = () => {
      hangUp();
      show("paused");
    };

    const leave = () => {
      hangUp();
      askedAt = NaN;
      cancel(tick);
      cancel(pause);
    };

    /** {"count": 1234, "online": 5, "days": [3, 0, …, 12]}: only answers have days, and only the count is always there. */
    const receive = (message) => {
      if (!isCount(message.count)) return;
      const isFirst = early >= 0;
      const isAnswer = message.days?.every(isCount);
      // An announcement that overtook the answer may not include this very visit, and may be the newer one.
      early = Math.max(early, message.count);
      if (isFirst && !isAnswer) return (visitors = message.online);
      cancel(lose);
      heardAt = Date.now();
      const more = isFirst ? 0 : message.count - count;
      // Messages of one connection can overtake each other, and a count only grows. A new connection may know better.
      if (more < 0) return;
      if (!(isFirst && visitors >= 0)) visitors = message.online ?? visitors;
      if (isAnswer && message.days.length) days = message.days; // it has none while it saves money
      else if (days.length) days.push(days.pop() + more);
      count = early || message.count;
      early = NaN;
      from = isFirst ? NaN : seen;
      pace = Math.min(5e3, heardAt - countedAt);
      countedAt = heardAt;
      attempt(() => (localStorage[storageKey] = [count, countedAt]));
      show("live");
    };

    // What is seen and heard

    const root = element.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];

    /** Without innerHTML, which a page with Trusted Types does not allow. */
    const add = (name, parent = root) => {
      const part = parent.appendChild(document.createElement("span"));
      part.part = part.classList = name;
      return part;
    };

    add("dot");
    const note = add("note");
    note.dir = "auto"; // that of its own words, which may not be the page's
    const total = add("total");
    const number = add("number", total);
    const noun = add("noun", total);
    const spark = add("spark");
    const status = add("status");
    status.role = "status";

    /** The state at once, and what is seen of it about a frame later, however much comes until then. Not with a frame,
     * which a hidden page does not have; its timers come once a second. */
    const show = (next) => {
      // The last number that was ever given here, to this tab or another.
      if (next == "offline") recall(attempt(() => JSON.parse("[" + localStorage[storageKey] + "]")));
      element.dataset.state = state = next;
      if (!draw.timer) after(16, draw);
    };

    /** Speak the language of the page if there are words in it, otherwise English, with all of it. */
    const choose = () => {
      const tag = attempt(() => new Intl.Locale(element.closest("[lang]").lang));
      const own = attempt(() => JSON.parse(element.getAttribute("words")));
      const known = WORDS[tag?.language];
      locale = (known || own) && tag || "en";
      words = { ...known || WORDS.en, ...own };
    };

    const local = (value, options) => value.toLocaleString(locale, options);

    /** Returns the words for this, of so many. */
    const say = (key, many) =>
      attempt(() =>
        (words[key][new Intl.PluralRules(locale).select(many)] ?? words[key].other ?? words[key])
          .replace("{n}", local(many))
          .replace("{days}", local(days.length))
          .replace("{time}", local(new Date(countedAt), { dateStyle: "short", timeStyle: "short" }))
      ) ?? key;

    const draw = () => {
      cancel(draw);
      choose();
      // Who is counted is not told of 0 visits: the first number includes them.
      const isKnown = count > 0 || count == 0 && isUncounted();
      const hasMore = said && element.dataset.count < count; // than an earlier answer, not than the last build
      const moves = !matchMedia("(prefers-reduced-motion)").matches;
      // Counts up to the newest number, one or more at a time, until the next message is expected; by one, at once.
      seen = Math.ceil(from + (count - from) * (Date.now() - countedAt + 1) / pace);
      if (moves && from < seen && seen < count) after(99, draw);
      else seen = count;

      if (isKnown) {
        element.dataset.count = count;
        number.textContent = local(seen);
        noun.textContent = " " + say("visits", seen);
        if (countedAt) text = local(count) + " " + say("visits", count);
      } else delete element.dataset.count;
      // No larger than its place is wide: how wide a number comes out, only the reader's font knows.
      number.style.fontSize = "";
      number.style.fontSize = number.clientWidth / number.scrollWidth + "em";
      said ??= text;

      const key =
        visitors >= 0
          ? "here"
          : state < "o" // live, connecting
            ? state
            : countedAt
              ? "as_of"
              : isKnown
                ? "offline"
                : "absent";
      note.textContent = say(key, visitors || 1);

      // One pulse at a time, however fast the visits come.
      if (hasMore && moves && !number.getAnimations().length) number.animate({ opacity: [.2, 1] }, 400);
      drawDays();
    };

    /** A bar for each day, the last one being today. */
    const drawDays = () => {
      spark.textContent = "";
      days.forEach((many, day) => {
        add(day < days.length - 1 ? "past" : "today", spark).style.height =
          .2 + 1.3 * many / Math.max(1, ...days) + "rem";
      });
      if (!days.length) return;
      spark.role = "img";
      spark.ariaLabel = say("recent", days.reduce((sum, many) => sum + many));
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
          visibilitychange: () => (document.hidden ? after(MINUTE, pause) : wake())
        };
        for (const name in actions) addEventListener(name, actions[name], pageLife);
        start();
      },
      () => {
        pageLife.abort();
        leave();
      },
      () => {
        count = countedAt = from = NaN;
        days = [];
        start();
      }
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
      }
    )
  );
}
