"""Tables with so many rows that a database's plans are those of a large one, and these plans."""

from __future__ import annotations

from django.db import connection as database

WAITING = """
    SELECT gin_clean_pending_list(indexrelid) FROM pg_index
    JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam
    WHERE indrelid = %s::regclass AND amname = 'gin'
"""


def at_size(rows, model, number, **values):
    """So many rows of one connection, written at once: "Row 00000001" and on."""
    made = {"connection": rows.connection, "kind": "invoice"} | values
    if model.__name__ == "Operation":
        made |= {"run": rows.run(state="done")}
        every = [model(label=f"Row {n:08d}", **made) for n in range(number)]
    else:
        every = [model(label=f"Row {n:08d}", object_key=f"k{n}", **made) for n in range(number)]
    model.objects.bulk_create(every, 5_000)
    with database.cursor() as cursor:
        cursor.execute(f"ANALYZE {model._meta.db_table}")
        if database.vendor == "postgresql":
            # As a site's autovacuum does: of what waits to be put into it, an index is read whole,
            # which makes it look as dear as the table.
            cursor.execute(WAITING, [model._meta.db_table])


def plan_of(found):
    """How the database would find these rows."""
    return found.explain()
