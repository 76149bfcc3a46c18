from coopoutreach.platform.ics.tentative import tentative
from tests.support.readers import lines

KEPT = (
    b"BEGIN:VEVENT\r\nUID:x@y\r\nSUMMARY:Corta\r\nDESCRIPTION:STATUS:CONFIRMED y\r\n"
    b" TRANSP:OPAQUE\r\nSTATUS:CONFIRMED\r\nTRANSP:OPAQUE\r\n"
    b"X-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\nEND:VEVENT\r\n"
)


def test_it_takes_up_no_time_and_says_why():
    assert lines(tentative(KEPT, mark="En espera: ")) == [
        "BEGIN:VEVENT",
        "UID:x@y",
        "SUMMARY:En espera: Corta",
        "DESCRIPTION:STATUS:CONFIRMED yTRANSP:OPAQUE",
        "STATUS:TENTATIVE",
        "TRANSP:TRANSPARENT",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "END:VEVENT",
    ]


def test_it_is_the_same_each_time_and_folded():
    long = KEPT.replace(b"Corta", "Ñandú, ".encode() * 8 + b"\\, fin")
    made = tentative(long, mark="En espera: ")
    assert made == tentative(long, mark="En espera: ")
    assert all(len(line) <= 75 for line in made.split(b"\r\n"))
    assert made.endswith(b"END:VEVENT\r\n")
