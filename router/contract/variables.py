"""The environment variables of the function. The template sets them, router/configuration.py reads them."""

from __future__ import annotations

CONNECTION_IDS_TABLE = "CONNECTION_IDS_TABLE"
"""The name of the table of open connections."""

VISITOR_COUNT_TABLE = "VISITOR_COUNT_TABLE"
"""The name of the table of visits and counts."""

MANAGEMENT_ENDPOINT = "API_GATEWAY_MANAGEMENT_ENDPOINT"
"""``https://{api}.execute-api.{region}.amazonaws.com/{stage}``, or a local http URL."""

ALLOWED_ORIGINS = "ALLOWED_ORIGINS"
"""The origins of the pages that may connect, separated by commas; empty: none."""

SITE_BUCKET = "SITE_BUCKET"
"""The bucket of badge.svg and count.json; empty: neither is written."""

BACKUP_BUCKET = "BACKUP_BUCKET"
"""The bucket of the daily backup of the count; empty: no backups."""

VISIT_POLICY = "VISIT_POLICY"
"""The visit policy: ``tab`` (default), ``visitor`` or ``connection`` (router/counting/visits.py)."""

VISIT_LIFETIME_SECONDS = "VISIT_LIFETIME_SECONDS"
"""The time during which a visit id is recognised as a repetition; default: 30 days."""

POSTS_PER_SECOND = "POSTS_PER_SECOND"
"""The maximum number of messages to pages per second; default: 2,000, below the account throttle in every Region."""

FRESHNESS_SECONDS = "FRESHNESS_SECONDS"
"""The seconds from one broadcast of a count to the next with 1,000 readers; default: 5; 0: no pause between them
(router/broadcasting/freshness.py)."""

SEGMENT_CONNECTIONS = "SEGMENT_CONNECTIONS"
"""The most connections that one function tells of a count; more are divided between several (default: 50,000)."""

COUNT_CRAWLERS = "COUNT_CRAWLERS"
"""``yes`` to count known crawlers as well, ``no`` (default) not to."""

ORIGIN_SECRET = "ORIGIN_SECRET"  # noqa: S105 - a name
"""The secret that the distribution sends with every request (`headers`); empty: it sends none."""

CONNECTS_PER_ADDRESS = "CONNECTS_PER_ADDRESS"
"""The maximum number of connections per address in ten minutes; 0 (default): unlimited."""

VISITS_PER_ADDRESS = "VISITS_PER_ADDRESS"
"""The maximum number of visits per address and day with policy ``visitor``; 0 (default): unlimited."""

REPLIES_PER_CONNECTION = "REPLIES_PER_CONNECTION"
"""The maximum number of replies per connection in ten seconds; 0 (default): unlimited."""

VISIT_NAMES = "VISIT_NAMES"
"""The names of pages that are counted each, separated by commas; empty (default): none."""

BADGE_LABEL = "BADGE_LABEL"
"""The text on the left of badge.svg; default: ``visits``."""

BADGE_COLOR = "BADGE_COLOR"
"""The colour of the part with the number, such as ``#0c6b60`` (default)."""

BADGE_STYLE = "BADGE_STYLE"
"""``flat`` (default), ``flat-square`` or ``for-the-badge``, as shields.io names them."""

BUDGET_DOLLARS = "BUDGET_DOLLARS"
"""The dollars of a month that the counter may cost (`budget`); 0 (default): no budget."""

BUDGET_MONTH_SECONDS = "BUDGET_MONTH_SECONDS"
"""The length of a month of the budget; 0 (default): calendar months."""

PRICES = "PRICES"
"""The prices of what is metered, in dollars: a JSON object with names of deployment/plan/prices.json."""

ALERTS_TOPIC = "ALERTS_TOPIC"
"""The ARN of the topic that receives an e-mail for each step of the budget; empty (default): none."""

STAGE_THROTTLES = "STAGE_THROTTLES"
"""The throttles of the stage, to restore them: a JSON object, route key -> [requests per second, burst]."""

LOG_LEVEL = "LOG_LEVEL"
"""The least level of the lines that are written: ``DEBUG``, ``INFO`` (default), ``WARN`` or ``ERROR``."""
