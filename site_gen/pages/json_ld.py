"""The résumé as JSON-LD for search engines. Source: https://schema.org/Person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from site_gen.pages.markdown import plain
from site_gen.resume.normalization import compact

if TYPE_CHECKING:
    from site_gen.resume.reading import Resume


def person(resume: Resume, address: str | None, image: str | None) -> dict[str, Any]:
    """Return the JSON-LD document. address: the absolute URL of the page. image: that of the portrait."""
    basics = resume["basics"]
    place = basics.get("location", {})
    fields = {
        "name": basics["name"],
        "jobTitle": basics.get("label"),
        "description": plain(basics.get("summary")),
        "url": address or basics.get("url"),
        "image": image,
        "address": {
            "@type": "PostalAddress",
            "addressLocality": place.get("city"),
            "addressRegion": place.get("region"),
            "addressCountry": place.get("countryCode"),
        }
        if place
        else None,
        "sameAs": [profile.get("url") for profile in basics.get("profiles", [])] + [address and basics.get("url")],
        "worksFor": [_organization(job.get("name")) for job in resume.get("work", []) if "endDate" not in job],
        "alumniOf": [_organization(school.get("institution")) for school in resume.get("education", [])],
        "knowsAbout": [skill.get("name") for skill in resume.get("skills", [])],
        "knowsLanguage": [each.get("language") for each in resume.get("languages", [])],
    }
    return {"@context": "https://schema.org", "@type": "Person", **compact(fields)}


def _organization(name: str | None) -> dict[str, str] | None:
    return {"@type": "Organization", "name": name} if name else None
