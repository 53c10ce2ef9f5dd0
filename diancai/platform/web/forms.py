"""Forms check the shape of what came in; rules stand in operations."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, Field, SelectChoice, SelectField, StringField
from wtforms.widgets import TextInput

from diancai.budget import parse_yuan, show_yuan
from diancai.errors import DomainError, InvalidInput
from diancai.platform.core import texts
from diancai.platform.core.clock import LOCAL
from diancai.platform.web.locale import current_locale, title


class Form(FlaskForm):
    """Every form of the platform; carries the CSRF token."""

    def refuse(self, error: DomainError) -> None:
        """Put a refusal of the operation at the field it names, or at the top of the form."""
        reason = texts.say_error(error, current_locale())
        field = self._fields.get(str(error.facts.get("field", "")))
        if field is None:
            self.form_errors.append(reason)
        else:
            field.errors = [*field.errors, reason]


class YuanField(StringField):
    """元 with at most two decimals on the page, whole 分 in `data`."""

    widget = TextInput()
    data: int | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return show_yuan(self.data) if self.data is not None else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = parse_yuan(valuelist[0])
        except InvalidInput as refusal:
            raise ValueError(texts.say_error(refusal, current_locale())) from refusal


class InstantField(DateTimeLocalField):
    """A wall-clock time in China on the page, an aware UTC instant in `data`."""

    data: datetime | None

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return self.data.astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        if isinstance(self.data, datetime):
            self.data = self.data.replace(tzinfo=LOCAL).astimezone(UTC)


class EnumField(SelectField):
    """One member of an enum, shown by its title; an empty choice when `optional`."""

    def __init__(self, label: str, members: Iterable[StrEnum], *, optional: bool = False, **options: Any) -> None:
        self._members = list(members)
        self._optional = optional
        kind = type(self._members[0])
        super().__init__(label, coerce=lambda value: kind(value) if value else None, choices=self._choices, **options)

    def _choices(self) -> list[SelectChoice]:
        empty = [SelectChoice("", "—")] if self._optional else []
        return empty + [SelectChoice(member.value, title(member)) for member in self._members]


def first_errors(fields: Iterable[Field]) -> list[str]:
    return [str(field.errors[0]) for field in fields if field.errors]
