"""The ASGI application.

HTTP to Django, sockets to realtime, and the lifespan that Django hasn't: it starts and stops the hub and the sweep.
"""

from __future__ import annotations

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
