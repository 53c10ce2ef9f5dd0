"""Who may see and change a street's money."""

from diancai.platform.core.permissions import permitted

may_see_funds = permitted("see_funds")
may_draft_fund = permitted("draft_fund")
may_edit_fund = permitted("edit_fund")
may_approve_fund = permitted("approve_fund")
may_set_cap = permitted("set_cap")
