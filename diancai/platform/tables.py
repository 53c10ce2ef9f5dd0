"""Every table of the platform, so that migrations and checks see them all."""

from diancai.platform.accounts import models as accounts
from diancai.platform.archive import models as archive
from diancai.platform.backups import models as backups
from diancai.platform.core import audit, confirmations, hall_charge, jobs, limits, pictures, timeline, working_days
from diancai.platform.core.db import Base
from diancai.platform.divisions import models as divisions
from diancai.platform.funds import models as funds
from diancai.platform.notices import models as notices
from diancai.platform.polling import case_models as cases
from diancai.platform.polling import day_models as days
from diancai.platform.polling import hall_models as hall
from diancai.platform.polling import hall_server_models as hall_servers
from diancai.platform.polling import kiosk_models as kiosks
from diancai.platform.polling import mobile_models as mobile
from diancai.platform.polling import models as polling
from diancai.platform.polling import offline_models as offline
from diancai.platform.polling import paper_models as papers
from diancai.platform.polling import pick_up_models as pick_ups
from diancai.platform.polling import reading_models as readings
from diancai.platform.polling import recovery_models as recovery
from diancai.platform.polling import sample_models as samples
from diancai.platform.polling import scan_models as scans
from diancai.platform.polling import tally_models as tally
from diancai.platform.proposals import models as proposals
from diancai.platform.rehearsal import models as rehearsal
from diancai.platform.results import models as results
from diancai.platform.rounds import models as rounds
from diancai.platform.supervision import models as supervision

MODULES = (
    accounts,
    archive,
    audit,
    backups,
    cases,
    confirmations,
    days,
    divisions,
    funds,
    hall,
    hall_charge,
    hall_servers,
    jobs,
    kiosks,
    limits,
    mobile,
    notices,
    offline,
    papers,
    pick_ups,
    pictures,
    polling,
    proposals,
    readings,
    recovery,
    rehearsal,
    results,
    rounds,
    samples,
    scans,
    supervision,
    tally,
    timeline,
    working_days,
)
ALL_TABLES = Base.metadata.sorted_tables
