"""The blueprint of a round's pages in the office, and what they share."""

from flask import Blueprint
from sqlalchemy import select

from diancai.platform.core.permissions import PERMISSIONS
from diancai.platform.divisions.models import Division, Level
from diancai.platform.rounds import loaders
from diancai.platform.web.access import actor, session

bp = Blueprint("rounds", __name__)
__all__ = ["bp", "communities_of", "loaders", "my_streets"]


def my_streets(action: str) -> list[Division]:
    """The streets in which the person may do this."""
    roles = PERMISSIONS[action].roles
    ids = {grant.street_id for grant in actor().grants if grant.role in roles}
    streets = select(Division).where(Division.id.in_(ids), Division.level == Level.STREET)
    return list(session().scalars(streets.order_by(Division.code)))


def communities_of(street_id: int) -> list[Division]:
    rows = select(Division).filter_by(parent_id=street_id, level=Level.COMMUNITY, valid_until=None)
    return list(session().scalars(rows.order_by(Division.code)))
