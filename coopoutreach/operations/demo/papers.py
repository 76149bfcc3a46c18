"""What the meetings of the demonstration talk about: agendas, minutes and commitments."""

from dataclasses import dataclass, field

from coopoutreach.committee.meetings.rules import ItemKind
from coopoutreach.operations.demo.table import JORGE, MARCELA, PEDRO, ROSA

FEDERATION, CORFO = "FECRECOOP", "CORFO"


@dataclass(frozen=True, slots=True)
class Promise:
    """What one side owes the other from a meeting on; `days` after it, when it is due."""

    action: str
    by: str
    to: str
    person: str
    days: int
    verification: str


@dataclass(frozen=True, slots=True)
class Item:
    """An item of an agenda, and what the minutes say of it once the meeting was held."""

    title: str
    kind: ItemKind
    presenter: str
    minutes: int
    detail: str = ""
    #: The side that keeps it to itself.
    reserved_for: str = ""
    text: str = ""
    #: What was decided, and for which side it is; none: for both.
    decisions: tuple[tuple[str, str], ...] = ()
    promises: tuple[Promise, ...] = field(default=())


FIRST = (
    Item(
        "Instalación de la mesa y forma de trabajo",
        ItemKind.TO_DECIDE,
        JORGE,
        25,
        text="Las partes revisan la propuesta de funcionamiento. La mesa sesionará el **segundo "
        "martes de cada mes, a las 10:00 h**, en modalidad híbrida.\n\n"
        "La secretaría queda a cargo de FECRECOOP.",
        decisions=(
            ("La mesa sesiona el segundo martes de cada mes a las 10:00 h.", ""),
            ("El acta se envía dentro de los cinco días hábiles siguientes a cada reunión.", ""),
        ),
    ),
    Item(
        "Diagnóstico de las cooperativas del plan",
        ItemKind.INFORMATIVE,
        ROSA,
        30,
        text="FECRECOOP expone el estado de quince cooperativas:\n\n"
        "- cinco en nivel inicial,\n- siete en desarrollo,\n- tres consolidadas.\n\n"
        "CORFO consulta por la cobertura en las zonas extremas.",
        promises=(
            Promise(
                "Remitir la nómina de cooperativas con su nivel y región",
                FEDERATION,
                CORFO,
                ROSA,
                10,
                "Nómina enviada por correo",
            ),
            Promise(
                "Informar las contrapartes regionales para las charlas",
                CORFO,
                FEDERATION,
                PEDRO,
                12,
                "Listado de contrapartes",
            ),
        ),
    ),
    Item(
        "Calendario de charlas del semestre",
        ItemKind.TO_DECIDE,
        MARCELA,
        25,
        text="Se acuerda priorizar Biobío, La Araucanía y Magallanes.",
        decisions=(("CORFO participa con expositores en todas las charlas del plan.", CORFO),),
        promises=(
            Promise(
                "Evaluar una charla conjunta con SERCOTEC",
                CORFO,
                FEDERATION,
                MARCELA,
                20,
                "Minuta",
            ),
        ),
    ),
)
SECOND = (
    Item(
        "Requisitos de elegibilidad para intermediarios financieros",
        ItemKind.TO_DECIDE,
        MARCELA,
        35,
        text="CORFO explica los requisitos de elegibilidad vigentes. FECRECOOP pide contar con el "
        "articulado completo, porque hoy las cooperativas trabajan con versiones distintas.",
        decisions=(("Se usa como referencia única el articulado que remita CORFO.", ""),),
        promises=(
            Promise(
                "CORFO remite articulado vigente de elegibilidad",
                CORFO,
                FEDERATION,
                MARCELA,
                0,
                "Oficio con el articulado",
            ),
        ),
    ),
    Item(
        "Talleres de carpeta de antecedentes",
        ItemKind.TO_DECIDE,
        JORGE,
        25,
        text="Se revisan los talleres realizados en Concepción y Valparaíso. La asistencia fue de "
        "un 82 %.",
        decisions=(("Se repite el taller en Temuco y en Punta Arenas.", FEDERATION),),
        promises=(
            Promise(
                "Enviar el calendario de talleres del verano",
                FEDERATION,
                CORFO,
                JORGE,
                14,
                "Calendario enviado",
            ),
            Promise(
                "Designar expositora para el taller de Temuco",
                CORFO,
                FEDERATION,
                PEDRO,
                45,
                "Correo de designación",
            ),
        ),
    ),
    Item(
        "Vocería de FECRECOOP ante el cambio de requisitos",
        ItemKind.INFORMATIVE,
        JORGE,
        10,
        reserved_for=FEDERATION,
        text="Punto interno: quién responde a las cooperativas mientras no llegue el articulado.",
        promises=(
            Promise(
                "Preparar una minuta interna de preguntas frecuentes",
                FEDERATION,
                FEDERATION,
                ROSA,
                30,
                "Minuta",
            ),
        ),
    ),
)
NEXT = (
    Item("Articulado de elegibilidad: estado", ItemKind.FOLLOW_UP, MARCELA, 20),
    Item(
        "Programa de talleres del primer trimestre",
        ItemKind.TO_DECIDE,
        JORGE,
        30,
        detail="Se propone partir en marzo, con tres talleres por mes.",
    ),
    Item("Resultados de la ronda de charlas", ItemKind.INFORMATIVE, ROSA, 20),
    Item(
        "Preparación de la posición de FECRECOOP",
        ItemKind.INFORMATIVE,
        JORGE,
        10,
        reserved_for=FEDERATION,
    ),
)
#: What CORFO proposes for the next meeting, and nobody has taken up yet.
PROPOSED = Item(
    "Convenio de uso de datos para el diagnóstico",
    ItemKind.TO_DECIDE,
    MARCELA,
    15,
    detail="Revisar qué antecedentes pueden compartirse con autorización de cada cooperativa.",
)
