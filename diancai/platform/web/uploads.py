"""A spreadsheet that is sent twice: once to be checked, once to be stored, without being chosen again in between."""

import base64
from typing import Any

from flask_wtf.file import FileField
from wtforms import HiddenField

from diancai.errors import InvalidInput
from diancai.platform.web.forms import Form
from diancai.platform.web.locale import lazy_gettext

MOST_KEPT_BYTES = 1_200_000
"""A larger file is chosen anew for storing: form fields may hold 2 MiB in all."""


class SheetForm(Form):
    """The dry run keeps the checked file in a hidden field; it is checked again when it is stored."""

    file = FileField(lazy_gettext("表格文件（.xlsx）"))
    checked = HiddenField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.file.flags.required = True

    def content(self) -> bytes:
        """The file as sent. A newly chosen one counts before the kept one. Raises InvalidInput sheet.missing."""
        if self.file.data:
            return bytes(self.file.data.read())
        try:
            kept = base64.b64decode(self.checked.data or "", validate=True)
        except ValueError:  # not base64, or not even ASCII
            kept = b""
        if not kept:
            raise InvalidInput("sheet.missing", field="file")
        return kept

    def keep(self, content: bytes) -> None:
        is_small = len(content) <= MOST_KEPT_BYTES
        self.checked.data = base64.b64encode(content).decode() if is_small else ""
        self.file.flags.required = not is_small

    def forget(self) -> None:
        self.checked.data = ""
