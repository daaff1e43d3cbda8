"""What the chunks of one plan know of each other."""

from __future__ import annotations

from django.db.models import Q

from quicksync.models import EntityMapping, Operation, SyncRun
from quicksync.planning.loose import CLAIM
from quicksync.records import Ref
from quicksync.sync.pairs.links import here_ref, there_ref

# The columns of a mapping that its references are made of.
NAMED_BY = ("kind", "model_label", "object_key", "remote_id")


class Planned:
    """What earlier chunks of the same plan create: references that will have a partner by the time
    they are sent.
    """

    def __init__(self, run: SyncRun) -> None:
        self.coming: set[Ref] = set()
        self.arriving: set[Ref] = set()
        self.joining: dict[Ref, Ref] = {}
        self.joining_back: dict[Ref, Ref] = {}
        self.claimed: dict[str, int] = {}
        open_or_draft = Q(state__in=Operation.OPEN) | Q(run=run, state=Operation.State.DRAFT)
        tells = Q(action__in=("create", "pair")) | ~Q(claims="")
        if run.passes:
            # A link that this run has made is told by the record at its other end, and that is read
            # by the next one.
            made = Q(run=run, state=Operation.State.DONE, claims__contains=CLAIM)
            open_or_draft |= made
        rows = Operation.objects.filter(open_or_draft, tells, connection=run.connection_id)
        named = [f"{half}__{name}" for half in ("mapping", "partner") for name in NAMED_BY]
        rows = rows.select_related("mapping", "partner").only(
            "action", "state", "claims", "mapping", "partner", *named
        )
        # A plan of many slices comes by here once for each: streamed, and without the records
        # themselves.
        for operation in rows.iterator(chunk_size=2000):
            if operation.mapping is not None:
                self.claim(operation)
                if operation.action != "update" and operation.state != Operation.State.DONE:
                    self.add(operation.mapping, operation.partner)

    def add(self, mapping: EntityMapping, partner: EntityMapping | None = None) -> None:
        """The mapping will be a pair."""
        for half in (mapping, partner):
            here, there = (here_ref(half), there_ref(half)) if half else (None, None)
            if here is not None:
                self.coming.add(here)
            if there is not None:
                self.arriving.add(there)
        mine, theirs = here_ref(mapping), there_ref(partner) if partner else None
        if mine is not None and theirs is not None:
            self.joining[theirs], self.joining_back[mine] = mine, theirs

    def claim(self, operation: Operation) -> None:
        """What the operation claims, nobody else of the plan may have."""
        for claim in filter(None, operation.claims.split("\n")):
            self.claimed.setdefault(claim, operation.mapping_id or 0)
