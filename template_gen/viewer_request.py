"""The CloudFront function on viewer requests: index documents of folders, and the redirect from www. to the domain.

S3 behind an access control knows keys and no folders: only the root has a default. So `/blog/` is made to mean
`/blog/index.html`, and `/blog` leads to `/blog/`, because there, and only there, the page's relative links are right.
CloudFront runs one function per behaviour before its cache, so this one does both jobs.

`address` is the same rule in Python: the local cloud answers with it, and a test holds the two to each other. The
function cannot ask whether a file exists, so a name without a dot is taken for a folder; `is_reachable` says which
files that hides.
"""

from __future__ import annotations

from dataclasses import dataclass

from settings import Domain

INDEX = "index.html"
WELL_KNOWN = "/.well-known/"
"""Not rewritten: protocols define the names of its files, most of which have no extension (RFC 8615)."""

REDIRECT_SECONDS = 3600
"""Lifetime of the redirect to a folder's address with a trailing slash."""

_FUNCTION = """\
function handler(event) {
  var request = event.request, uri = request.uri;
%(www)s\
  if (uri.indexOf('%(well_known)s') === 0) return request;
  var name = uri.slice(uri.lastIndexOf('/') + 1);
  if (name.indexOf('.') !== -1) return request;
  // A browser takes two slashes, or backslashes, for the beginning of another host's address.
  var path = uri.replace(/^[\\/\\\\]+/, '');
  if (name !== '') return moved(path === '' ? '/' : '/' + path + '/', request);
  request.uri = uri + '%(index)s';
  return request;
}

function moved(address, request) {
  var query = Object.keys(request.querystring).map(function (key) {
    var field = request.querystring[key];
    return (field.multiValue || [field]).map(function (item) { return key + '=' + item.value; }).join('&');
  }).join('&');
  return {
    statusCode: 301,
    statusDescription: 'Moved Permanently',
    headers: {
      location: { value: address + (query ? '?' + query : '') },
      'cache-control': { value: 'max-age=%(seconds)s' }
    }
  };
}
"""

_WWW = """\
  if (request.headers.host.value === 'www.%(name)s') return moved('https://%(name)s' + uri, request);
"""


@dataclass(frozen=True)
class Address:
    """uri: the rewritten path or, if `moved`, the redirect's target without the query string."""

    uri: str
    moved: bool


def function_code(domain: Domain) -> str:
    """The function's JavaScript, for CloudFront's runtime 2.0."""
    www = _WWW % {"name": domain.name} if domain.www_redirect else ""
    return _FUNCTION % {"www": www, "well_known": WELL_KNOWN, "index": INDEX, "seconds": REDIRECT_SECONDS}


def address(uri: str) -> Address:
    """Return the function's result for the path `uri` on the site's own host."""
    name = uri[uri.rfind("/") + 1 :]
    if uri.startswith(WELL_KNOWN) or "." in name:
        return Address(uri, moved=False)
    if not name:
        return Address(uri + INDEX, moved=False)
    path = uri.lstrip("/\\")
    return Address(f"/{path}/" if path else "/", moved=True)


def is_reachable(key: str) -> bool:
    """Return True if an address leads to the file `key`: a name without a dot is taken for a folder."""
    return address(f"/{key}") == Address(f"/{key}", moved=False)
