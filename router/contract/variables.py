"""The names of the function's environment variables: the template sets them, router/configuration.py reads them."""

from __future__ import annotations

CONNECTION_IDS_TABLE = "CONNECTION_IDS_TABLE"
"""The name of the table of open connections."""

VISITOR_COUNT_TABLE = "VISITOR_COUNT_TABLE"
"""The name of the table of visits and counts."""

MANAGEMENT_ENDPOINT = "API_GATEWAY_MANAGEMENT_ENDPOINT"
"""``https://{api}.execute-api.{region}.amazonaws.com/{stage}``, or a local http URL."""

ALLOWED_ORIGINS = "ALLOWED_ORIGINS"
"""Comma-separated origins of the pages that may connect; empty: no page may."""

SITE_BUCKET = "SITE_BUCKET"
"""The bucket that badge.svg is written to; empty: no badge."""

BACKUP_BUCKET = "BACKUP_BUCKET"
"""The bucket that the count is copied to once a day; empty: it is not."""

VISIT_POLICY = "VISIT_POLICY"
"""``tab`` (default), ``visitor`` or ``connection``: see router/counting/visits.py."""

VISIT_LIFETIME_SECONDS = "VISIT_LIFETIME_SECONDS"
"""How long a visit id is known as a repeat; default 30 days."""

POSTS_PER_SECOND = "POSTS_PER_SECOND"
"""The most messages to pages per second; default 2,000, which is below the account throttle of every Region."""

COUNT_CRAWLERS = "COUNT_CRAWLERS"
"""``yes`` or ``no`` (default): whether known crawlers count as well."""

ORIGIN_SECRET = "ORIGIN_SECRET"  # noqa: S105 - a name
"""What our distribution sends with every request (`headers`); empty: it sends none."""

CONNECTS_PER_ADDRESS = "CONNECTS_PER_ADDRESS"
"""Sockets that one address may open in ten minutes; 0 (default): any number."""

VISITS_PER_ADDRESS = "VISITS_PER_ADDRESS"
"""Visits of policy ``visitor`` that one address may bring in a day; 0 (default): any number."""

REPLIES_PER_CONNECTION = "REPLIES_PER_CONNECTION"
"""Replies that one socket gets in ten seconds; 0 (default): any number."""
