"""Organisations, people and the posts they hold."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coopoutreach.people.directory.rules import Access, Kind, Level, Supervisor
from coopoutreach.platform.core.db import Base
from coopoutreach.platform.core.links import new_public_id


class Organisation(Base):
    """A cooperative, an institution such as CORFO, or a unit of an institution."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'cooperative') = (rut IS NOT NULL)", name="cooperatives_have_a_rut"
        ),
        CheckConstraint("(kind = 'unit') = (parent_id IS NOT NULL)", name="units_have_a_parent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    kind: Mapped[Kind]
    name: Mapped[str]
    short_name: Mapped[str]
    #: Name and short name as they are compared and sorted; see `core.text.search_key`.
    search_key: Mapped[str] = mapped_column(index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Compact and upper case, `599999019`.
    rut: Mapped[str | None] = mapped_column(unique=True)
    #: Código Único Territorial of the comuna, `02101`.
    comuna: Mapped[str | None]
    #: The first two digits of the comuna's code: the region.
    region: Mapped[str | None] = mapped_column(index=True)
    supervisor: Mapped[Supervisor | None]
    level: Mapped[Level | None]
    level_grounds: Mapped[str | None]
    level_set_at: Mapped[datetime | None]
    email: Mapped[str | None]
    #: E.164, `+56912345678`.
    phone: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    parent: Mapped["Organisation | None"] = relationship(remote_side="Organisation.id")
    affiliations: Mapped[list["Affiliation"]] = relationship(back_populates="organisation")

    @property
    def is_cooperative(self) -> bool:
        """Return whether this is a cooperative."""
        return self.kind is Kind.COOPERATIVE


class Person(Base):
    """Somebody: an e-mail and a name, since small cooperatives share a mailbox."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("email_key", "name_key", name="uq_person_email_name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(unique=True, default=new_public_id)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(index=True)
    email: Mapped[str]
    #: The address as it is compared: lower case.
    email_key: Mapped[str] = mapped_column(index=True)
    phone: Mapped[str | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), unique=True)
    #: A person who asked to be blocked is in no mailing, list or export.
    blocked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    affiliations: Mapped[list["Affiliation"]] = relationship(back_populates="person")


class Affiliation(Base):
    """A post that a person holds in an organisation, and what it lets them do for it."""

    __tablename__ = "affiliation"
    __table_args__ = (Index("ix_affiliation_person_organisation", "person_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    #: Free text: gerenta general, presidenta del Consejo, oficial de cumplimiento.
    post: Mapped[str]
    access: Mapped[Access] = mapped_column(default=Access.NONE)
    deputy_for_id: Mapped[int | None] = mapped_column(ForeignKey("affiliation.id"))
    since: Mapped[date | None] = mapped_column(Date)
    until: Mapped[date | None] = mapped_column(Date)
    #: Since when its person speaks for the institution, because that or the administration said
    #: so, and who did. Without it a post is an entry of the directory and gives no word.
    vouched_at: Mapped[datetime | None]
    vouched_by: Mapped[str | None]
    #: Makes the links by which the institution's people are asked to say so; None: nobody is.
    vouch_nonce: Mapped[str | None]

    person: Mapped[Person] = relationship(back_populates="affiliations")
    organisation: Mapped[Organisation] = relationship(back_populates="affiliations")
    deputy_for: Mapped["Affiliation | None"] = relationship(remote_side="Affiliation.id")
