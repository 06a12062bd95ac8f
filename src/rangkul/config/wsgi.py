"""The WSGI door that granian serves."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rangkul.config.settings")
application = get_wsgi_application()

# Only a process that serves keeps the matching index; it is built in the background and keeps nobody waiting.
from rangkul.people import living_index  # noqa: E402 - models can be imported only now

living_index.enable()

# What a process holds from its start (models, city, templates) is not garbage: the collector need not walk over it at
# every few hundred objects of a page. Measured: 5 to 15 % of the CPU of a page.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
