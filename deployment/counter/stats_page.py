"""The statistics as a page: visits per day as bars and as a table, and what was not counted, and why. Pure.

The page is one file without scripts and without requests to anywhere; its policy allows its own stylesheet and nothing
else. It is written for the owner and not published.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from html import escape

from deployment.counter.filtered import Filtered, sums
from deployment.counter.stats import Stats, summary

REASONS = {
    Filtered.REPEATED: (
        "repeated",
        "a reload, a reconnection, or another page in the same tab: its visit was counted before for the site",
    ),
    Filtered.CRAWLER: ("crawler", "a known crawler or a headless browser (visits.count_crawlers)"),
    Filtered.LIMIT: ("limit", "one address had reached its visits of the day (limits.visits_per_address)"),
    Filtered.ASKED: ("asked", "the page was opened with #not-me"),
    Filtered.REFUSED: ("refused", "a page of another site, a malformed id, or too many connections of one address"),
}

_WIDTH, _HEIGHT, _BAR = 960, 200, 0.8

_STYLE = """\
:root { color-scheme: light dark; --ink: #1c2023; --soft: #5b6166; --paper: #faf8f4; --line: #d9d5cc; --accent: #0c6b60;
  --other: #b26a00 }
@media (prefers-color-scheme: dark) { :root { --ink: #f1eee8; --soft: #a9afb4; --paper: #12161a; --line: #343b42;
  --accent: #4fb3a5; --other: #e0a040 } }
body { margin: 0 auto; max-inline-size: 60rem; padding: 2rem 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif }
h1 { font-size: 1.5rem; margin: 0 } p { margin: .5rem 0 } .soft { color: var(--soft) }
svg { inline-size: 100%; block-size: auto; margin-block: 1.5rem; border-block-end: 1px solid var(--line) }
.visits { fill: var(--accent) } .filtered { fill: var(--other) }
.key::before { content: ""; display: inline-block; inline-size: .8em; block-size: .8em; margin-inline-end: .4em }
.key.of-visits::before { background: var(--accent) } .key.of-filtered::before { background: var(--other) }
.key { margin-inline-end: 1.5rem }
div { overflow-x: auto } table { border-collapse: collapse; inline-size: 100%; font-variant-numeric: tabular-nums }
caption { text-align: start; color: var(--soft); padding-block: .5rem }
th, td { text-align: end; padding: .25rem .5rem; border-block-end: 1px solid var(--line); font-weight: normal }
thead th, tfoot th, tfoot td { font-weight: bold } th:first-child { text-align: start; white-space: nowrap }
dt { font-weight: bold } dd { margin: 0 0 .5rem; color: var(--soft) }
"""


def page(stats: Stats, filtered: Mapping[str, Counter[Filtered]], *, where: str, written: str) -> bytes:
    """Return the page.

    filtered: by day, without the days of which nothing is known. where: the name of the stack. written: the time.
    """
    digest = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = f"Visits to {escape(where)}"
    return f"""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{_STYLE}</style>
<h1>{title}</h1>
<p>{escape(summary(stats))}</p>
<p class="soft">Written at {escape(written)}. Days are in UTC.</p>
{_chart(stats, filtered)}
<p><span class="key of-visits">visits</span><span class="key of-filtered">connections that were not counted</span></p>
<div tabindex="0" role="region" aria-label="Visits per day">{_table(stats, filtered)}</div>
<h2>Not counted, and why</h2>
<p class="soft">From the router's log, as far back as it and its lines (logs.retention_days) exist; earlier days have a
dash. Nothing is stored about who connected.</p>
<dl>{_reasons(sums(filtered))}</dl>
</html>
""".encode()


def _chart(stats: Stats, filtered: Mapping[str, Counter[Filtered]]) -> str:
    """Return a bar for each day, and beside it one for what was not counted."""
    pairs = [(visits, filtered.get(day, Counter()).total()) for day, visits in stats.days.items()]
    most = max((number for pair in pairs for number in pair), default=0) or 1
    step = _WIDTH / max(1, len(pairs))
    bars = [
        f'<rect class="{kind}" x="{(day + at * _BAR / 2) * step:.1f}" y="{_HEIGHT - height:.1f}" '
        f'width="{step * _BAR / 2:.1f}" height="{height:.1f}"/>'
        for day, pair in enumerate(pairs)
        for at, (kind, number) in enumerate(zip(("visits", "filtered"), pair, strict=True))
        if (height := number / most * _HEIGHT)
    ]
    said = escape(f"Visits per day: {summary(stats)}. The table below has every number.")
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{said}">{"".join(bars)}</svg>'


def _table(stats: Stats, filtered: Mapping[str, Counter[Filtered]]) -> str:
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("day", "visits", *(one for one, _ in REASONS.values())))
    rows = [
        _row(f"{day} {date.fromisoformat(day):%a}", [visits, *_of_a_day(filtered.get(day))])
        for day, visits in reversed(list(stats.days.items()))
    ]
    total = sums(filtered)
    foot = _row("sum", [stats.shown, *(total[reason] for reason in REASONS)])
    return (
        "<table><caption>Visits, and connections that were not counted, by reason; the newest day first</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody><tfoot>{foot}</tfoot></table>"
    )


def _of_a_day(found: Counter[Filtered] | None) -> list[int | None]:
    return [None if found is None else found[reason] for reason in REASONS]


def _row(head: str, numbers: Sequence[int | None]) -> str:
    cells = "".join(f"<td>{'–' if number is None else f'{number:,}'}</td>" for number in numbers)
    return f'<tr><th scope="row">{head}</th>{cells}</tr>\n'


def _reasons(total: Counter[Filtered]) -> str:
    return "".join(
        f"<dt>{name}: {total[reason]:,}</dt><dd>{escape(meaning)}</dd>\n" for reason, (name, meaning) in REASONS.items()
    )
