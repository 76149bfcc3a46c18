"""The check that no test leaves a secret in a log does find one (LG-03, PR-08, NW-04)."""

import secrets

import pytest
import structlog

from coopoutreach.platform.core.links import Links
from coopoutreach.platform.web import log
from tests.support import marked_secrets


@pytest.mark.parametrize(
    "secret",
    [
        lambda: secrets.token_urlsafe(32),
        lambda: Links("http://a", b"k" * 32).token("own", "abc", "n").partition(".")[2],
        lambda: "una clave muy larga 2026",
        lambda: f"/clave/nueva/{'x' * 43}",
        lambda: f"/inscripciones/{'x' * 22}.{'y' * 27}/cancelar",
    ],
    ids=["session", "signature", "password", "link", "own page"],
)
def test_lg_03_a_secret_in_a_log_line_is_found(capsys, secret):
    log.configure()
    structlog.get_logger().info("something", value=secret())
    assert marked_secrets.found_in(capsys.readouterr().err)


def test_lg_03_what_is_no_secret_is_not(capsys):
    log.configure()
    structlog.get_logger().info("something", path="/clave/nueva/<secret>", person="x" * 22)
    assert not marked_secrets.found_in(capsys.readouterr().err)
