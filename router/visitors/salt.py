"""The salt of the day and the hashes with it. A visitor can be recognised for one UTC day, and not afterwards.

A salt is 32 random bytes in the item ``salt#<date>``. The first visit of a day creates it, its TTL deletes it, and the
process caches it for the day. The hashed values are not stored. Once the salt is deleted, nobody, including the owner,
can determine the address behind a hash.
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
    """The cache of the current salt. `entropy` returns cryptographically secure random bytes."""

    entropy: Callable[[int], bytes]
    _day: str = field(default="", init=False)
    _salt: bytes = field(default=b"", init=False)

    def today(self, now: int, store: Store) -> bytes:
        """Return the salt of the current UTC day. Raises StoreError when DynamoDB fails."""
        day = datetime.fromtimestamp(now, UTC).date().isoformat()
        if day != self._day:
            self._salt = store.daily_salt(day, self.entropy(SALT_BYTES), items.end_of_day(now))
            self._day = day
        return self._salt


def hashed(key: bytes, *parts: bytes) -> str:
    """Return a keyed hash of the parts, as 32 hexadecimal digits.

    The length of each part is hashed as well, so that ("ab", "c") and ("a", "bc") differ. With an empty key the hash is
    not keyed, for values that are not secret. Source: RFC 7693 (BLAKE2 has a keyed mode and does not need HMAC).
    """
    message = b"".join(len(part).to_bytes(4, "big") + part for part in parts)
    return blake2b(message, key=key, digest_size=_HASH_BYTES).hexdigest()
