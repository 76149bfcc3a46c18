"""Indentation of templates does not reach pages, and nothing else is lost."""

import jinja2

from coopoutreach.platform.web.unindented import Unindented


def rendered(source, **values):
    return (
        jinja2.Environment(autoescape=True, extensions=[Unindented])
        .from_string(source)
        .render(**values)
    )


def test_lines_lose_what_stands_before_their_first_word():
    assert rendered("<ul>\n    <li>\n\t\tuno  dos\n    </li>\n</ul>") == (
        "<ul>\n<li>\nuno  dos\n</li>\n</ul>"
    )


def test_words_of_two_lines_stay_two_words():
    assert rendered("Con\n    cupo") == "Con\ncupo"


def test_what_people_wrote_keeps_its_indentation():
    assert rendered("<pre>{{ text }}</pre>", text="a\n    b") == "<pre>a\n    b</pre>"


def test_what_a_block_at_the_end_of_a_line_parts_stays_apart():
    source = """<a{% if wrong %} class="is-wrong"{% endif %}
       href="/x">{% if wrong %}
      Uno{% endif %}
      <span>dos</span></a>"""
    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, autoescape=True, extensions=[Unindented]
    )
    template = environment.from_string(source)
    assert template.render(wrong=False) == '<a href="/x"> <span>dos</span></a>'
    assert template.render(wrong=True) == '<a class="is-wrong" href="/x"> Uno <span>dos</span></a>'
