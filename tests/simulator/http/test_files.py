"""Attachments."""

from __future__ import annotations

import json

import pytest

from tests.simulator.rules.test_names import code
from tests.simulator.wire import exchange

BOUNDARY = "b0undary"


def multipart(meta, content, *, name="file_content_01", newline="\r\n", encoding=""):
    encoding = f"{newline}Content-Transfer-Encoding: {encoding}" if encoding else ""
    place = "Content-Disposition: form-data;"
    parts = [
        newline.join(
            (
                f'{place} name="file_metadata_01"',
                "Content-Type: application/json",
                "",
                json.dumps(meta),
            )
        ),
        newline.join(
            (
                f'{place} name="{name}"; filename="a.txt"',
                f"Content-Type: text/plain{encoding}",
                "",
                content,
            )
        ),
    ]
    text = (
        "".join(f"--{BOUNDARY}{newline}{part}{newline}" for part in parts)
        + f"--{BOUNDARY}--{newline}"
    )
    return text.encode()


def upload(books, body):
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    status, _, answer = books.raw("POST", "upload", body, Content_Type=kind)
    assert status == 200, answer
    return json.loads(answer)["AttachableResponse"][0]


@pytest.mark.parametrize(
    ("newline", "encoding", "content"), [("\r\n", "", "hello"), ("\n", "base64", "aGVsbG8=")]
)
def test_a_file_goes_up_and_comes_down(books, newline, encoding, content):
    invoice = books.invoice(books.customer())
    reference = [{"EntityRef": {"type": "Invoice", "value": invoice["Id"]}, "IncludeOnSend": True}]
    made = upload(
        books,
        multipart(
            {"FileName": "a.txt", "AttachableRef": reference},
            content,
            newline=newline,
            encoding=encoding,
        ),
    )["Attachable"]
    assert (made["Size"], made["FileAccessUri"]) == (
        5,
        f"/v3/company/{books.realm}/download/{made['Id']}",
    )
    _, _, address = books.raw("GET", f"download/{made['Id']}")
    path = address.decode().removeprefix(books.sim.base_url)
    assert exchange(books.sim.base_url, "GET", path)[2] == b"hello"
    assert exchange(books.sim.base_url, "GET", path.replace("signature=", "signature=0"))[0] == 403
    assert books.read("Invoice", invoice["Id"])["SyncToken"] == "1"
    where = (
        "AttachableRef.EntityRef.Type = 'invoice' and AttachableRef.EntityRef.value ="
        f" '{invoice['Id']}'"
    )
    assert books.rows(f"select * from Attachable where {where}")[0]["Id"] == made["Id"]
    books.delete("Attachable", books.read("Attachable", made["Id"]))


def test_a_bad_file_answers_200_with_a_fault_inside(books):
    answer = upload(books, multipart({"FileName": "virus.exe"}, "x"))
    assert answer["Fault"]["Error"][0]["code"] == "6041"


def test_a_note_needs_words_and_a_place(books):
    assert code(books.create, "Attachable") == 2020
    reference = [{"EntityRef": {"type": "Invoice", "value": "999"}}]
    assert code(books.create, "Attachable", Note="x", AttachableRef=reference) == 6000
    assert books.create("Attachable", Note="Call back")["Note"] == "Call back"
