"""The features that answer requests, run jobs or wait for a second person, named in one place.

A feature adds its modules here when they exist.
"""

from importlib import import_module

VIEWS: tuple[str, ...] = (
    "accounts.views",
    "divisions.views",
    "funds.views",
    "notices.views",
    "proposals.views",
    "rounds.views",
    "polling.voting_views",
    "polling.board_views",
    "polling.register_views",
    "polling.desk_views",
    "polling.pick_up_views",
    "polling.station_views",
    "polling.day_views",
    "polling.code_views",
    "polling.paper_views",
    "polling.scan_views",
    "polling.case_views",
    "polling.mobile_views",
    "polling.sample_views",
    "polling.tally_views",
    "polling.hall_views",
    "polling.kiosk_views",
    "polling.device_views",
    "polling.closing_views",
    "polling.recovery_views",
    "hall_server.views",
    "results.views",
    "timetable.views",
    "supervision.views",
    "archive.views",
    "rehearsal.views",
    "publishing.views",
    "publishing.health_views",
    "admin.people",
    "admin.views",
)
"""Modules that hold a blueprint `bp`."""

JOBS: tuple[str, ...] = (
    "notices.jobs",
    "rounds.jobs",
    "rounds.operations",
    "polling.jobs",
    "polling.readiness",
    "polling.register_jobs",
    "polling.operations.blocks",
    "polling.operations.codes",
    "polling.operations.days",
    "polling.operations.desk",
    "polling.operations.hall",
    "polling.operations.leftovers",
    "polling.operations.mobile_returns",
    "polling.operations.paper",
    "polling.operations.recovery",
    "polling.operations.sampling",
    "polling.operations.stations",
    "hall_server.jobs",
    "hall_server.operations.preparing",
    "results.jobs",
    "archive.jobs",
    "backups.jobs",
    "results.operations.granting",
    "results.operations.objections",
)
"""Modules that register jobs, what a second person confirms, or lines of the checklist."""


def load_jobs() -> None:
    for name in JOBS:
        import_module(f"diancai.platform.{name}")
