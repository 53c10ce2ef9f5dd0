"""The pages of results: the office's desk, and what everybody may read once it is published."""

from diancai.platform.results.views import desk, granting, imports, objections, public, sign_off, signing  # noqa: F401
from diancai.platform.results.views.blueprint import bp

__all__ = ["bp"]
