"""Speaking to a terminal: its language, refusals in one line, columns in which a Chinese character counts twice."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any
from unicodedata import combining, east_asian_width

import click

from diancai.errors import DomainError
from diancai.platform.core.texts import SOURCE, say, say_error

_UNNAMED = ("", "C", "POSIX")


class Refusal(click.ClickException):
    """Bad usage or a bad file: one line on standard error, exit code 2."""

    exit_code = 2

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class OneLineCommand(click.Command):
    """A command that says what is wrong with its arguments in one line."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        try:
            return super().make_context(info_name, args, parent, **extra)
        except click.UsageError as problem:
            raise Refusal(problem.format_message()) from problem


@contextmanager
def refusing(subject: str = "") -> Iterator[None]:
    """Turn a refusal of the engine or an unreadable file into one line about the subject."""
    locale = terminal_locale()
    try:
        yield
    except DomainError as problem:
        raise Refusal(_about(subject, say_error(problem, locale))) from problem
    except OSError as problem:
        raise Refusal(_about(subject, say("count.unreadable", locale, reason=problem.strerror))) from problem


def _about(subject: str, message: str) -> str:
    return f"{subject}: {message}" if subject else message


def terminal_locale(environment: Mapping[str, str] = os.environ) -> str:
    """Chinese for a Chinese terminal and for one that names no language, English for all others."""
    named = (environment.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    language = next((value for value in named if value), "").partition(".")[0]
    return SOURCE if language in _UNNAMED or language.startswith(SOURCE) else "en"


class Progress:
    """What is being counted, and how many units Add1 has added to every share."""

    def __init__(self) -> None:
        self.rule = ""
        self.unit_count = 0

    def begin(self, rule: str) -> None:
        self.rule, self.unit_count = rule, 0

    def reach(self, unit_count: int) -> None:
        self.unit_count = unit_count

    def line(self, locale: str, seconds: int) -> str:
        code = "count.goes_on.add1" if self.unit_count else "count.goes_on"
        line = say(code, locale, seconds=seconds, units=f"{self.unit_count:,}")
        return f"{line} {self.rule}".rstrip()


@contextmanager
def shown_progress(locale: str) -> Iterator[Progress]:
    """From the second second on, say on a terminal how far the count has come."""
    progress = Progress()
    if not sys.stderr.isatty():
        yield progress
        return
    ended = Event()
    teller = Thread(target=_tell, args=(ended, progress, locale), daemon=True)
    teller.start()
    try:
        yield progress
    finally:
        ended.set()
        teller.join()


def _tell(ended: Event, progress: Progress, locale: str) -> None:
    beginning, width = time.monotonic(), 0
    while not ended.wait(1):
        line = progress.line(locale, int(time.monotonic() - beginning))
        width = max(width, columns_of(line))
        sys.stderr.write(f"\r{left(line, width)}")
        sys.stderr.flush()
    if width:
        sys.stderr.write(f"\r{' ' * width}\r")
        sys.stderr.flush()


def columns_of(text: str) -> int:
    """How many columns a text takes."""
    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def fitted(text: str, columns: int) -> str:
    """The text in at most so many columns, with an ellipsis where it is cut."""
    if columns_of(text) <= columns:
        return text
    while text and columns_of(text) > columns - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


def left(text: str, columns: int) -> str:
    return text + " " * (columns - columns_of(text))


def right(text: str, columns: int) -> str:
    return " " * (columns - columns_of(text)) + text
