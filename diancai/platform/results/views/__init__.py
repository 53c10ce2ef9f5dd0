"""The pages of results: the office's desk, and what everybody may read once it is published."""

from diancai.platform.results.views import (  # noqa: F401
    desk,
    granting,
    imports,
    objections,
    public,
    sign_off,
    signing,
    what_if,
)
from diancai.platform.results.views.blueprint import bp

__all__ = ["bp"]
