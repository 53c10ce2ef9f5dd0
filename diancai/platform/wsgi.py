"""What a WSGI server loads."""

from diancai.platform.app import create_app
from diancai.platform.core.logs import configure_logging
from diancai.platform.settings import Settings

settings = Settings.from_env()
configure_logging(settings.log_level)
app = create_app(settings)
