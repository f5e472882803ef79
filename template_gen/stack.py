"""The stack, part by part, in the order in which a visit meets them.

A reader's request reaches the **distribution**, which takes the page from the **site bucket** and hands `/live` to the
**WebSocket API**. Its events, and those of the **tables'** stream, all go to one function, the **router**; **alarms**
watch it, and the **budget** watches what it costs. **DNS** gives the distribution a name, where the settings have one.
The **outputs** say where everything is.

Each part is a file with one function that adds its resources to the template. They find each other by logical ID
(`names`), so none of them imports another.
"""

from __future__ import annotations

import json

from troposphere import Template

from settings import Settings
from template_gen import (
    alarms,
    budget,
    distribution,
    dns,
    outputs,
    parameters,
    pricing_plan,
    router,
    site_bucket,
    tables,
    websocket_api,
)
from template_gen.serialization import as_text
from template_gen.tagging import tag_everything


def generate(settings: Settings) -> Template:
    """The whole stack. The same settings give the same template."""
    template = Template(
        Description="A resume with a real-time visitor counter: S3, CloudFront, WebSocket API, DynamoDB"
    )
    parameters.add(template, settings)
    site_bucket.add(template, settings)
    distribution.add(template, settings)
    pricing_plan.add(template, settings)
    websocket_api.add(template, settings)
    tables.add(template, settings)
    router.add(template, settings)
    alarms.add(template, settings)
    budget.add(template, settings)
    dns.add(template, settings)
    outputs.add(template, settings)
    tag_everything(template, settings)
    return template


def to_json(template: Template) -> str:
    """Return the template's text: sorted, the same bytes for the same settings. A line for each value, not indented,
    since a template over 51,200 bytes has to be uploaded; in ASCII, since GetTemplate returns `?` for any other
    character."""
    return as_text(template.to_dict())


def compact_json(template: Template) -> str:
    """Return the template's text without white space, for one that is close to the maximum size of a request."""
    return json.dumps(template.to_dict(), separators=(",", ":"), sort_keys=True)
