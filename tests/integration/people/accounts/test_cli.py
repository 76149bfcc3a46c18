import re

import pytest
from click.testing import CliRunner

from coopoutreach.people.accounts import commands, queries
from coopoutreach.people.accounts.cli import users
from coopoutreach.platform.access.permissions import Role
from coopoutreach.platform.core.clock import utcnow


@pytest.fixture
def run(database, settings):
    def _run(*arguments):
        return CliRunner().invoke(users, arguments, obj={"database": database})

    return _run


def test_an_account_is_added_and_its_person_chooses_the_password(run, database):
    result = run("add", "Admin@fecrecoop.example", "--role", "administration")
    assert result.exit_code == 0, result.output
    (secret,) = re.findall(
        r"^http://127.0.0.1:8000/clave/nueva/([\w-]{43})$", result.output, re.MULTILINE
    )
    with database.transaction() as session:
        user = queries.user_by_email(session, "admin@fecrecoop.example")
        assert user.role is Role.ADMINISTRATION
        assert user.password_hash is None
        assert commands.reset_password(session, secret, password_hash="$x$", now=utcnow()) is user


def test_an_address_that_has_an_account_is_refused_with_a_sentence(run):
    run("add", "a@fecrecoop.example", "--role", "coordination")
    result = run("add", "A@fecrecoop.example", "--role", "coordination")
    assert result.exit_code == 1
    assert "Ya hay una cuenta" in result.output


@pytest.mark.parametrize("email", ["nada", "a@b@c", "a b@c.example", ""])
def test_what_is_no_address_is_refused(run, email):
    result = run("add", email, "--role", "coordination")
    assert result.exit_code == 1
    assert "Traceback" not in result.output


def test_a_role_that_does_not_exist_is_refused(run):
    assert run("add", "a@fecrecoop.example", "--role", "jefe").exit_code == 2
