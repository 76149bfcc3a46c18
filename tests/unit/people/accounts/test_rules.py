from datetime import UTC, datetime, timedelta

import pytest

from coopoutreach.people.accounts import rules
from coopoutreach.platform.access.permissions import Role


@pytest.mark.parametrize(
    "password",
    [
        "una clave muy larga 2026",
        "caballo correcto bateria grapa",
        "ñandú trota bajo la garúa",
        "马到成功一帆风顺万事如意",
        "🦊🐙🌵🎈🧩🪁🥁🚲🛶🪂🧵🧭",
        "x7$kQ!m2pZ#w",
        "k" + "áéíóúñ " * 20,
    ],
)
def test_long_passwords_of_any_letters_are_accepted(password):
    assert rules.password_problem(password) is None


@pytest.mark.parametrize(
    ("password", "because"),
    [
        ("once letras", "al menos 12"),
        ("x" * 1025, "hasta 1024"),
        ("contraseña123", "fácil"),
        ("C0ntr4señ42026!", "fácil"),
        ("fecrecoop2026", "fácil"),
        ("CooperativaCorfo1", "fácil"),
        ("cooperativa2026!!", "fácil"),
        ("aaaaaaaaaaaaaaaa", "fácil"),
        ("abababababababab", "fácil"),
        ("123456789012345", "fácil"),
        ("abcdefghijklmnop", "fácil"),
        ("qwertyuiopasdfgh", "fácil"),
        ("1qaz2wsx3edc4rfv", "fácil"),
        ("teamomucho1234", "fácil"),
        ("PasswordPassword1", "fácil"),
        ("mesa-corfo-fecrecoop", "fácil"),
    ],
)
def test_a_password_that_anybody_would_try_is_refused(password, because):
    assert because in rules.password_problem(password)


def test_ones_own_name_and_address_make_no_password():
    about = ("rosa.quilodran@lautaro.example", "Rosa Quilodrán")
    assert rules.password_problem("quilodranlautaro77", about=about)
    assert rules.password_problem("quilodranlautaro77") is None


@pytest.mark.parametrize(
    "path", ["/", "/panel", "/plan?estado=borrador", "/a//b", "/%2F%2Fevil.cl"]
)
def test_AU_06_a_path_of_ours_is_local(path):  # noqa: N802 (the code of the abuse case)
    assert rules.is_local_path(path)


#: Warehouse's vectors, and those that pass the popular check with `urljoin`.
ELSEWHERE = [
    "",
    " ",
    "evil.cl",
    "//evil.cl",
    "///evil.cl",
    "////evil.cl",
    "/\\evil.cl",
    "\\\\evil.cl",
    "\\/evil.cl",
    "/\\/evil.cl",
    "http://evil.cl",
    "https://evil.cl",
    "https:evil.cl",
    "http:///evil.cl",
    "https:///evil.cl",
    "ftp://evil.cl",
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "/\tevil.cl",
    "/\t/evil.cl",
    "/\n/evil.cl",
    "\t//evil.cl",
    "/\r\nLocation: https://evil.cl",
    "/\x00/evil.cl",
    "/\x7fevil.cl",
    " //evil.cl",
    "/ /evil.cl",
    "/\u2028evil.cl",
    "/" + "a" * 3000,
    "?next=//evil.cl",
    "#//evil.cl",
    "@evil.cl",
    "///",
    "//",
]


@pytest.mark.parametrize("path", ELSEWHERE, ids=repr)
def test_AU_06_what_could_lead_elsewhere_is_not_local(path):  # noqa: N802
    assert not rules.is_local_path(path)


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_home_of_ours(role):
    assert rules.is_local_path(rules.home_of(role))


@pytest.mark.parametrize(
    ("role", "idle", "longest"),
    [
        (Role.ADMINISTRATION, timedelta(minutes=30), timedelta(hours=12)),
        (Role.COORDINATION, timedelta(minutes=30), timedelta(hours=12)),
        (Role.COUNTERPART, timedelta(hours=12), timedelta(days=14)),
        (Role.MANAGER, timedelta(hours=12), timedelta(days=14)),
        (Role.REGISTRAR, timedelta(hours=12), timedelta(days=14)),
    ],
)
def test_a_session_ends_when_it_is_idle_and_in_any_case_later(role, idle, longest):
    begin = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

    def live(seen, now):
        return rules.is_live(role=role, last_seen_at=seen, expires_at=begin + longest, now=now)

    moment = timedelta(seconds=1)
    assert live(begin, begin + idle - moment)
    assert not live(begin, begin + idle)
    assert rules.longest_life(role) == longest
    assert live(begin + longest - moment, begin + longest - moment)
    assert not live(begin + longest - moment, begin + longest)


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/130.0", "Firefox en Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", "Chrome en Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Safari/604.1", "Safari en iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge en Windows"),
        ("curl/8", "Un navegador"),
    ],
)
def test_a_browser_is_called_as_people_call_it(user_agent, name):
    assert rules.browser_name(user_agent) == name
