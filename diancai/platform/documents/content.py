"""What an official paper says, without a word on how it looks: plain frozen values, handed down by the feature that knows them."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """Levels 1 to 4 are numbered 一、（一）1. （1）by the layout (GB/T 9704-2012, 7.3.3); one alone has no number."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Facts:
    """Lines of a term and its value; lines without a value are left out."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    is_figure: bool = False
    """Figures stand at the right."""


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Hands:
    """Places to sign: who, and what is said beside the name."""

    people: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A QR code and, beside it, what it holds, so that both can be compared by eye."""

    title: str
    text: str


Block = Paragraph | Heading | Facts | Table | Hands


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    title: str
    """A line break in it says where a long title is best broken."""
    blocks: tuple[Block, ...]
    issuer: str
    """发文机关, as it stands in the 落款."""
    dated: date | None
    """成文日期; None leaves the date to be written by hand."""
    number: str = ""
    """发文字号, 示街〔2026〕5号. A paper with one has the red head; without, it begins with its title."""
    addressee: str = ""
    """主送机关, without the colon."""
    attachments: tuple[str, ...] = ()
    copies_to: str = ""
    """抄送; with it the paper ends in a 版记 that also says who printed it and when."""
    checks: tuple[Check, ...] = ()
