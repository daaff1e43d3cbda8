"""CSV files into the books: all of a file or nothing, every problem with its line and column."""

from __future__ import annotations

from quicksync.books.importing.problems import Problem, Refused
from quicksync.books.importing.run import KINDS, Result, import_bytes, import_path

__all__ = ["KINDS", "Problem", "Refused", "Result", "import_bytes", "import_path"]
