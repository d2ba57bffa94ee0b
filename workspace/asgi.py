"""The ASGI application.

HTTP to Django, sockets to realtime, and the lifespan that Django hasn't: it starts and stops the hub and the sweep.
"""

from __future__ import annotations

import gc
import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workspace.settings")

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import re_path

django = get_asgi_application()

from realtime.socket import serve, unknown  # noqa: E402
from workspace.lifespan import Lifespan  # noqa: E402

# URLRouter takes ASGI applications where Django's types know only views.
sockets: list[Any] = [
    re_path(r"^ws/v1/orgs/(?P<org>[a-z0-9-]{1,40})/$", cast(Any, serve)),
    re_path(r"", cast(Any, unknown)),
]

application: Any = Lifespan(
    ProtocolTypeRouter(
        {
            "http": django,
            "websocket": URLRouter(sockets),
        }
    )
)

# What was loaded up to here stays for ever. The collector need not look through it again and again: a list of 500 conversations
# takes 25 ms with the defaults and 19 like this.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 50)
