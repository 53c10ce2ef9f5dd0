"""Who asks: a person in office, a resident, or the platform's own worker."""

from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """Offices a person can hold in a street or a district (glossary 50, 112, 113, 119)."""

    ADMINISTRATOR = "administrator"
    OFFICER = "officer"
    REVIEWER = "reviewer"
    LEADER = "leader"
    CLERK = "clerk"
    SCRUTINEER = "scrutineer"
    AUDITOR = "auditor"
    DISTRICT_SUPERVISOR = "district_supervisor"


@dataclass(frozen=True, slots=True)
class Grant:
    """One office: a role in one street. `deputy_for` names the holder when a deputy (AB岗) acts."""

    role: Role
    street_id: int
    deputy_for: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts. Without `staff_id` it is a resident or a passer-by, who holds no office."""

    staff_id: int | None = None
    name: str = ""
    grants: frozenset[Grant] = field(default_factory=frozenset)
    is_system: bool = False
    is_in_hall: bool = False
    """This installation serves one hall without internet: only what belongs there is done on it."""

    def roles_in(self, street_id: int) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.grants if grant.street_id == street_id)

    def has_role(self, *roles: Role) -> bool:
        return any(grant.role in roles for grant in self.grants)

    @property
    def is_staff(self) -> bool:
        return self.staff_id is not None

    @property
    def street_ids(self) -> frozenset[int]:
        return frozenset(grant.street_id for grant in self.grants)


ANYONE = Actor()
SYSTEM = Actor(name="系统", is_system=True)
