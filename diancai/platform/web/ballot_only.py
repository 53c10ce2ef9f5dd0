"""A process for phones in a hall, over plain http: the ballot and what anybody may read, nothing else.

Plain http has no secure cookie, no camera and no WebCrypto: nobody signs in over it, and no terminal is enrolled.
"""

from flask import Flask, request

from diancai.errors import NotAllowed
from diancai.platform.web.access import WITHOUT_POLICY

SERVED = frozenset({"voting", "board", "publishing", "health"})
PAGES = frozenset({"hall_server.devices", "hall_server.certificate"}) | WITHOUT_POLICY


def init_ballot_only(app: Flask) -> None:
    @app.before_request
    def refuse_the_rest() -> None:
        if request.endpoint and request.blueprint not in SERVED and request.endpoint not in PAGES:
            raise NotAllowed("hall_server.ballot_only")
