"""Faults planted on purpose, so that a proof that cannot fail is found out. Served instead of the product.

``PROVE_PLANT=answer-before-commit``: the answer leaves before the transaction is committed.
``PROVE_PLANT=ignore-key``: the client key is lost on the way, so a repeated request is a new one.
Nothing of this is in ``src/``.
"""

from __future__ import annotations

import io
import json
import os
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.signals import request_started
from django.db import close_old_connections, transaction

from rangkul.config.wsgi import application as product

PLANT = os.environ.get("PROVE_PLANT", "")
SLOWLY_SECONDS = 0.08
if PLANT == "answer-before-commit":
    # At the start of a request Django drops a connection that stands in a transaction; here it stands in one on purpose.
    request_started.disconnect(close_old_connections)
_pool = ThreadPoolExecutor(max_workers=8)
Start = Callable[..., Any]


def answer_before_commit(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Run the product inside one more transaction in another thread, and answer while that one is still open."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ = {**environ, "wsgi.input": io.BytesIO(body)}
    said: dict[str, Any] = {}
    done = threading.Event()

    def behind() -> None:
        try:
            with transaction.atomic():
                answer = product(
                    environ, lambda status, headers, *_: said.update(status=status, headers=headers)
                )
                said["body"] = b"".join(answer)
                done.set()
                time.sleep(SLOWLY_SECONDS)
        except Exception:  # said where the served log is read; the visitor gets a 503
            traceback.print_exc()
            raise
        finally:
            done.set()

    _pool.submit(behind)
    done.wait(30)
    start(said.get("status", "503 Service Unavailable"), said.get("headers", []))
    return [said.get("body", b"")]


def ignore_key(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """Take the client key out of what was sent."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    if "json" in environ.get("CONTENT_TYPE", ""):
        content = json.loads(body)
        content.pop("client_key", None)
        body = json.dumps(content).encode()
    else:
        body = b"&".join(pair for pair in body.split(b"&") if not pair.startswith((b"key=", b"client_key=")))
    changed = {**environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
    return product(changed, start)  # type: ignore[no-any-return]


FAULTS = {"answer-before-commit": answer_before_commit, "ignore-key": ignore_key}


def application(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    """The product, with the fault in what is posted (signing in is spared)."""
    if (
        environ["REQUEST_METHOD"] == "POST"
        and "sign-in" not in environ["PATH_INFO"]
        and environ["PATH_INFO"] != "/masuk/"
    ):
        return FAULTS[PLANT](environ, start)
    return product(environ, start)  # type: ignore[no-any-return]
