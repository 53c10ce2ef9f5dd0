"""`diancai staff` and `diancai street`: what an installation needs before its first page can be used."""

from datetime import date

import click
from sqlalchemy.orm import Session

from diancai.platform.accounts.operations.people import add_staff
from diancai.platform.cli.context import unit_of_work
from diancai.platform.core import clock
from diancai.platform.core.actor import SYSTEM, Role
from diancai.platform.core.working_days import seed_calendar
from diancai.platform.divisions.models import Division
from diancai.platform.divisions.operations.divisions import add_division
from diancai.platform.divisions.queries import division_by_code, streets
from diancai.platform.funds.operations import seed_caps


@click.group()
def street() -> None:
    """Streets."""


@street.command(name="add")
@click.option("--district-code", prompt="区的12位区划代码 / district code", help="12 digits ending in six zeros.")
@click.option("--district-name", prompt="区名 / district name")
@click.option("--street-code", prompt="街道的12位区划代码 / street code", help="12 digits ending in three zeros.")
@click.option("--street-name", prompt="街道名 / street name")
def add_street(district_code: str, district_name: str, street_code: str, street_name: str) -> None:
    """Enter a district and a street; its office settings are filled in on the page, its communities from a sheet."""
    at = clock.now()
    with unit_of_work() as session:
        seed_calendar(session)
        seed_caps(session)
        for code, name in ((district_code, district_name), (street_code, street_name)):
            if division_by_code(session, code, clock.local_day(at)) is None:
                first_day = date(clock.local_day(at).year, 1, 1)
                add_division(session, code=code, name=name, valid_from=first_day, by=SYSTEM, at=at)
    click.echo(f"{street_name} {street_code}")


@street.command(name="list")
def list_streets() -> None:
    """Every street in force today."""
    with unit_of_work() as session:
        for division in streets(session, clock.local_day(clock.now())):
            click.echo(f"{division.code}  {division.name}")


@click.group()
def staff() -> None:
    """People in office."""


@staff.command(name="add")
@click.option("--sign-in-name", prompt="登录名 / sign-in name")
@click.option("--name", prompt="姓名 / name")
@click.option(
    "--role", type=click.Choice([role.value for role in Role]), default=Role.ADMINISTRATOR.value, show_default=True
)
@click.option("--division", "division_code", default="", help="12-digit code; the only street when left out.")
@click.password_option(prompt="密码 / password")
def add_person(sign_in_name: str, name: str, role: str, division_code: str, password: str) -> None:
    """Add a person with one role; an administrator enrols a second factor at the first sign-in."""
    at = clock.now()
    with unit_of_work() as session:
        division = find_division(session, division_code, clock.local_day(at))
        add_staff(
            session,
            sign_in_name=sign_in_name,
            name=name,
            password=password,
            roles=[(Role(role), division.id)],
            by=SYSTEM,
            at=at,
        )
    click.echo(f"{sign_in_name}: {role}, {division.name}")


def find_division(session: Session, code: str, day: date) -> Division:
    """The division with this code, or the only street. Raises ClickException."""
    if code:
        found = division_by_code(session, code, day)
        if found is None:
            raise click.ClickException(f"no division has the code {code}")
        return found
    known = streets(session, day)
    if len(known) != 1:
        raise click.ClickException("name the division with --division CODE (`diancai street list`)")
    return known[0]
