"""The statements of all processes of a site, counted in a file for each of them."""

from __future__ import annotations

import mmap
import os
import struct
from pathlib import Path
from typing import Any

from django.db.backends.signals import connection_created

_NUMBER = struct.Struct("q")


def count_in(folder: Path) -> None:
    """From now on, in this process and those that it forks."""
    folder.mkdir(exist_ok=True)
    mine: dict[int, mmap.mmap] = {}

    def number() -> mmap.mmap:
        if (pid := os.getpid()) not in mine:
            with (folder / str(pid)).open("wb+") as file:
                file.write(_NUMBER.pack(0))
                file.flush()
                mine[pid] = mmap.mmap(file.fileno(), _NUMBER.size)
        return mine[pid]

    def count(execute: Any, sql: str, *args: Any) -> Any:
        # What opens and closes transactions is no statement.
        if not sql.startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")):
            here = number()
            _NUMBER.pack_into(here, 0, _NUMBER.unpack_from(here)[0] + 1)
        return execute(sql, *args)

    def listen(connection: Any, **kwargs: Any) -> None:
        # A connection that is opened anew still has it.
        if count not in connection.execute_wrappers:
            connection.execute_wrappers.append(count)

    connection_created.connect(listen, weak=False, dispatch_uid="benchmarks.many")


def counted(folder: Path) -> int:
    """Until now, those of processes that have ended included."""
    told = (file.read_bytes() for file in folder.glob("*"))
    return sum(_NUMBER.unpack(one)[0] for one in told if one)
