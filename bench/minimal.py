"""The floor: a minimal Django view with the same number of queries; no session, no rights, no audit, no sealing.

Served as the product is (``bench.serving bench.minimal:application``) on a database of the same kind.
``/write?s=3&w=5``: s rows read by key and w rows written in one transaction. ``/read?s=6&rows=50``: s-1 rows by key,
one list, drawn with Jinja2.
"""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.conf import settings

from rangkul.config.settings import database

_home = Path(os.environ["RANGKUL_HOME"])
settings.configure(
    DATABASES={
        "default": database(
            os.environ.get("RANGKUL_DATABASE_URL") or f"sqlite:///{_home / 'minimal.sqlite3'}"
        )
    },
    ROOT_URLCONF="bench.minimal",
    SECRET_KEY="for-benches-only",
    ALLOWED_HOSTS=["127.0.0.1"],
    INSTALLED_APPS=[],
    MIDDLEWARE=[],
    USE_TZ=True,
    TEMPLATES=[{"BACKEND": "django.template.backends.jinja2.Jinja2", "DIRS": [], "OPTIONS": {}}],
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models, transaction  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import path  # noqa: E402
from uuid_utils.compat import uuid7  # noqa: E402

PAGE = engines["jinja2"].from_string(
    "<!doctype html><title>x</title><table>{% for row in rows %}<tr><td><a href='/{{ row.id }}/'>{{ row.name }}</a>"
    "<td>{{ row.words }}<td>{{ row.at }}</tr>{% endfor %}</table>"
)


class Row(models.Model):
    """A row as wide as ours are on average."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=60, db_index=True)
    words = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bench"
        db_table = "bench_row"


def make_table() -> None:
    """Make the table with 10,000 rows unless it is there."""
    if "bench_row" in connection.introspection.table_names():
        return
    with connection.schema_editor() as editor:
        editor.create_model(Row)
    Row.objects.bulk_create(
        [Row(name=f"nama {number}", words="x" * 200) for number in range(10_000)], batch_size=500
    )


def _number(request: HttpRequest, name: str) -> int:
    return int(request.GET.get(name, "1"))


def write(request: HttpRequest) -> HttpResponse:
    """Read s rows, write w, answer with one of them."""
    with transaction.atomic():
        for number in range(_number(request, "s")):
            Row.objects.filter(name=f"nama {number}").first()
        for _ in range(_number(request, "w")):
            row = Row(name=request.POST.get("words", "")[:60], words="y" * 200)
            row.save(force_insert=True)
    return HttpResponse(PAGE.render({"rows": [row]}))


def read(request: HttpRequest) -> HttpResponse:
    """s-1 rows by key, and one list."""
    for number in range(_number(request, "s") - 1):
        Row.objects.filter(name=f"nama {number}").first()
    return HttpResponse(PAGE.render({"rows": list(Row.objects.order_by("-id")[: _number(request, "rows")])}))


def healthz(_request: HttpRequest) -> HttpResponse:
    """Ready."""
    return HttpResponse("ok")


urlpatterns = [path("write", write), path("read", read), path("healthz", healthz)]
application = get_wsgi_application()
if __name__ != "__main__" and os.environ.get("BENCH_MAKE_TABLE"):
    make_table()
