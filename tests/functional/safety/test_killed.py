"""A process that is killed inside a registration leaves all of it or nothing (F-25, F-26)."""

import os
import signal

import pytest
from sqlalchemy import event

from tests.support import registering

pytestmark = [pytest.mark.crash, pytest.mark.slow]


def die_at(engine, point):
    """Have this process kill itself at its so-manieth statement, commit or end of a commit."""
    reached = 0

    def pass_by(*_anything):
        nonlocal reached
        reached += 1
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in ("before_cursor_execute", "commit"):
        event.listen(engine, name, pass_by)
    really = engine.dialect.do_commit

    def commit(connection):
        really(connection)
        pass_by()

    engine.dialect.do_commit = commit


def send_in_a_process(app, browser, form, point):
    """Send the form in a process of its own; return whether it lived to answer."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            # The connections there are belong to the other process.
            app.extensions["database"].engine.dispose(close=False)
            die_at(app.extensions["database"].engine, point)
            status = 0 if registering.send(browser, form).status_code == 303 else 2
        finally:
            os._exit(status)
    _pid, ended = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(ended) or os.WEXITSTATUS(ended) == 0
    return not os.WIFSIGNALED(ended)


def test_f_25_f_26_killed_anywhere_it_is_all_or_nothing_and_sent_again_it_is_one(app, database):
    with database.transaction() as session:
        registering.a_talk_to_register_for(session)
    browser = app.test_client()
    point, lived, halves, after_commit = 0, False, [], 0
    while not lived:
        point += 1
        form = registering.filled(registering.blank(browser), f"p{point}@coop.example")
        before = registering.kept(database)
        lived = send_in_a_process(app, browser, form, point)
        made = [now - then for now, then in zip(registering.kept(database), before, strict=True)]
        if made not in ([0] * 5, [1] * 5):
            halves.append((point, made))
        after_commit += made == [1] * 5 and not lived
        assert registering.send(browser, form).status_code == 303
        made = [now - then for now, then in zip(registering.kept(database), before, strict=True)]
        assert made == [1] * 5, f"sent again after point {point}"
    assert not halves
    assert point > 10, "a registration passes by more points"
    assert after_commit, "it was never killed between the commit and the answer"
