"""Who rehearses."""

from diancai.platform.core.permissions import permitted

may_see_rehearsal = permitted("see_rehearsal")
may_begin_rehearsal = permitted("begin_rehearsal")
may_cast_test_ballots = permitted("cast_test_ballots")
may_wipe_rehearsal = permitted("wipe_rehearsal")
