"""Who may look after proposals in the office. To write one, to read and to support them needs nobody's leave."""

from diancai.platform.core.permissions import permitted

may_see_proposals = permitted("see_proposals")
may_enter_proposal = permitted("enter_proposal")
may_confirm_support = permitted("confirm_support")
may_decide_proposal = permitted("decide_proposal")
