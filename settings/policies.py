"""The default values of the headers that every page is sent with."""

from __future__ import annotations

STRICT_CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' {inline_styles}; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The default policy: what the résumé theme loads, and nothing else. `connect-src 'self'` covers the WebSocket on the
page's own host."""

PERMISSIONS_POLICY = (
    "accelerometer=(), bluetooth=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "hid=(), idle-detection=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=(), "
    "xr-spatial-tracking=()"
)
"""The browser features that neither the page nor its embedded content may request: a résumé needs none of them."""

INLINE_STYLES = "{inline_styles}"
"""The placeholder for the hashes of the inline stylesheets. They are known only once the site is built, so they reach
the template as a parameter."""
