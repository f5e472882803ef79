"""The counter under 50 visits a second for 20 seconds, in Chromium: `python -m benchmarks.frames`.

It prints the times between frames, the updates, the most animations at a time, and the tasks of more than 50 ms.
"""

from __future__ import annotations

import itertools
import statistics
import tempfile
from pathlib import Path

from tests.browser.conftest import launched
from tests.browser.light import Live, served

SECONDS, RATE = 20, 50
WATCH = """() => {
  const root = document.querySelector('visitor-count').shadowRoot;
  Object.assign(window, {times: [], most: 0, draws: 0, long: 0});
  new MutationObserver(() => draws += 1).observe(root.querySelector('.number'), {childList: true});
  new PerformanceObserver(list => long += list.getEntries().length).observe({type: 'longtask'});
  requestAnimationFrame(function note(time) {
    times.push(time);
    most = Math.max(most, root.getAnimations().length);
    requestAnimationFrame(note);
  });
}"""


def main() -> None:
    live = Live()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as url, launched() as browser:
        page = browser.new_page()
        live.attach(page)
        page.goto(url)
        page.locator("visitor-count[data-state=live]").wait_for()
        page.evaluate(WATCH)
        for count in range(1235, 1235 + SECONDS * RATE):
            live.tell(count)
            page.wait_for_timeout(1000 / RATE)
        times, most, draws, long_tasks = page.evaluate("[times, most, draws, long]")
    gaps = sorted(later - earlier for earlier, later in itertools.pairwise(times))
    hundredths = statistics.quantiles(gaps, n=100)
    print(f"{SECONDS * RATE} visits, {len(times)} frames, {draws} updates, at most {most} animation at a time")
    print(
        f"between frames: median {hundredths[49]:.1f} ms, p95 {hundredths[94]:.1f}, p99 {hundredths[98]:.1f}, "
        f"max {gaps[-1]:.1f}; {long_tasks} tasks over 50 ms"
    )


if __name__ == "__main__":
    main()
