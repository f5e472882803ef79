"""The headers that every page is sent with, where the settings do not say otherwise."""

from __future__ import annotations

STRICT_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' {inline_styles}; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the résumé theme loads, and nothing else. `connect-src 'self'` covers the socket on the page's own host."""

PERMISSIONS_POLICY = (
    "accelerometer=(), bluetooth=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), "
    "xr-spatial-tracking=()"
)
"""What neither a page nor what it embeds may ask a reader's browser for: a résumé needs none of it."""

INLINE_STYLES = "{inline_styles}"
"""Where a policy takes the hashes of the stylesheets that lie in the pages themselves. They are known once the site is
built, so they reach the template as a parameter."""
