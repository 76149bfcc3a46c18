"""Let single views take more than a form: files. All else is refused before it is read."""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, request

View = TypeVar("View", bound=Callable[..., object])


def takes(most_bytes: Callable[[], int | None]) -> Callable[[View], View]:
    """Let a view take so many bytes from whoever asks now; None: no more than any other.

    Asked before a byte of the body is read, so that only who may send a file is listened to.
    """

    def mark(view: View) -> View:
        view.most_bytes = most_bytes  # type: ignore[attr-defined]  # read right below
        return view

    return mark


def most_bytes(*, otherwise: int) -> int:
    """Return how many bytes the body of this request may have."""
    view = current_app.view_functions.get(request.endpoint or "")
    asked: Callable[[], int | None] | None = getattr(view, "most_bytes", None)
    return (asked() if asked is not None else None) or otherwise
