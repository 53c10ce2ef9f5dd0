"""The public pages. Importing this package registers all of them on one blueprint."""

from diancai.platform.publishing.blueprint import bp
from diancai.platform.publishing.views import archive, portal, rounds

__all__ = ["archive", "bp", "portal", "rounds"]
