"""PR-02: a name leads nowhere, however it is written; and every ordinary name is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopoutreach.platform.core.text import clean_line
from coopoutreach.platform.core.web_addresses import has_web_address

LEADING = [
    "Premio en https://evil.example/x",
    "HTTP://EVIL.EXAMPLE",
    "hxxp://evil.example",
    "Ana http evil",
    "Ana www.evil.example",
    "Visite WWW evil",
    "evil.example/x",
    "Ana Díaz evil.cl",
    "gane.dinero.com hoy",
    "bit.ly/2abc",
    "t.me/grupo",
    "wa.me/56912345678",
    "evil dot com",
    "evil (punto) cl",
    "evil [.] com",
    "evil punto com",
    "evil . com",
    "evil。com",
    "evil．com",
    "ｅｖｉｌ．ｃｏｍ",
    "xn--evl-8ma Ana",
    "192.0.2.7 Ana",
    "escriba a ana@evil.example",
    "javascript:alert(1)",
    "evil.museum/oferta",
    "sub.evil.co",
    "peñalolén.cl",
    "evil.com.",
    "(evil.com)",
    "evil.com:8080",
    "e\u200bvil.c\u200bom",
]
ORDINARY = [
    "Ma. José Pérez",
    "M.ª José Pérez",
    "Ma.José Pérez",
    "J.P. Soto",
    "J. P. Soto",
    "Juan P. Soto",
    "Bernardo O'Higgins",
    "Bernardo O’Higgins",
    "María de la Cruz",
    "Ana-María Muñoz Ñancupil",
    "Cooperativa Minera S.A.",
    "Inversiones Soto Ltda.",
    "Soc. Coop. A.C.",
    "Soc.Coop.A.C. Limitada",
    "Coop. de Ahorro y Crédito N.° 12",
    "Comercial Díaz y Cía. Ltda.",
    "Constructora E.I.R.L.",
    "Sociedad S.p.A.",
    "Dra. Carmen Luz Co",
    "Gerenta de TI y Redes",
    "Jefa (S) de Administración y Finanzas",
    "Encargado/a de Socios",
    "Presidente(a) del Consejo",
    "C.A.C. Com Limitada",
    "Punto de Encuentro Coop.",
    "St. Mary's",
    "Sr. Net Torres",
    "Asesora 2.0",
    "Fco. Javier de los Ríos",
    "Hno. Alberto Me",
    "Depto. Adm. y Fin.",
]


@pytest.mark.parametrize("text", LEADING)
def test_what_leads_somewhere_is_found(text):
    assert has_web_address(clean_line(text))


@pytest.mark.parametrize("text", ORDINARY)
def test_what_is_a_name_passes(text):
    assert not has_web_address(clean_line(text))


_GIVEN = (
    "Ana José María Juan Rosa Luis Ñancu Íngrid Jacqueline Iván Sofía Cl Com Net Co "
    "Ma. Fco. J. J.P. M.ª Sta. Dr. Dra. Sr. Sra. Hno."
)
_FAMILY = (
    "Díaz Muñoz Pérez González O'Higgins O’Higgins D'Alençon Mac-Iver Paillán Ñancupil Soto "
    "Huenchumilla Cárdenas Errázuriz Ibáñez Coñuepán Comandari Clavero Netto Orgaz Infante Webar"
)
_FIRM = "S.A. Ltda. Limitada E.I.R.L. SpA S.p.A. A.C. A.G. Coop. Soc. Cía. y-Cía. C.A.C. N.°"
GIVEN, FAMILY, FIRM = (words.split(" ") for words in (_GIVEN, _FAMILY, _FIRM))
BETWEEN = ["", "de", "de la", "del", "de los", "y", "von", "Mc", "San", "-"]


@given(
    st.lists(st.sampled_from(GIVEN), min_size=1, max_size=3),
    st.sampled_from(BETWEEN),
    st.lists(st.sampled_from(FAMILY), min_size=1, max_size=2),
    st.lists(st.sampled_from(FIRM), max_size=3),
    st.sampled_from([str.title, str.upper, str.lower, str]),
)
def test_every_ordinary_chilean_name_passes(given_names, between, family, firm, how):
    name = how(" ".join([*given_names, between, *family, *firm]))
    assert not has_web_address(clean_line(name)), name


LABELS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}[a-z0-9]", fullmatch=True)


@given(
    st.sampled_from(["", "Ana Díaz ", "Gane en "]),
    st.sampled_from(["https://", "http://", "www.", ""]),
    LABELS,
    st.sampled_from(["com", "cl", "net", "example", "xyz", "io"]),
    st.sampled_from(["", "/", "/x?y=1", " hoy", "."]),
    st.sampled_from([str.upper, str.lower, str]),
)
def test_every_ordinary_address_is_found(before, scheme, label, ending, after, how):
    text = how(f"{before}{scheme}{label}.{ending}{after}")
    assert has_web_address(clean_line(text)), text
