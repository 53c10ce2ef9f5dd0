"""The session cookie, signed as Flask signs it."""

from functools import cache

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class Cookies(SecureCookieSessionInterface):
    """Flask makes its signer anew for every request, and tries it out each time: here it is made once."""

    @cache  # noqa: B019  (one object lives as long as its application)
    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        return super().get_signing_serializer(app)
