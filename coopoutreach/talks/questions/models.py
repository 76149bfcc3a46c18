"""The questions of a talk, and their answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.events.models import Invitee
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import new_public_id
from coopoutreach.talks.questions.rules import Audience, Kind, Need
from coopoutreach.talks.talks.models import Talk


class Question(Base):
    """Something that a talk asks each person who registers."""

    __tablename__ = "question"
    __table_args__ = (
        CheckConstraint("need = 'none' OR NOT required", name="needs_are_never_required"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id"), index=True)
    position: Mapped[int]
    kind: Mapped[Kind]
    text: Mapped[str]
    hint: Mapped[str] = mapped_column(default="")
    #: What can be chosen, in order; empty where one writes.
    options: Mapped[list[str]] = mapped_column(JSON, default=list)
    required: Mapped[bool] = mapped_column(default=False)
    audience: Mapped[Audience] = mapped_column(default=Audience.COORDINATION)
    #: Answers about needs are given with express consent and erased after the talk.
    need: Mapped[Need] = mapped_column(default=Need.NONE)
    #: Asked only of who answered that question so.
    condition_question_id: Mapped[int | None] = mapped_column(ForeignKey("question.id"))
    condition_value: Mapped[str] = mapped_column(default="")
    #: No longer asked; its answers stay with the talk.
    retired_at: Mapped[datetime | None]

    talk: Mapped[Talk] = relationship()
    condition_question: Mapped["Question | None"] = relationship(remote_side="Question.id")


class QuestionAnswer(Base):
    """What one person answered to one question."""

    __tablename__ = "question_answer"
    __table_args__ = (
        UniqueConstraint("invitee_id", "question_id", name="uq_question_answer_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), index=True)
    invitee_id: Mapped[int] = mapped_column(ForeignKey("invitee.id"))
    #: Text, number, date as text, true or false, or a list of what was chosen. None: erased.
    value: Mapped[Any] = mapped_column(JSON)
    answered_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    question: Mapped[Question] = relationship()
    invitee: Mapped[Invitee] = relationship()
