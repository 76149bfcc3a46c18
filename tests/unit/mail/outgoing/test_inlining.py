import pytest

from coopoutreach.mail.outgoing.inlining import inline

STYLES = "p { margin: 0; } .b { color: red; } td { padding: 4px; }"


def test_rules_become_attributes_and_jinja_stays_where_it_stood():
    source = '{% if x > 1 %}<p class="b">{{ name }}</p>{% else %}<p>{{ "a" & "b" }}</p>{% endif %}'
    assert inline(source, STYLES) == (
        '{% if x > 1 %}<p class="b" style="margin: 0;color: red;">{{ name }}</p>'
        '{% else %}<p style="margin: 0;">{{ "a" & "b" }}</p>{% endif %}'
    )


def test_loops_stay_inside_their_table():
    source = "<table><tbody>{% for x in y %}<tr><td>{{ x }}</td></tr>{% endfor %}</tbody></table>"
    assert inline(source, STYLES) == source.replace("<td>", '<td style="padding: 4px;">')


def test_attributes_keep_what_jinja_puts_into_them():
    source = '<a {% if x %}class="b"{% endif %} href="{{ url }}">{{ url }}</a>'
    inlined = inline(source, STYLES)
    assert 'href="{{ url }}"' in inlined
    assert "{% if x %}" in inlined


def test_a_table_without_its_body_is_refused():
    with pytest.raises(ValueError, match="tbody"):
        inline("<table>{% for x in y %}<tr><td>1</td></tr>{% endfor %}</table>", STYLES)
