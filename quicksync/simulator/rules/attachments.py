"""Notes and files attached to other objects."""

from __future__ import annotations

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.entities import find_entity
from quicksync.simulator.accounting.errors import ApiError, missing, no_target
from quicksync.simulator.accounting.jsontext import Doc
from quicksync.simulator.rules.work import Work

KINDS = frozenset(
    [
        "ai",
        "bmp",
        "csv",
        "doc",
        "docx",
        "eps",
        "gif",
        "heic",
        "jpeg",
        "jpg",
        "msg",
        "ods",
        "pdf",
        "png",
        "rtf",
        "tif",
        "tiff",
        "txt",
        "xls",
        "xlsx",
        "xml",
        "zip",
    ]
)


def prepare_attachable(work: Work) -> None:
    """A file or a note, and what it is attached to."""
    doc = work.doc
    if not doc.get("FileName") and not doc.get("Note"):
        raise missing("Note")
    for key in ("Size", "FileAccessUri", "ThumbnailFileAccessUri"):
        if work.old is not None and key in work.old:
            doc[key] = work.old[key]
    for attached in doc.get("AttachableRef") or []:
        reference = attached.get("EntityRef") or {}
        entity = find_entity(str(reference.get("type") or ""))
        if entity is None:
            raise ApiError(
                6050, f"Unsupported entity type : {reference.get('type')}", element="EntityRef"
            )
        if work.book.get(entity.name, reference.get("value")) is None:
            raise no_target(entity.name, reference.get("value"))
        reference["type"] = entity.name
        attached.setdefault("IncludeOnSend", False)


def bump_parents(book: Book, doc: Doc) -> None:
    """What something is attached to counts as changed."""
    for attached in doc.get("AttachableRef") or []:
        reference = attached["EntityRef"]
        parent = book.get(reference["type"], reference["value"])
        if parent is not None and book.switches.attaching_bumps_token:
            book.save(reference["type"], parent, operation="Update")


def check_file(name: str) -> None:
    """Only known kinds of files are taken."""
    if name.rpartition(".")[2].lower() not in KINDS:
        raise ApiError(6041, f"Invalid file : files of this kind are not accepted: {name}")
