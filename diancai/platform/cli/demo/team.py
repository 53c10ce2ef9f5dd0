"""The people in office of the sample street, with passwords made anew each time and kept for this machine only."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from diancai.platform.accounts.operations.people import add_staff
from diancai.platform.accounts.passwords import new_password
from diancai.platform.accounts.queries import staff_by_sign_in_name
from diancai.platform.core.actor import SYSTEM, Actor, Role
from diancai.platform.divisions.models import Division
from diancai.platform.divisions.queries import actor_of


@dataclass(frozen=True, slots=True)
class Post:
    """One person in office; `title` is what the panel calls the post."""

    sign_in_name: str
    name: str
    role: Role
    title: str


POSTS = (
    Post("admin", "林知远", Role.ADMINISTRATOR, "管理员 administrator"),
    Post("officer-a", "周晓梅", Role.OFFICER, "经办人 officer"),
    Post("officer-b", "唐立新", Role.OFFICER, "经办人 officer"),
    Post("reviewer", "沈文清", Role.REVIEWER, "审核人 reviewer"),
    Post("leader", "高志明", Role.LEADER, "签发人 leader"),
    Post("clerk", "何佳", Role.CLERK, "文员 clerk"),
    Post("scrutineer-1", "郑国安", Role.SCRUTINEER, "总监票人 chief scrutineer"),
    Post("scrutineer-2", "冯秀兰", Role.SCRUTINEER, "监票人 scrutineer"),
    Post("scrutineer-3", "程子墨", Role.SCRUTINEER, "监票人 scrutineer"),
    Post("auditor", "罗敬之", Role.AUDITOR, "见证员 auditor"),
    Post("supervisor", "宋怀瑾", Role.DISTRICT_SUPERVISOR, "区级监督员 supervisor"),
)
BREAK = "\t"


@dataclass(frozen=True, slots=True)
class Team:
    """Those who act in the story, as the pages would know them after signing in."""

    administrator: Actor
    officer: Actor
    other_officer: Actor
    reviewer: Actor
    leader: Actor
    clerk: Actor
    scrutineers: tuple[Actor, ...]
    """The chief first."""


def team_of(session: Session, at: datetime) -> Team:
    people = {post.sign_in_name: _actor(session, post.sign_in_name, at) for post in POSTS}
    return Team(
        administrator=people["admin"],
        officer=people["officer-a"],
        other_officer=people["officer-b"],
        reviewer=people["reviewer"],
        leader=people["leader"],
        clerk=people["clerk"],
        scrutineers=tuple(people[f"scrutineer-{number}"] for number in (1, 2, 3)),
    )


def employ(session: Session, street: Division, *, accounts_file: Path, at: datetime) -> None:
    """Add everybody; the administrator enrols a second factor at the first sign-in, the others need a password only."""
    assert street.parent_id is not None  # a street lies in a district
    passwords = {post.sign_in_name: new_password() for post in POSTS}
    for post in POSTS:
        division_id = street.parent_id if post.role is Role.DISTRICT_SUPERVISOR else street.id
        add_staff(
            session,
            sign_in_name=post.sign_in_name,
            name=post.name,
            password=passwords[post.sign_in_name],
            roles=[(post.role, division_id)],
            by=SYSTEM,
            at=at,
        )
    _write(accounts_file, [(post, passwords[post.sign_in_name]) for post in POSTS])


def _write(path: Path, accounts: list[tuple[Post, str]]) -> None:
    """One account a line: title, name, sign-in name, password; readable by the owner alone."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(
            BREAK.join((post.title, post.name, post.sign_in_name, password)) + "\n" for post, password in accounts
        )


def _actor(session: Session, sign_in_name: str, at: datetime) -> Actor:
    staff = staff_by_sign_in_name(session, sign_in_name)
    assert staff is not None, f"the sample street has lost its {sign_in_name}: start afresh with RESET=1"
    return actor_of(session, staff.id, at)
