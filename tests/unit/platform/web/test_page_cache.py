import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from coopoutreach.platform.core.db import touch
from coopoutreach.platform.web import page_cache
from coopoutreach.platform.web.page_cache import FEED, ResponseOptions
from coopoutreach.platform.web.page_store import PageStore, Rendered, midnight, next_change

NOON = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
TOMORROW = NOON + timedelta(days=1)
PUBLIC = ("public",)


def always(body, until=TOMORROW):
    return lambda _session: Rendered(body, until)


def counted(bodies):
    """Return a function that renders the next of some bodies, and the list of what is left."""
    left = list(bodies)
    return (lambda _session: Rendered(left.pop(0), TOMORROW)), left


def change(database, *, but=None):
    with database.transaction() as session:
        touch(session)
        session.flush()
        if but:
            raise but


@pytest.fixture
def keeper(database):
    change(database)
    return PageStore(database)


@pytest.fixture
def statements(database):
    seen = []

    def note(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_page_is_rendered_once(keeper):
    render, left = counted([b"one", b"two"])
    first = keeper.page(("a",), render, follows=PUBLIC, now=NOON)
    second = keeper.page(("a",), render, follows=PUBLIC, now=NOON + timedelta(hours=1))
    assert first is second
    assert left == [b"two"]


def test_a_committed_change_ends_it(keeper, database):
    render, _ = counted([b"one", b"two"])
    keeper.page(("a",), render, follows=PUBLIC, now=NOON)
    change(database)
    assert keeper.page(("a",), render, follows=PUBLIC, now=NOON).body == b"two"


def test_a_change_that_was_rolled_back_does_not(keeper, database):
    render, left = counted([b"one", b"two"])
    keeper.page(("a",), render, follows=PUBLIC, now=NOON)
    with pytest.raises(ZeroDivisionError):
        change(database, but=ZeroDivisionError)
    keeper.page(("a",), render, follows=PUBLIC, now=NOON)
    assert left == [b"two"]


def test_time_ends_it(keeper):
    pages = [Rendered(b"open", NOON + timedelta(minutes=5)), Rendered(b"closed", TOMORROW)]

    def render(_session):
        return pages.pop(0)

    assert keeper.page(("a",), render, follows=PUBLIC, now=NOON).body == b"open"
    assert (
        keeper.page(("a",), render, follows=PUBLIC, now=NOON + timedelta(minutes=4)).body == b"open"
    )
    assert (
        keeper.page(("a",), render, follows=PUBLIC, now=NOON + timedelta(minutes=5)).body
        == b"closed"
    )


def test_a_page_of_later_is_not_shown_when_the_clock_is_set_back(keeper):
    render, _ = counted([b"later", b"now"])
    keeper.page(("a",), render, follows=PUBLIC, now=NOON)
    assert keeper.page(("a",), render, follows=PUBLIC, now=NOON - timedelta(hours=1)).body == b"now"


def test_finding_it_kept_costs_no_statement_of_a_session(keeper, statements):
    keeper.page(("a",), always(b"one"), follows=PUBLIC, now=NOON)
    statements.clear()
    keeper.page(("a",), always(b"one"), follows=PUBLIC, now=NOON)
    assert statements == []


def test_before_anything_changed_pages_are_kept_too(database):
    keeper = PageStore(database)
    render, left = counted([b"one", b"two"])
    for _ in range(3):
        keeper.page(("a",), render, follows=PUBLIC, now=NOON)
    assert left == [b"two"]


def test_an_error_is_not_kept_and_the_next_may_render(keeper):
    def broken(_session):
        raise LookupError

    with pytest.raises(LookupError):
        keeper.page(("a",), broken, follows=PUBLIC, now=NOON)
    assert keeper.page(("a",), always(b"fine"), follows=PUBLIC, now=NOON).body == b"fine"


def test_one_thread_renders_and_the_others_wait_for_it(keeper):
    started, release = threading.Event(), threading.Event()
    rendered = []

    def slow(_session):
        rendered.append(1)
        started.set()
        release.wait(5)
        return Rendered(b"slow", TOMORROW)

    threads = [
        threading.Thread(
            target=keeper.page, args=(("a",), slow), kwargs={"follows": PUBLIC, "now": NOON}
        )
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    assert started.wait(5)
    release.set()
    for thread in threads:
        thread.join(5)
    assert rendered == [1]


def test_what_is_kept_never_weighs_more_than_allowed(database):
    keeper = PageStore(database, most_bytes=1000, most_pages=100)
    for number in range(50):
        keeper.page((number,), always(b"x" * 300), follows=PUBLIC, now=NOON)
    assert keeper.size == (3, 900)
    keeper.page(("huge",), always(b"x" * 2000), follows=PUBLIC, now=NOON)
    assert keeper.size == (3, 900)


def test_the_least_recently_asked_for_leaves_first(database):
    keeper = PageStore(database, most_pages=2)
    keeper.page(("a",), always(b"a"), follows=PUBLIC, now=NOON)
    keeper.page(("b",), always(b"b"), follows=PUBLIC, now=NOON)
    keeper.page(("a",), always(b"a"), follows=PUBLIC, now=NOON)
    keeper.page(("c",), always(b"c"), follows=PUBLIC, now=NOON)
    kept_ones = [name for name in "abc" if keeper.found((name,), now=NOON)]
    assert kept_ones == ["a", "c"]


def test_the_time_of_change_stays_when_the_same_is_rendered_again(keeper, database):
    first = keeper.page(("a",), always(b"same"), follows=PUBLIC, now=NOON)
    change(database)
    later = keeper.page(("a",), always(b"same"), follows=PUBLIC, now=NOON + timedelta(hours=1))
    assert later.modified_at == first.modified_at
    assert later.etag == first.etag


def test_two_versions_within_a_second_differ_in_time(keeper, database):
    first = keeper.page(("a",), always(b"one"), follows=PUBLIC, now=NOON)
    change(database)
    second = keeper.page(("a",), always(b"two"), follows=PUBLIC, now=NOON)
    assert second.modified_at > first.modified_at


def test_lost_connections_are_replaced(keeper):
    keeper.page(("a",), always(b"one"), follows=PUBLIC, now=NOON)
    for connection in keeper._revision._idle:  # noqa: SLF001 (nobody else may close them)
        connection.close()
    assert keeper.page(("a",), always(b"two"), follows=PUBLIC, now=NOON).body == b"one"


def test_the_next_change_is_the_first_moment_ahead_or_midnight_in_santiago():
    soon, late = NOON + timedelta(minutes=1), NOON + timedelta(days=9)
    assert next_change(NOON, late, None, soon, NOON, NOON - timedelta(1)) == soon
    assert next_change(NOON, late) == datetime(2026, 12, 2, 3, 0, tzinfo=UTC)


def test_midnight_is_right_across_a_change_of_the_clocks():
    # On 6 September 2026 Santiago jumps from -04 to -03 at midnight.
    before = datetime(2026, 9, 5, 15, 0, tzinfo=UTC)
    assert midnight(before) == datetime(2026, 9, 5, 4, 0, tzinfo=UTC)
    assert midnight(before, days=2) == datetime(2026, 9, 7, 3, 0, tzinfo=UTC)


@pytest.fixture
def small(database, monkeypatch):
    """An application with a page, a feed, and a counter of how often Flask was asked."""
    monkeypatch.setattr(page_cache, "utcnow", lambda: NOON)
    change(database)
    app = Flask("small")
    page_cache.init_app(app, database)
    app.asked = []

    @app.before_request
    def note():
        app.asked.append(1)

    @app.get("/page")
    def page():
        return page_cache.respond(("page",), always(b"<p>page</p>"), now=NOON)

    @app.get("/feed")
    def feed():
        manner = ResponseOptions("text/calendar; charset=utf-8", FEED, (("X-Extra", "yes"),))
        return page_cache.respond(("feed",), always(b"feed"), now=NOON, manner=manner)

    @app.get("/search")
    def search():
        return page_cache.respond(None, always(b"found"), now=NOON)

    return app


@pytest.fixture
def browser(small):
    return small.test_client()


def test_the_second_answer_is_the_first_without_flask(small, browser):
    first, second = browser.get("/page"), browser.get("/page")
    assert small.asked == [1]
    assert second.data == first.data == b"<p>page</p>"
    assert dict(second.headers) == dict(first.headers)
    assert second.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in second.headers
    assert "Vary" not in second.headers


def test_the_shortcut_shows_a_change_at_once(small, browser, database):
    browser.get("/page")
    change(database)
    browser.get("/page")
    assert small.asked == [1, 1]


def test_the_shortcut_forgets_when_time_changes_the_page(small, browser, monkeypatch):
    browser.get("/page")
    monkeypatch.setattr(page_cache, "utcnow", lambda: TOMORROW)
    browser.get("/page")
    assert small.asked == [1, 1]


@pytest.mark.parametrize("path", ["/page?x=1", "/search"])
def test_what_anybody_may_make_up_is_not_remembered(small, browser, path):
    browser.get(path)
    browser.get(path)
    assert small.asked == [1, 1]


def test_another_host_is_for_flask_to_judge(small, browser):
    browser.get("/page")
    browser.get("/page", base_url="http://evil.example")
    assert small.asked == [1, 1]


def test_head_says_the_same_without_a_body(browser):
    whole = browser.get("/page")
    for _ in range(2):
        head = browser.head("/page")
        assert head.data == b""
        assert head.headers["ETag"] == whole.headers["ETag"]
        assert head.headers["Content-Length"] == str(len(whole.data))


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ("{etag}", 304),
        ("W/{etag}", 304),
        ('"other", {etag}', 304),
        ("*", 304),
        ('"other"', 200),
        ("nonsense", 200),
    ],
)
def test_if_none_match_is_compared_weakly(browser, given, status):
    etag = browser.get("/page").headers["ETag"]
    for _ in range(2):
        answer = browser.get("/page", headers={"If-None-Match": given.format(etag=etag)})
        assert answer.status_code == status
        assert answer.headers["ETag"] == etag
        assert answer.headers["Cache-Control"] == "public, no-cache"
        if status == 304:
            assert answer.data == b""
            assert "Content-Type" not in answer.headers


def test_a_feed_may_be_asked_for_by_time(browser):
    feed = browser.get("/feed")
    assert feed.headers["Last-Modified"] == "Tue, 01 Dec 2026 15:00:00 GMT"
    assert feed.headers["X-Extra"] == "yes"
    asked = {"If-Modified-Since": feed.headers["Last-Modified"]}
    assert browser.get("/feed", headers=asked).status_code == 304
    older = {"If-Modified-Since": "Tue, 01 Dec 2026 14:59:59 GMT"}
    assert browser.get("/feed", headers=older).status_code == 200
    unreadable = {"If-Modified-Since": "yesterday"}
    assert browser.get("/feed", headers=unreadable).status_code == 200


def test_the_name_wins_over_the_time(browser):
    feed = browser.get("/feed")
    asked = {"If-Modified-Since": feed.headers["Last-Modified"], "If-None-Match": '"other"'}
    assert browser.get("/feed", headers=asked).status_code == 200


def test_a_page_is_not_asked_for_by_time(browser):
    asked = {"If-Modified-Since": "Tue, 01 Dec 2099 14:59:59 GMT"}
    assert browser.get("/page", headers=asked).status_code == 200


def test_all_is_forgotten_when_told_to(small, browser):
    browser.get("/page")
    page_cache.forget_all()
    browser.get("/page")
    assert small.asked == [1, 1]


def test_a_page_is_ended_by_the_revisions_that_it_follows_alone(keeper, database):
    render, left = counted([b"one", b"two", b"three"])
    follows = ("public", "seats:a")
    first = keeper.page(("a",), render, follows=follows, now=NOON)
    with database.transaction() as session:
        touch(session, "seats:b")
    assert keeper.page(("a",), render, follows=follows, now=NOON) is first
    with database.transaction() as session:
        touch(session, "seats:a")
        touch(session, "seats:b")
    assert keeper.page(("a",), render, follows=follows, now=NOON).body == b"two"
    assert left == [b"three"]


def test_a_page_follows_what_it_turned_out_to_show(keeper, database):
    asked = []

    def render(_session):
        asked.append(1)
        return Rendered(b"%d" % len(asked), TOMORROW, ("seats",))

    first = keeper.page(("a",), render, follows=PUBLIC, now=NOON)
    assert keeper.page(("a",), render, follows=PUBLIC, now=NOON) is first
    with database.transaction() as session:
        touch(session, "seats")
    assert keeper.page(("a",), render, follows=PUBLIC, now=NOON) is not first


def test_a_miss_asks_for_revisions_once_and_of_an_old_page_twice(keeper, database, monkeypatch):
    asked = []
    really = keeper._revision.numbers  # noqa: SLF001 (what it costs is counted)

    def numbers(names):
        asked.append(names)
        return really(names)

    monkeypatch.setattr(keeper._revision, "numbers", numbers)  # noqa: SLF001 (likewise)
    keeper.page(("a",), always(b"x"), follows=PUBLIC, now=NOON)
    assert len(asked) == 1
    change(database)
    assert keeper.found(("a",), now=NOON) is None
    keeper.page(("a",), always(b"x"), follows=PUBLIC, now=NOON)
    assert len(asked) == 3
