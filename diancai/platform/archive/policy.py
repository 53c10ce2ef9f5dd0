"""Who reads and makes archives."""

from diancai.platform.core.permissions import permitted

may_see_archive = permitted("see_archive")
may_make_archive = permitted("make_archive")
may_download_archive = permitted("download_archive")
may_add_posting_photo = permitted("add_posting_photo")
