"""Files: multipart uploads in, temporary addresses out."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass

from quicksync.simulator.accounting.book import Book
from quicksync.simulator.accounting.entities import entities
from quicksync.simulator.accounting.errors import ApiError, not_found
from quicksync.simulator.accounting.jsontext import Doc, dumps
from quicksync.simulator.accounting.messages import Request, Response, text_response
from quicksync.simulator.company.company import Company
from quicksync.simulator.rules import writes
from quicksync.simulator.rules.attachments import check_file
from quicksync.simulator.rules.validate import parse_body

SECONDS = 900
_LARGEST = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a multipart body."""

    name: str
    file_name: str
    content_type: str
    content: bytes


def upload(company: Company, request: Request) -> Response:
    """Store files with their metadata; each answers for itself, and the status is 200 even then."""
    if len(request.body) > _LARGEST:
        raise ApiError(6030, "File size exceeds the limit of 100 MB.")
    parts = {part.name: part for part in _parts(request)}
    answers = []
    for name, part in parts.items():
        if not name.startswith("file_content_"):
            continue
        meta = parts.get(name.replace("content", "metadata"))
        try:
            answers.append(f'{{"Attachable":{dumps(_keep(company, meta, part, request.host))}}}')
        except ApiError as error:
            answers.append(f'{{"Fault":{dumps(error.fault())}}}')
    if not answers:
        raise ApiError(6020, "Content length missing : the upload holds no file.")
    return text_response(company.envelope(f'"AttachableResponse":[{",".join(answers)}]'))


def _keep(company: Company, meta: Part | None, part: Part, host: str) -> Doc:
    sent = parse_body(meta.content) if meta is not None else {}
    sent.setdefault("FileName", part.file_name or "attachment.txt")
    sent.setdefault("ContentType", part.content_type)
    check_file(str(sent["FileName"]))
    book = company.book
    with book.transaction():
        doc = writes.create(book, entities()["Attachable"], sent, {})
        doc["Size"] = len(part.content)
        doc["FileAccessUri"] = f"/v3/company/{company.realm}/download/{doc['Id']}"
        if str(doc.get("ContentType")).startswith("image/"):
            doc["ThumbnailFileAccessUri"] = f"{doc['FileAccessUri']}/thumbnail"
        book.amend("Attachable", doc)
        book.store.run(
            "INSERT OR REPLACE INTO file VALUES(?,?,?)", doc["Id"], part.content_type, part.content
        )
    return with_addresses(book, doc, host)


def _parts(request: Request) -> list[Part]:
    kind = request.headers.get("content-type", "")
    found = re.search(r'boundary="?([^";]+)"?', kind)
    if "multipart/form-data" not in kind or not found:
        raise ApiError(1050, f"Invalid Content Type : {kind}", status=415)
    parts = []
    for piece in request.body.split(b"--" + found[1].encode())[1:]:
        # Some clients end their lines with a bare line feed.
        head, _, content = piece.lstrip(b"\r\n").replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")
        if head.startswith(b"--") or not head.strip():
            continue
        parts.append(_part(head.decode("utf-8", "replace"), re.sub(rb"\r?\n$", b"", content)))
    return parts


def _part(head: str, content: bytes) -> Part:
    headers = {
        key.strip().lower(): value.strip()
        for key, found, value in (line.partition(":") for line in head.splitlines())
        if found
    }
    place = headers.get("content-disposition", "")
    name = re.search(r'\bname="([^"]*)"', place)
    file_name = re.search(r'filename="([^"]*)"', place)
    if headers.get("content-transfer-encoding", "").lower() == "base64":
        try:
            content = base64.b64decode(content)
        except binascii.Error as error:
            raise ApiError(6041, "Invalid file : the content is not base64.") from error
    return Part(
        name[1] if name else "",
        file_name[1] if file_name else "",
        headers.get("content-type", "application/octet-stream"),
        content,
    )


def _sign(book: Book, id_: str, until: int) -> str:
    return hmac.new(book.realm.encode(), f"{id_}:{until}".encode(), hashlib.sha256).hexdigest()


def temporary(book: Book, id_: str, host: str) -> str:
    """An address that gives the file for a quarter of an hour."""
    until = int(book.clock.now()) + SECONDS
    return (
        f"http://{host}/files/{book.realm}/{id_}?until={until}&signature={_sign(book, id_, until)}"
    )


def download(company: Company, request: Request, id_: str) -> Response:
    """The temporary address of a file or of its small picture, which is the file itself here, as
    plain text.
    """
    if not id_.isdigit() or not company.store.one("SELECT 1 FROM file WHERE id=?", id_):
        raise not_found()
    return text_response(
        temporary(company.book, id_, request.host), 200, "text/plain;charset=utf-8"
    )


def file(company: Company, request: Request, id_: str) -> Response:
    """The file itself, behind its temporary address."""
    query, book = request.query, company.book
    until = query.get("until", "")
    good = until.isdigit() and hmac.compare_digest(
        _sign(book, id_, int(until)), query.get("signature", "")
    )
    if not good or int(until) < book.clock.now():
        return text_response("<Error><Code>AccessDenied</Code></Error>", 403, "application/xml")
    rows = company.store.all("SELECT type, content FROM file WHERE id=?", id_)
    if not rows:
        return text_response("<Error><Code>NoSuchKey</Code></Error>", 404, "application/xml")
    return Response(200, rows[0][1], rows[0][0])


def with_address(company: Company, text: str, request: Request) -> str:
    """An answer about one file, with its temporary address."""
    sent = parse_body(text.encode())
    sent["Attachable"] = with_addresses(company.book, sent["Attachable"], request.host)
    return dumps(sent)


def with_addresses(book: Book, doc: Doc, host: str) -> Doc:
    """A file's record with the addresses that work for a quarter of an hour; a note has none."""
    keys = {
        "FileAccessUri": "TempDownloadUri",
        "ThumbnailFileAccessUri": "ThumbnailTempDownloadUri",
    }
    return doc | {
        temp: temporary(book, str(doc["Id"]), host) for key, temp in keys.items() if doc.get(key)
    }
