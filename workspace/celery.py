"""Workers of the company size.

A Celery message carries row ids, never content; the outbox is the schedule, so there is no beat, no ETA, no result
backend.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "workspace.settings")

app = Celery("lakeside")
# In every thread, not only in the one that imports this.
app.set_default()
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    # A row's lease brings lost work back; Celery's own redelivery would double it.
    task_acks_late=False,
    worker_prefetch_multiplier=1,
    task_default_queue="soon",
    task_soft_time_limit=50,
    task_time_limit=60,
    broker_connection_retry_on_startup=True,
    broker_transport_options={"socket_timeout": 5, "socket_connect_timeout": 2},
    worker_hijack_root_logger=False,
)
app.autodiscover_tasks(["outbox"])
