"""The salt of the day, and hashes under it: a visitor is known again for one UTC day, and to nobody afterwards.

A salt is 32 random bytes in a row of its own, ``salt#<date>``, made by whoever comes first that day and deleted by its
TTL. It is kept in memory while its day lasts. Nothing that it hashes is stored anywhere, so that with the salt gone
nobody, its owner included, can say which address a hash stood for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from router import items

if TYPE_CHECKING:
    from collections.abc import Callable

    from router.storage.store import Store

SALT_BYTES = 32
_HASH_BYTES = 16


@dataclass(slots=True)
class Salts:
    """entropy: that many random bytes, fit for secrets."""

    entropy: Callable[[int], bytes]
    _day: str = field(default="", init=False)
    _salt: bytes = field(default=b"", init=False)

    def today(self, now: int, store: Store) -> bytes:
        """Raises StoreError."""
        day = datetime.fromtimestamp(now, UTC).date().isoformat()
        if day != self._day:
            self._salt = store.daily_salt(day, self.entropy(SALT_BYTES), items.end_of_day(now))
            self._day = day
        return self._salt


def hashed(key: bytes, *parts: bytes) -> str:
    """A keyed hash of the parts, each told apart from its neighbours, as 32 hexadecimal digits. An empty key is none:
    for what is no secret. Source: RFC 7693 (BLAKE2 is a keyed hash by itself, without HMAC around it)."""
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return blake2b(message, key=key, digest_size=_HASH_BYTES).hexdigest()
