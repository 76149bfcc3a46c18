"""The talks of the demonstration: a season that tells a story, around whatever day it is loaded.

`week` and `weekday` place each talk from the Monday of the current week, so that there is always
one next week, one just held and one further away; `season.py` finds a good day for each.
"""

from dataclasses import dataclass, field

from coopoutreach.events.rules import Modality
from coopoutreach.people.directory.rules import Level
from coopoutreach.talks.talks.rules import Format

GIF = "CORFO, Gerencia de Inversión y Financiamiento"
INAC = "Instituto Nacional de Asociatividad y Cooperativismo"
FEDERATION = "FECRECOOP"
ALL = ("inicial", "en_desarrollo", "consolidada")


@dataclass(frozen=True, slots=True)
class DemoTalk:
    """One talk of the season; `seated` and `waiting` say how many people it has."""

    title: str
    format: Format
    week: int
    weekday: int
    hour: tuple[int, int]
    hours: float
    comuna: str
    place: str
    address: str
    description: str
    speakers: tuple[tuple[str, str, str], ...]
    topics: tuple[str, ...]
    modality: Modality = Modality.ROOM
    room: int = 30
    online: int = 0
    levels: tuple[Level, ...] = ()
    #: Seats in the room held for those levels until three days before, and the most that one
    #: cooperative may have.
    held: int = 0
    limit: int | None = None
    #: How many weeks later it is given again, as another session of the same talk; 0: never.
    again: int = 0
    people: int = 0
    state: str = "published"
    reason: str = ""
    link: str = field(default="")
    #: It asks something more than name and address; see `questions.py`.
    asks: bool = False


MEET = "https://reuniones.fecrecoop.example/sala-difusion"

TALKS = (
    DemoTalk(
        "Cómo funciona el financiamiento de CORFO para cooperativas",
        Format.TALK,
        -5,
        1,
        (10, 0),
        2,
        "13101",
        "Auditorio de la Federación",
        "Moneda 1160, piso 4",
        "Qué es un intermediario financiero no bancario, qué pide el Crédito CORFO "
        "MIPYME y cómo se prepara una cooperativa.\n\n"
        "Para gerencias y encargadas de crédito. Traiga sus preguntas.",
        (
            ("Marcela Ríos Demo", "Ejecutiva", GIF),
            ("Jorge Paillán Demo", "Coordinación", FEDERATION),
        ),
        ("Instrumentos de CORFO",),
        Modality.HYBRID,
        room=40,
        online=60,
        people=18,
        link=MEET,
    ),
    DemoTalk(
        "Gestión del riesgo de crédito a la micro y pequeña empresa",
        Format.WORKSHOP,
        -3,
        2,
        (9, 30),
        3,
        "08101",
        "Sede Bosque del Biobío",
        "Aníbal Pinto 372",
        "Ejercicios con casos: evaluar flujo, fijar plazos, provisionar y seguir la mora.",
        (("Elena Sandoval Demo", "Consultora", FEDERATION),),
        ("Riesgo de crédito",),
        room=24,
        people=14,
    ),
    DemoTalk(
        "Visita en terreno: cartera rural en Cautín",
        Format.SITE_VISIT,
        -1,
        3,
        (10, 0),
        4,
        "09101",
        "Cooperativa Raíces de Cautín",
        "Bulnes 655",
        "Recorrido por la cooperativa y conversación con socias y socios que producen hortalizas.",
        (("Ana Huenchumil Demo", "Gerenta general", "Raíces de Cautín"),),
        ("Cartera MIPYME",),
        room=12,
        people=9,
    ),
    DemoTalk(
        "Requisitos del Crédito CORFO MIPYME",
        Format.TALK,
        1,
        3,
        (10, 0),
        2,
        "13101",
        "Auditorio de la Federación",
        "Moneda 1160, piso 4",
        "Carta de solicitud, antecedentes financieros, declaración jurada del uso de los fondos e "
        "informes mensuales. Revisaremos cada documento con un ejemplo.\n\n"
        "Los requisitos son referenciales: no son un listado oficial de CORFO.",
        (("Marcela Ríos Demo", "Ejecutiva", GIF), ("Tomás Vidal Demo", "Abogado", FEDERATION)),
        ("Instrumentos de CORFO", "Carpeta de antecedentes"),
        Modality.HYBRID,
        room=12,
        online=40,
        levels=(Level.INITIAL, Level.DEVELOPING),
        people=19,
        asks=True,
        link=MEET,
    ),
    DemoTalk(
        "Estados financieros listos para postular",
        Format.WORKSHOP,
        1,
        1,
        (15, 0),
        2.5,
        "07101",
        "Casa de la Cultura de Talca",
        "1 Norte 985",
        "Qué mira quien evalúa: calidad de activos, provisiones, capital institucional y notas.",
        (("Elena Sandoval Demo", "Consultora", FEDERATION),),
        ("Carpeta de antecedentes",),
        room=10,
        people=16,
        levels=(Level.INITIAL,),
        held=3,
        limit=2,
        again=2,
    ),
    DemoTalk(
        "Garantías: FOGAIN y PRO-INVERSIÓN paso a paso",
        Format.TALK,
        2,
        2,
        (11, 0),
        1.5,
        "13101",
        "",
        "",
        "Cómo operan las garantías, qué créditos cubren y qué deja fuera cada programa.",
        (("Rodrigo Lagos Demo", "Ejecutivo", GIF),),
        ("Garantías",),
        Modality.ONLINE,
        room=0,
        online=80,
        people=11,
        link=MEET,
    ),
    DemoTalk(
        "Jornada austral: cooperativas de Aysén",
        Format.DAY,
        2,
        3,
        (9, 30),
        6,
        "11101",
        "Centro Cultural de Coyhaique",
        "Eusebio Lillo 23",
        "Un día de trabajo para cooperativas de la zona: diagnóstico, brechas y reunión con CORFO.",
        (
            ("Paula Oyarzún Demo", "Directora regional", "CORFO"),
            ("Jorge Paillán Demo", "Coordinación", FEDERATION),
        ),
        ("Plan de trabajo",),
        room=25,
        people=4,
        levels=(Level.INITIAL,),
    ),
    DemoTalk(
        "Prevención de delitos y deberes ante la UAF",
        Format.TALK,
        3,
        1,
        (10, 0),
        2,
        "05101",
        "Cooperativa Cerro Porteño",
        "Esmeralda 940",
        "Oficial de cumplimiento, reportes y registros: qué debe tener una cooperativa.",
        (("Tomás Vidal Demo", "Abogado", FEDERATION),),
        ("Cumplimiento",),
        Modality.HYBRID,
        room=20,
        online=30,
        people=7,
        link=MEET,
    ),
    DemoTalk(
        "Gobierno y control en cooperativas pequeñas",
        Format.WORKSHOP,
        3,
        3,
        (10, 0),
        3,
        "05201",
        "Salón municipal de Hanga Roa",
        "Atamu Tekena s/n",
        "Consejo, Junta de Vigilancia y comités cuando el equipo es de cinco personas.",
        (("Elena Sandoval Demo", "Consultora", FEDERATION),),
        ("Gobierno",),
        room=15,
        people=2,
        levels=(Level.INITIAL,),
    ),
    DemoTalk(
        "Encuentro con CORFO Magallanes",
        Format.CONFERENCE,
        6,
        1,
        (10, 0),
        3,
        "12101",
        "Hotel Cabo Austral",
        "Plaza Muñoz Gamero 1025",
        "Panorama de instrumentos para la zona austral y mesa de preguntas.",
        (("Paula Oyarzún Demo", "Directora regional", "CORFO"),),
        ("Instrumentos de CORFO",),
        room=60,
        people=5,
    ),
    DemoTalk(
        "Taller de carpeta de antecedentes en Temuco",
        Format.WORKSHOP,
        2,
        1,
        (10, 0),
        3,
        "09101",
        "Sede Raíces de Cautín",
        "Bulnes 655",
        "Armado de la carpeta documento por documento.",
        (("Tomás Vidal Demo", "Abogado", FEDERATION),),
        ("Carpeta de antecedentes",),
        room=20,
        people=6,
        state="cancelled",
        reason="La sede estará en reparaciones. Avisaremos la nueva fecha en esta página.",
    ),
    DemoTalk(
        "Ceremonia de cierre del plan {year}",
        Format.CEREMONY,
        7,
        2,
        (18, 0),
        2,
        "13101",
        "Auditorio de la Federación",
        "Moneda 1160, piso 4",
        "Reconocimiento a las cooperativas del plan y próximos pasos.",
        (),
        (),
        room=120,
        state="draft",
    ),
)
