"""The public pages. Importing this package registers all of them on one blueprint."""

from diancai.platform.proposals import loaders as proposal_loaders
from diancai.platform.publishing.blueprint import bp
from diancai.platform.publishing.views import archive, hall, papers, portal, proposals, rounds
from diancai.platform.rounds import loaders

__all__ = ["archive", "bp", "hall", "loaders", "papers", "portal", "proposal_loaders", "proposals", "rounds"]
