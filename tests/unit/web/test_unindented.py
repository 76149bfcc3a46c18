"""Indentation of templates does not reach pages, and nothing else is lost."""

import jinja2

from coopoutreach.web.unindented import Unindented


def rendered(source, **values):
    return jinja2.Environment(extensions=[Unindented]).from_string(source).render(**values)


def test_lines_lose_what_stands_before_their_first_word():
    assert rendered("<ul>\n    <li>\n\t\tuno  dos\n    </li>\n</ul>") == (
        "<ul>\n<li>\nuno  dos\n</li>\n</ul>"
    )


def test_words_of_two_lines_stay_two_words():
    assert rendered("Con\n    cupo") == "Con\ncupo"


def test_what_people_wrote_keeps_its_indentation():
    assert rendered("<pre>{{ text }}</pre>", text="a\n    b") == "<pre>a\n    b</pre>"
