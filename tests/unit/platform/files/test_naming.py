import pytest

from coopoutreach.platform.files import naming


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Presentación final.PDF", "Presentación final.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\system32\\a.pdf", "a.pdf"),
        ("/absoluto/informe.docx", "informe.docx"),
        ("C:\\fakepath\\acta.odt", "acta.odt"),
        ("con.pdf", "archivo con.pdf"),
        ("LPT1.tar.pdf", "archivo LPT1.tar.pdf"),
        ("aux", "archivo aux"),
        (".htaccess", "htaccess"),
        ("...pdf", "pdf"),
        ("", "archivo"),
        ("a\x00b.pdf", "ab.pdf"),
        ("uno\r\nSet-Cookie: x.pdf", "uno Set-Cookie x.pdf"),
        ("%00%2e%2e.pdf", "002e2e.pdf"),
        ("al\u202efdp.exe", "alfdp.exe"),
        ('"comillas".pdf', "comillas.pdf"),
    ],
)
def test_in_19_only_the_last_part_of_a_name_is_kept_and_cleaned(given, kept):
    assert naming.clean_name(given) == kept


def test_a_long_name_keeps_its_ending():
    name = naming.clean_name("a" * 500 + ".pdf")
    assert len(name) == 120
    assert name.endswith("a.pdf")


def test_a_name_is_told_twice_for_old_programs_and_new():
    said = naming.attachment("Presentación ñandú.pdf")
    assert said == (
        'attachment; filename="presentacion-nandu.pdf"; '
        "filename*=UTF-8''Presentaci%C3%B3n%20%C3%B1and%C3%BA.pdf"
    )


@pytest.mark.parametrize("name", ['a"; filename=b.exe', "a\r\nX: y.pdf", "日本.pdf", "a.ñ"])
def test_a_name_never_leaves_its_header(name):
    said = naming.attachment(naming.clean_name(name))
    assert said.isascii()
    assert said.count('"') == 2
    assert "\r" not in said
    assert "\n" not in said
