"""Lighthouse scores of the page on mobile and desktop: `python -m benchmarks.lighthouse [ADDRESS]`.

Without an address it starts `build.py local` and measures its page: the whole system, with WebSocket and headers, but
without the compression by CloudFront. It prints a table of the scores and the main metrics, and exits with status 1 if
a score is below 100. node/package-lock.json pins Lighthouse; the first run installs it below output/.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

from site_gen.pdf import find_chromium
from tests.browser.node_tools import node_modules
from tests.local_system import LocalSystem, copy_project

CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
AUDITS = {
    "first-contentful-paint": "FCP",
    "largest-contentful-paint": "LCP",
    "total-blocking-time": "TBT",
    "cumulative-layout-shift": "CLS",
    "total-byte-weight": "weight",
}
RUNS = 3
PRESETS: dict[str, list[str]] = {"mobile": [], "desktop": ["--preset=desktop"]}
SOURCE = Path(__file__).with_name("node")


def measure(address: str, preset: list[str]) -> dict[str, Any]:
    """Run Lighthouse and return its report."""
    flags = "--headless=new --no-sandbox --disable-gpu --disable-quic"
    command = ["node", str(node_modules(SOURCE, "lighthouse") / "lighthouse" / "cli" / "index.js"), address]
    command += ["--quiet", "--output=json", f"--chrome-flags={flags}", f"--only-categories={','.join(CATEGORIES)}"]
    environment = {**os.environ, "CHROME_PATH": find_chromium() or ""}
    done = subprocess.run([*command, *preset], env=environment, capture_output=True, text=True, check=True)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def median(reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the report with the median performance score, since other load on the machine slows down single runs."""
    return sorted(reports, key=lambda report: report["categories"]["performance"]["score"])[len(reports) // 2]


def row(name: str, report: dict[str, Any]) -> str:
    scores = [f"{report['categories'][each]['score'] * 100:>16.0f}" for each in CATEGORIES]
    times = [f"{report['audits'][each].get('displayValue', '').removeprefix('Total size was '):>11}" for each in AUDITS]
    return f"{name:<8}" + "".join(scores) + "".join(times)


def failed_audits(report: dict[str, Any]) -> list[str]:
    """Return a line for each weighted audit with an imperfect score."""
    counted = [ref["id"] for each in CATEGORIES for ref in report["categories"][each]["auditRefs"] if ref["weight"]]
    audits = [report["audits"][each] for each in counted]
    return [f"  {each['id']}: {each['title']} ({each['score']})" for each in audits if each["score"] not in (1, None)]


@contextmanager
def local_page() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        system = LocalSystem(copy_project(Path(folder) / "project")).ready()
        try:
            yield system.url
        finally:
            system.end()


def main() -> int:
    perfect = True
    with nullcontext(sys.argv[1]) if sys.argv[1:] else local_page() as address:
        titles = "".join(f"{each:>16}" for each in CATEGORIES) + "".join(f"{each:>11}" for each in AUDITS.values())
        print(f"{'':<8}{titles}")
        for name, preset in PRESETS.items():
            report = median([measure(address, preset) for _ in range(RUNS)])
            print("\n".join([row(name, report), *failed_audits(report)]))
            perfect &= all(report["categories"][each]["score"] == 1 for each in CATEGORIES)
    return 0 if perfect else 1


if __name__ == "__main__":
    raise SystemExit(main())
