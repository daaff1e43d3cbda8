"""What the history shows of a record that was made: its fields, which are stored once."""

from __future__ import annotations

import pytest

from quicksync.admin.parts import present
from tests.company import connected

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("pulled", [True, False])
def test_a_new_record_shows_what_it_says(pulled):
    with connected(kinds=("customer",)) as company:
        if pulled:
            company.sim.api("POST", "customer", {"DisplayName": "Ada", "Notes": "Pays late"})
        else:
            company.client("Ada", notes="Pays late")
        run = company.sync()
        made = run.operations.get(action="create", label="Ada")
        assert made.changes == []
        (row,) = present.rows([made])
        shown = {one.name: (one.here, one.there, one.will) for one in row.differences}
        side = ("", "Pays late") if pulled else ("Pays late", "")
        assert shown["notes"] == (*side, "Pays late")
        assert shown["name"][2] == "Ada"
        assert "balance" not in shown
