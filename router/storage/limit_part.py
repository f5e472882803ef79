"""The second counter of a limit's item, for one network of an IPv6 block."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Part:
    """An attribute with the requests of one network, and its limit.

    number: the requests to add to it
    others: the attributes of other networks that are added to as well, whatever their limit: they were admitted before
    """

    attribute: str
    limit: int
    number: int = 1
    others: Mapping[str, int] = field(default_factory=dict)

    def add_to(self, request: dict[str, Any]) -> None:
        """Add the part to the parameters of the UpdateItem that counts in the item."""
        others = dict(enumerate(self.others.items()))
        added = ", ".join(["#part :numberOfPart", *(f"#other{at} :other{at}" for at in others)])
        request["UpdateExpression"] = request["UpdateExpression"].replace(" SET", f", {added} SET", 1)
        request["ConditionExpression"] += " AND (attribute_not_exists(#part) OR #part < :mostOfPart)"
        request["ExpressionAttributeNames"] = {
            "#part": self.attribute,
            **{f"#other{at}": name for at, (name, _) in others.items()},
        }
        request["ExpressionAttributeValues"] |= {
            ":numberOfPart": {"N": str(self.number)},
            ":mostOfPart": {"N": str(self.limit - self.number + 1)},
            **{f":other{at}": {"N": str(number)} for at, (_, number) in others.items()},
        }
