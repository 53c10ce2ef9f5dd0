"""表决办法: everything that decides an outcome, as one canonical text with one hash (docs/bundle.md, vote.md 4)."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from diancai.budget import Binding, Completion, Item, Rule, Utility, cap_on
from diancai.platform.core.clock import local_day
from diancai.platform.divisions.models import Division
from diancai.platform.funds.models import Fund
from diancai.platform.funds.queries import caps_for
from diancai.platform.rounds.constraints import constraints_of, plain_constraints
from diancai.platform.rounds.models import ItemWithdrawal, MenuItem, Round
from diancai.platform.rounds.queries import items_of
from diancai.voting import BallotForm, BallotType, MarkKind


def canonical_json(value: Any) -> str:
    """The one way to write a value: keys sorted by code point, no spaces, nothing escaped without need."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def sha256_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def rule_book_of(session: Session, round_: Round) -> dict[str, Any]:
    """The rule book as it stands now: plain values, integers only. Amounts in fen, instants as texts in UTC."""
    items = items_of(session, round_)
    communities = _community_names(session, items)
    return {
        "round": _round_part(session, round_),
        "dates": {
            "opens_at": _instant(round_.opens_at),
            "closes_at": _instant(round_.closes_at),
            "latest_close_at": _instant(round_.latest_close_at),
        },
        "electorate": {"min_age": round_.min_age, "is_per_household": round_.is_per_household, "area": round_.area},
        "channels": round_.channel_names,
        "ballot": {"type": round_.ballot_type.value, "min_marks": round_.min_marks, "max_marks": round_.max_marks},
        "rule": _rule_part(round_),
        "ties": {"order": round_.tie_rule.value},
        "item_order": {
            "display": round_.item_order.value,
            "numbered_by": "lot" if round_.order_seed is not None else "hand",
            "seed": round_.order_seed,
        },
        "publication": round_.publication.value,
        "validity": {"min_turnout_percent": round_.min_turnout_percent, "min_ballots": round_.min_ballots},
        **_publicity_part(round_),
        **_handing_out_part(round_),
        "fund": _fund_part(session, round_),
        "fund_fen": round_.fund_fen,
        "caps": _caps_part(session, round_, items),
        "items": [_item_part(item, communities) for item in items],
        **_constraints_part(round_),
    }


def rule_book_text(session: Session, round_: Round) -> str:
    return canonical_json(rule_book_of(session, round_))


def rule_book_sha256(session: Session, round_: Round) -> str:
    """What a draft would be frozen under: the hash that reviewer and leader read and sign."""
    return sha256_of(rule_book_text(session, round_))


def ballot_form_in(rule_book: str) -> BallotForm:
    """The blank ballot that a frozen rule book names. Withdrawn items stay on it: ballots cast before hold them."""
    book = json.loads(rule_book)
    ballot_type = BallotType(book["ballot"]["type"])
    return BallotForm(
        ballot_type,
        tuple(item["number"] for item in book["items"]),
        tuple(item["cost_fen"] for item in book["items"]),
        book["ballot"]["min_marks"],
        book["ballot"]["max_marks"],
        book["fund_fen"] if ballot_type is BallotType.KNAPSACK else None,
    )


def ballot_form_of(session: Session, round_: Round) -> BallotForm:
    """The blank ballot as the round stands. Raises InvalidInput ballot_form.* for a draft that has none yet."""
    items = items_of(session, round_)
    return BallotForm(
        round_.ballot_type,
        tuple(item.number for item in items),
        tuple(item.cost_fen for item in items),
        round_.min_marks,
        round_.max_marks,
        round_.fund_fen if round_.ballot_type is BallotType.KNAPSACK else None,
    )


def election_rule_of(round_: Round) -> Rule:
    """The allocation rule for `budget.allocate`."""
    return Rule(
        round_.method,
        round_.seat_count,
        round_.binding or Binding.SKIP,
        round_.utility or Utility.COST,
        round_.completion or Completion.NONE,
        constraints_of(round_),
    )


def menu_as_counted(session: Session, round_: Round) -> tuple[Item, ...]:
    """The items of a draft as the count will see them."""
    items = items_of(session, round_)
    communities = _community_names(session, items)
    return tuple(
        Item(
            item.number,
            item.cost_fen,
            category=_value(item.category) or "",
            community=communities[item.community_id] if item.community_id else "",
        )
        for item in items
    )


def mark_kind_of(ballot_type: BallotType) -> MarkKind:
    return MarkKind.RANKING if ballot_type is BallotType.RANKING else MarkKind.APPROVAL


def withdrawn_numbers(session: Session, round_: Round) -> frozenset[str]:
    """Items that can no longer be chosen and cannot win."""
    rows = select(MenuItem.number).join(ItemWithdrawal).where(ItemWithdrawal.round_id == round_.id)
    return frozenset(session.scalars(rows))


def _round_part(session: Session, round_: Round) -> dict[str, Any]:
    street = session.get_one(Division, round_.street_id)
    return {
        "id": round_.id,
        "kind": "imported" if round_.is_imported else "held",
        "title": round_.title,
        "year": round_.year,
        "street": street.name,
        "street_code": street.code,
    }


def _rule_part(round_: Round) -> dict[str, Any]:
    return {
        "name": round_.method.value,
        "utility": _value(round_.utility),
        "completion": _value(round_.completion),
        "fund_binding": _value(round_.binding),
        "k": round_.seat_count,
    }


def _publicity_part(round_: Round) -> dict[str, Any]:
    """Absent where none is asked for."""
    days = {
        "candidate_working_days": round_.candidate_notice_days,
        "register_working_days": round_.register_check_days,
    }
    return {"publicity": days} if any(days.values()) else {}


def _handing_out_part(round_: Round) -> dict[str, Any]:
    """Absent where everybody comes in person."""
    limits = {"household_pick_ups": round_.household_pick_up_limit, "proxies": round_.proxy_limit}
    return {"handing_out": limits} if any(limits.values()) else {}


def _constraints_part(round_: Round) -> dict[str, Any]:
    """Absent where nothing binds."""
    plain = plain_constraints(constraints_of(round_))
    return {"constraints": plain} if plain else {}


def _fund_part(session: Session, round_: Round) -> dict[str, Any] | None:
    fund = session.get(Fund, round_.fund_id) if round_.fund_id else None
    return {"name": fund.name, "year": fund.year, "budget_line": fund.budget_line} if fund else None


def _caps_part(session: Session, round_: Round, items: list[MenuItem]) -> list[dict[str, Any]]:
    """The caps that bound the menu on the day it opens; an imported election knows none."""
    if round_.is_imported:
        return []
    caps, day = caps_for(session, round_.street_id), local_day(round_.opens_at)
    found = [cap_on(caps, category, day) for category in sorted({item.category for item in items if item.category})]
    return [
        {"category": cap.category.value, "cap_fen": cap.cap_fen, "valid_from": cap.valid_from.isoformat()}
        for cap in found
    ]


def _item_part(item: MenuItem, communities: dict[int, str]) -> dict[str, Any]:
    return {
        "number": item.number,
        "name": item.name,
        "category": _value(item.category),
        "community": communities[item.community_id] if item.community_id else None,
        "place": item.place,
        "cost_fen": item.cost_fen,
        "social_fen": item.social_fen,
        "beneficiary_count": item.beneficiary_count,
        "completes_on": item.completes_on.isoformat() if item.completes_on else None,
        "responsible_unit": item.responsible_unit,
        "aftercare": item.aftercare,
        "origin": item.origin,
        "text": item.text,
        "picture_sha256": item.picture_sha256,
        "picture_alt": item.picture_alt,
    }


def _community_names(session: Session, items: list[MenuItem]) -> dict[int, str]:
    ids = {item.community_id for item in items if item.community_id}
    return dict(session.execute(select(Division.id, Division.name).where(Division.id.in_(ids))).all())


def _value(member: Any) -> str | None:
    return member.value if member is not None else None


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
