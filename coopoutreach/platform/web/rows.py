"""Read the rows of a form to which the reader adds and from which they remove."""

import re
from collections.abc import Iterable, Mapping


def row_numbers(data: Iterable[str], prefix: str, *, most: int) -> list[int]:
    """Return the numbers in `prefix-NUMBER-part` among the names of `data`, in order, each once.

    A removed row leaves a gap; more than `most` rows are cut off.
    """
    pattern = re.compile(rf"{re.escape(prefix)}-(\d{{1,4}})-")
    found = {int(match[1]) for name in data if (match := pattern.match(name))}
    return sorted(found)[:most]


def row(data: Mapping[str, str], prefix: str, number: int, parts: Iterable[str]) -> dict[str, str]:
    """Return the parts of one row as they were typed."""
    return {part: data.get(f"{prefix}-{number}-{part}", "") for part in parts}
