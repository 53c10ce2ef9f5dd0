"""The log in sentences: an event's words with its facts, and what else it holds, by name."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from diancai.budget import ItemCategory, show_yuan
from diancai.platform.admin.queries import facts_of
from diancai.platform.core import texts
from diancai.platform.core.actor import Role
from diancai.platform.core.audit import AuditEntry
from diancai.platform.core.words import WORDS
from diancai.platform.divisions.models import Level
from diancai.platform.notices.models import Channel, NoticeKind, Outcome
from diancai.platform.polling.case_models import CaseKind, CaseOutcome
from diancai.platform.polling.hall_models import SittingStep
from diancai.platform.polling.models import BatchKind, GivenKind
from diancai.platform.polling.pick_up_models import PickUpKind
from diancai.platform.proposals.states import Intake
from diancai.platform.rehearsal.models import RehearsalOutcome
from diancai.platform.results.models import SignatureKind
from diancai.platform.rounds.states import RoundState

ENUMS: dict[str, tuple[type[StrEnum], ...]] = {
    "category": (ItemCategory,),
    "channel": (Channel,),
    "from_state": (RoundState,),
    "given": (GivenKind,),
    "intake": (Intake,),
    "kind": (NoticeKind, BatchKind, SignatureKind, PickUpKind, CaseKind),
    "level": (Level,),
    "outcome": (Outcome, CaseOutcome, RehearsalOutcome),
    "role": (Role,),
    "step": (SittingStep,),
}
"""What the words of a fact are titles of; no two of one name share a value."""
HIDDEN = frozenset({"request_id", "staff_id", "deputy_id", "division_id", "arguments", "codes"})
"""Facts that are numbers of rows: the export and the raw record have them."""
NOWHERE = "—"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What one entry says: the act in words, further facts as (name, value), and the record as it is kept."""

    act: str
    details: tuple[tuple[str, str], ...]
    record: str


class _Facts(dict[str, str]):
    """Leaves a dash where an older entry lacks a fact that today's sentence names."""

    def __missing__(self, name: str) -> str:
        return NOWHERE


def sentence_of(entry: AuditEntry, locale: str, titles: Mapping[int, str] | None = None) -> Sentence:
    """`titles` of rounds by number; a round that is not in it keeps its number."""
    facts = facts_of(entry)
    shown = _Facts({name: _show(name, value, locale) for name, value in facts.items()})
    if (title := (titles or {}).get(facts.get("round_id", 0))) is not None:
        shown["round_id"] = title
    template = texts.translate(locale, WORDS.get(f"event.{entry.event}", entry.event))
    spoken = {name for name in facts if f"{{{name}}}" in template}
    details = tuple(
        (texts.translate(locale, WORDS[f"fact.{name}"]), shown[name])
        for name in facts
        if name not in spoken | HIDDEN and f"fact.{name}" in WORDS and shown[name]
    )
    return Sentence(
        template.format_map(shown), details, json.dumps(facts, ensure_ascii=False, sort_keys=True, indent=1)
    )


def event_title(event: str, locale: str) -> str:
    """An event's words without facts, for the filter: the placeholders read as …"""
    template = texts.translate(locale, WORDS.get(f"event.{event}", event))
    return template.format_map(_Dots())


class _Dots(dict[str, str]):
    def __missing__(self, _name: str) -> str:
        return "…"


def _show(name: str, value: Any, locale: str) -> str:
    if value is None:
        return ""
    for kind in ENUMS.get(name, ()):
        if value in list(kind):
            return texts.title_of(kind(value), locale)
    if name == "action":
        return texts.translate(locale, WORDS.get(f"confirm.{value}", str(value)))
    if name.endswith("_fen") and isinstance(value, int):
        return show_yuan(value) + texts.translate(locale, WORDS["unit.yuan"])
    if name.endswith("_at") and isinstance(value, str):
        return texts.show_time(datetime.fromisoformat(value), locale)
    if name.endswith("_day") and isinstance(value, str):
        return texts.show_day(date.fromisoformat(value), locale)
    if name == "changes" and isinstance(value, dict):
        return _show_changes(value, locale)
    return _joined(value, locale)


def _show_changes(changes: dict[str, list[str]], locale: str) -> str:
    parts = []
    for name, (before, after) in changes.items():
        label = texts.translate(locale, WORDS.get(f"fact.{name}", name))
        parts.append(f"{label} {before or NOWHERE} → {after or NOWHERE}")
    return texts.say("join.clauses", locale).join(parts)


def _joined(value: Any, locale: str) -> str:
    if isinstance(value, bool):
        return texts.translate(locale, WORDS["fact.yes" if value else "fact.no"])
    if isinstance(value, dict):
        return texts.say("join.clauses", locale).join(
            f"{_word(key, locale)} {_joined(inner, locale)}" for key, inner in value.items()
        )
    if isinstance(value, Iterable) and not isinstance(value, str):
        return texts.say("join.list", locale).join(
            _word(part, locale) if isinstance(part, str) else _joined(part, locale) for part in value
        )
    return str(value)


def _word(name: object, locale: str) -> str:
    return texts.translate(locale, WORDS.get(f"fact.{name}", str(name)))
