from datetime import UTC, datetime

from coopoutreach.pages.site import contact


def test_robots_may_read_feeds_and_not_what_a_token_opens():
    assert "Disallow: /calendario" not in contact.ROBOTS
    assert "Disallow: /inscripciones/" in contact.ROBOTS


def test_security_txt_expires_within_a_year_and_names_the_federations_address(settings):
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    lines = dict(
        line.split(": ", 1) for line in contact.security_text(settings, now=now).splitlines()
    )
    assert lines["Contact"] == "mailto:agenda@fecrecoop.example"
    assert lines["Canonical"] == "http://127.0.0.1:8000/.well-known/security.txt"
    assert now < datetime.fromisoformat(lines["Expires"]) < now.replace(year=2027)
