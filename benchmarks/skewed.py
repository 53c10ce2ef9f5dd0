"""The application on a clock that was set back an hour: what a server with a wrong time does. The machine's is untouched."""

from datetime import timedelta

from diancai.platform.app import create_app
from diancai.platform.core import clock
from diancai.platform.settings import Settings

app = create_app(Settings.from_env(), now=lambda: clock.now() - timedelta(hours=1))
