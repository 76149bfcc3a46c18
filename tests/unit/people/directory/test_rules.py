from coopoutreach.people.directory import rules
from coopoutreach.people.directory.rules import Filters, Link, Sort


def test_the_address_of_a_list_says_only_what_was_asked():
    assert Filters().parameters() == {}
    asked = Filters(text="cobre", region="02", sort=Sort.LEVEL, descending=True, page=2)
    assert asked.parameters() == {
        "q": "cobre",
        "region": "02",
        "orden": "nivel",
        "descendente": "1",
        "pagina": "2",
    }


def test_what_narrows_a_list_can_be_taken_off_one_by_one_and_leads_to_the_first_page():
    left = Filters(text="cobre", region="02", page=3).narrowing()
    assert left == {"text": Filters(region="02"), "region": Filters(text="cobre")}


def test_a_list_has_at_least_one_page():
    assert [rules.pages(total) for total in (0, 1, 50, 51)] == [1, 1, 1, 2]


def test_the_first_link_that_is_missing_is_the_current_one():
    assert rules.chain(has_people=False, has_level=True) == [
        (Link.CREATED, "done"),
        (Link.PEOPLE, "current"),
        (Link.LEVEL, "done"),
    ]
    assert rules.chain(has_people=False, has_level=False)[2] == (Link.LEVEL, "todo")
    assert {state for _, state in rules.chain(has_people=True, has_level=True)} == {"done"}
