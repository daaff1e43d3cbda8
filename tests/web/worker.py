"""django-q2's worker for tests: works off what is in the queue, in the caller's thread."""

from __future__ import annotations

from django.utils.module_loading import import_string
from django_q.models import OrmQ

# More tasks than any test has on its way: an endless queue is a fault.
MOST = 200


def work_off() -> list[str]:
    """Run every task in the queue, and those that they enqueue; returns the names of what ran."""
    ran: list[str] = []
    while (row := OrmQ.objects.order_by("pk").first()) is not None:
        task = row.task
        row.delete()
        import_string(task["func"])(*task["args"])
        ran.append(task["func"].rpartition(".")[2])
        assert len(ran) < MOST, ran
    return ran
