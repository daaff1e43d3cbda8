"""The company at hand: what whoever reads or writes its records needs to know, in one value."""

from __future__ import annotations

from dataclasses import dataclass

from quicksync.models import Connection
from quicksync.quickbooks.messages import Facts, Remote
from quicksync.quickbooks.port import Edition
from quicksync.records import Record
from quicksync.sync.pairs import one_product, sides


@dataclass(frozen=True, slots=True)
class AtHand:
    """A connection, the edition that speaks with its company, and what is known of the company."""

    connection: Connection
    edition: Edition
    facts: Facts

    def decode(self, remote: Remote) -> Record | str | None:
        """One of its records; a sentence when it cannot be read."""
        found = sides.decode(self.edition, remote, self.facts)
        return one_product.there(self.connection, found) if isinstance(found, Record) else found
