"""Run the shell command as `python -m coopoutreach`."""

from coopoutreach.cli import main

main()
