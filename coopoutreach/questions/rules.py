"""Kinds of question, and whether an answer is one."""

from enum import StrEnum


class Kind(StrEnum):
    """How a question is answered."""

    TEXT = "text"
    PARAGRAPH = "paragraph"
    ONE = "one"
    SEVERAL = "several"
    YES_NO = "yes-no"
    NUMBER = "number"
    DATE = "date"


class Audience(StrEnum):
    """Who sees the answers besides who gave them: the coordination always does."""

    COORDINATION = "coordination"
    #: And the person's own cooperative.
    COOPERATIVE = "cooperative"


class Need(StrEnum):
    """Questions whose answers tell of somebody's health or beliefs: asked and kept with care."""

    NONE = "none"
    DIETARY = "dietary"
    ACCESS = "access"
