"""What people in office do with accounts, for the administrative log. `street_id` is the division of the role."""

from dataclasses import dataclass
from datetime import date

from diancai.platform.core.actor import Role
from diancai.platform.core.audit import Event


@dataclass(frozen=True)
class StaffAdded(Event):
    staff_id: int
    sign_in_name: str
    name: str


@dataclass(frozen=True)
class RoleGranted(Event):
    staff_id: int
    name: str
    role: Role


@dataclass(frozen=True)
class RoleRevoked(Event):
    staff_id: int
    name: str
    role: Role


@dataclass(frozen=True)
class StaffDeactivated(Event):
    staff_id: int
    name: str


@dataclass(frozen=True)
class StaffReactivated(Event):
    staff_id: int
    name: str


@dataclass(frozen=True)
class DeputyNamed(Event):
    staff_id: int
    name: str
    deputy_id: int
    deputy_name: str
    first_day: date
    last_day: date


@dataclass(frozen=True)
class DeputyEnded(Event):
    staff_id: int
    name: str
    deputy_id: int
    deputy_name: str


@dataclass(frozen=True)
class PasswordReset(Event):
    staff_id: int
    name: str


@dataclass(frozen=True)
class PasswordChanged(Event):
    staff_id: int


@dataclass(frozen=True)
class SecondFactorEnrolled(Event):
    staff_id: int


@dataclass(frozen=True)
class SecondFactorReset(Event):
    staff_id: int
    name: str


@dataclass(frozen=True)
class SignedIn(Event):
    staff_id: int


@dataclass(frozen=True)
class SignedOutEverywhere(Event):
    staff_id: int
