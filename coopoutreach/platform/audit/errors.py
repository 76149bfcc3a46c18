"""What is wrong with the trail."""


class TrailBroken(Exception):
    """The trail is not as it was written: somebody went past the application."""
