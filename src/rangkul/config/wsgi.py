"""The WSGI door that granian serves."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
application = get_wsgi_application()

# Only a process that serves keeps the matching index; it is built in the background and keeps nobody waiting.
from rangkul.people import living_index  # noqa: E402 - models can be imported only now

living_index.enable()
