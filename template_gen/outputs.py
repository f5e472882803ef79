"""The stack's outputs: the only way in which the deployment, the local cloud and `status` read the stack."""

from __future__ import annotations

from troposphere import GetAtt, Output, Ref, Sub, Template

from settings import INLINE_STYLES, Settings
from template_gen import names


def add(template: Template, settings: Settings) -> None:
    """Add the stack's outputs, which the tools read by the names in `names`."""
    host = settings.domain.name or f"${{{names.DISTRIBUTION}.DomainName}}"
    values = {
        names.SITE_URL: ("The page", _text(f"https://{host}")),
        names.SOCKET_URL: ("The socket, on the page's own host", _text(f"wss://{host}/{names.STAGE}")),
        names.SITE_BUCKET_NAME: ("Holds the site", Ref(names.SITE_BUCKET)),
        names.DISTRIBUTION_ID: ("Serves the site", Ref(names.DISTRIBUTION)),
        names.DISTRIBUTION_DOMAIN: ("The distribution's own host", GetAtt(names.DISTRIBUTION, "DomainName")),
        names.WEB_SOCKET_API_ID: ("Behind the socket", Ref(names.WEB_SOCKET_API)),
        names.ROUTER_FUNCTION: ("Receives every event", Ref(names.ROUTER)),
        names.ROUTER_LOG_GROUP: ("The router's log lines", Ref(names.ROUTER_LOGS)),
        names.CONNECTION_IDS_TABLE: ("Who is connected", Ref(names.CONNECTION_IDS)),
        names.VISITOR_COUNTS_TABLE: ("What was counted", Ref(names.VISITOR_COUNTS)),
    }
    if INLINE_STYLES in settings.site.content_security_policy:
        values[names.INLINE_STYLES] = ("The stylesheets that the security policy allows", Ref(names.INLINE_STYLES))
    for name, (description, value) in values.items():
        template.add_output(Output(name, Description=description, Value=value))


def _text(text: str) -> object:
    return Sub(text) if "${" in text else text
