"""Files of an archive as bytes: plain texts and tables that any office can open, and a zip that is the same whenever made."""

import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from diancai.platform.core.clock import LOCAL

BOM = "\ufeff"
"""Spreadsheets read a table as UTF-8 only with it."""
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LONGEST_NAME = 60
NOT_IN_NAMES = re.compile(r"[^\w（）〔〕《》·-]+")
CONTENTS = "00-目录.txt"


@dataclass(frozen=True, slots=True)
class File:
    """`name` without its number, which comes from its place in the set."""

    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def text_file(name: str, lines: Iterable[str]) -> File:
    return File(f"{name}.txt", ("\r\n".join(lines) + "\r\n").encode())


def table_file(name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> File:
    """A csv; text that a spreadsheet would take for a formula gets an apostrophe in front."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return File(f"{name}.csv", (BOM + file.getvalue()).encode())


def numbered(files: Sequence[File]) -> list[tuple[str, File]]:
    """01-…, 02-…: names that every file system takes."""
    return [(f"{number:02}-{plain_name(file.name)}", file) for number, file in enumerate(files, 1)]


def contents_text(head: Iterable[str], files: Sequence[File]) -> bytes:
    """目录: what the set is, then number, name, size and SHA-256 of every file."""
    rows = [f"{name}　{len(file.content)} 字节\r\n    SHA-256 {file.sha256}" for name, file in numbered(files)]
    return ("\r\n".join([*head, "", f"共 {len(files)} 个文件", "", *rows]) + "\r\n").encode()


def packed(files: Sequence[File], contents: bytes, at: datetime) -> bytes:
    """The zip: members in order, each of the time `at`, so that the same files give the same bytes."""
    file = io.BytesIO()
    local = at.astimezone(LOCAL)
    moment = (local.year, local.month, local.day, local.hour, local.minute, local.second // 2 * 2)
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in ((CONTENTS, contents), *((name, one.content) for name, one in numbered(files))):
            member = zipfile.ZipInfo(name, moment)
            member.create_system, member.external_attr = 3, 0o644 << 16
            # stored: another version of the compressor would give other bytes
            archive.writestr(member, content, zipfile.ZIP_STORED)
    return file.getvalue()


def plain_name(name: str) -> str:
    stem, _, kind = name.rpartition(".")
    plain = NOT_IN_NAMES.sub("_", stem)[:LONGEST_NAME].strip("_")
    return f"{plain or '文件'}.{kind}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value.astimezone(LOCAL):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(STARTS_FORMULA) else text
