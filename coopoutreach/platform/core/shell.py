"""How a command of the shell says no."""

from typing import IO, Any

import click


class Refusal(click.ClickException):
    """A command cannot do what it was asked; the message is a sentence in Spanish."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Say the sentence, without the library's own English word before it."""
        click.echo(f"✗ {self.format_message()}", file=file, err=file is None)
