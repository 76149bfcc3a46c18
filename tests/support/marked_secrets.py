"""No secret in any log: what a test wrote to standard error is looked through when it ends.

`conftest.py` takes these hooks over. Whoever reads what was captured (`capsys.readouterr()`) takes
it from here, too: such a test looks at log lines itself.
"""

import re
import secrets
from collections.abc import Generator
from typing import Any

import pytest

from coopoutreach.platform.core import links

#: The tests' own passwords and key, wherever they are typed or set.
MARKED = frozenset({"una clave muy larga 2026", "demostracion", "prueba-prueba-prueba-"})
#: A line of the application's; pytest and other programs write there, too.
_LINE = re.compile(r'^\{"at": .*\}$', re.MULTILINE)
#: An address in which something stands that is as long as a secret; rules have none.
_LINK = re.compile(r"/[a-z/]+/[A-Za-z0-9_.~-]*[A-Za-z0-9_-]{27}")
#: What was made up since the test began: session secrets, tokens of links, signatures.
_made: set[str] = set()


def _remember(module: Any, name: str) -> None:
    really = getattr(module, name)

    def made(*args: Any, **kwargs: Any) -> str:
        secret: str = really(*args, **kwargs)
        if len(secret) >= 27:  # 160 bits: shorter ones name things and nonces, and open nothing
            _made.add(secret)
        return secret

    setattr(module, name, made)


_remember(secrets, "token_urlsafe")
_remember(links, "_mac")


def found_in(text: str) -> list[str]:
    """Return the secrets that log lines in `text` hold."""
    lines = "\n".join(_LINE.findall(text))
    if not lines:
        return []
    return [*_LINK.findall(lines), *(one for one in (*MARKED, *_made) if one in lines)]


def pytest_runtest_setup() -> None:
    """Forget the secrets of the test before."""
    _made.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    call: pytest.CallInfo[None],
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Fail a test in whose log lines there is a secret."""
    report = yield
    found = sorted({secret for _name, text in report.sections for secret in found_in(text)})
    if found and report.passed:
        report.outcome = "failed"
        report.longrepr = f"secrets in the log ({call.when}): {', '.join(found)}"
    return report
