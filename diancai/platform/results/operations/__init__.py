"""What people in office do with a closed round: draw, count, sign, publish, answer, finish; and imported elections."""

from diancai.platform.results.operations.counting import check_validity, count_round, recount_round
from diancai.platform.results.operations.drawing import type_draw
from diancai.platform.results.operations.finishing import finish_round
from diancai.platform.results.operations.granting import request_grant
from diancai.platform.results.operations.importing import import_election
from diancai.platform.results.operations.publishing import publish_result, return_result, review_result, submit_result
from diancai.platform.results.operations.signing import certify_result, sign_result

__all__ = [
    "certify_result",
    "check_validity",
    "count_round",
    "finish_round",
    "import_election",
    "publish_result",
    "recount_round",
    "request_grant",
    "return_result",
    "review_result",
    "sign_result",
    "submit_result",
    "type_draw",
]
