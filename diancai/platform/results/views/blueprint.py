"""The blueprint of results, and how its addresses are loaded."""

from flask import Blueprint

from diancai.platform.results import loaders  # noqa: F401  registers versions, signatures, objections

bp = Blueprint("results", __name__)
