"""Bad files: a clear sentence with line and column, nothing half-imported (issue point 7, J3)."""

import pytest
from django.core.management import CommandError, call_command

from quicksync.books.importing import Refused, import_bytes
from quicksync.books.models import Client, Invoice, Product, Receipt

pytestmark = pytest.mark.django_db

HEAD = "number,client,date,item,quantity,unit_price,tax_code\n"
GOOD = "A-9,Zoë's Café,2026-03-01,Seed,1,2.50,NON\n"


def refusal(kind, text):
    with pytest.raises(Refused) as caught:
        import_bytes(text if isinstance(text, bytes) else text.encode(), kind)
    return caught.value


def only(kind, text):
    (problem,) = refusal(kind, text).problems
    return problem.line, problem.column, problem.sentence


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        ("A-1,Zoë's Café,2026-03-01,Seed,1,2.5o,NON", "unit_price", "“2.5o” is not a number"),
        ("A-1,Zoë's Café,2026-03-01,Seed,ten,2.50,NON", "quantity", "“ten” is not a number"),
        ("A-1,Zoë's Café,2026-03-01,Seed,1,NaN,NON", "unit_price", "“NaN” is not a number"),
        ("A-1,Zoë's Café,2026-03-01,Seed,1,1.23456,NON", "unit_price", "too many decimals"),
        ("A-1,Zoë's Café,2026-03-01,Seed,-1,2.50,NON", "quantity", "-1 is negative"),
        ("A-1,Zoë's Café,2026-03-01,Seed,1,2.50,VAT99", "tax_code", "There is no tax code “VAT99”"),
        ("A-1,Nobody,2026-03-01,Seed,1,2.50,NON", "client", "There is no client “Nobody”"),
        ("A-1,Zoë's Café,2026-03-01,Sed,1,2.50,NON", "item", "There is no product “Sed”"),
        (
            "A-1,Zoë's Café,01/03/2026,Seed,1,2.50,NON",
            "date",
            "“01/03/2026” is not a date. Write it as 2026-03-31",
        ),
        ("A-1,Zoë's Café,2026-02-30,Seed,1,2.50,NON", "date", "2026-02-30 is not a date"),
        (",Zoë's Café,2026-03-01,Seed,1,2.50,NON", "number", "must not be empty"),
        (
            "A-1,Zoë's Café,2026-03-01,Seed,1,-2.50,NON",
            "unit_price",
            "A negative total makes a credit note",
        ),
    ],
)
def test_a_bad_cell_is_told_with_line_and_column(zoe, seed, row, column, sentence):
    line, found, text = only("invoice", HEAD + GOOD + row + "\n")
    assert (line, found) == (3, column)
    assert sentence in text
    assert not Invoice.objects.exists()


def test_an_unknown_tax_code_is_told_with_those_there_are(zoe, seed):
    _, _, sentence = only("invoice", HEAD + GOOD.replace("NON", "50%"))
    assert "“50%”" in sentence
    assert "Known: California, NON, Tucson" in sentence


def test_a_wrong_column_is_told_with_the_right_one(lists):
    problems = refusal("customer", "name,emial\nX,\n").problems
    assert [(one.line, one.column) for one in problems] == [(1, "emial")]
    assert "Did you mean email?" in problems[0].sentence
    both = refusal("customer", "name,emial,fone\nX,,\n").problems
    assert ["Columns are:" in one.sentence for one in both] == [True, False]


def test_missing_and_doubled_columns_are_told(lists):
    told = str(refusal("invoice", "number,client,client\n"))
    assert "column client: The heading has this column twice" in told
    assert "column date: This column is missing" in told


def test_a_line_with_too_many_cells(lists):
    line, column, sentence = only("customer", "name,email\nSmith, John,js@example.com\n")
    assert (line, column) == (2, "3")
    assert "needs quotation marks" in sentence


def test_a_nul_byte_is_told_where_it_stands(lists):
    line, column, sentence = only("customer", "name\nZoë\nA\0B\n")
    assert (line, column) == (3, "2")
    assert "NUL byte" in sentence


def test_text_that_is_not_utf8(lists):
    line, column, sentence = only("customer", "name\nCafé Zoë\n".encode("latin-1"))
    assert (line, column) == (2, "4")
    assert "0xE9 is not UTF-8" in sentence
    assert "UTF-16" in str(refusal("customer", "name\nX\n".encode("utf-16")))


def test_quotation_marks_that_never_end(lists):
    assert "Line 2" in str(refusal("customer", 'name\n"never ends\n'))


def test_an_empty_file(lists):
    assert "The file is empty" in str(refusal("customer", ""))


def test_a_large_file_is_refused_before_it_is_read(tmp_path, settings, monkeypatch):
    path = tmp_path / "large.csv"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    monkeypatch.setattr(type(path), "read_bytes", lambda self: pytest.fail("the file was read"))
    with pytest.raises(CommandError, match=r"1 problem\. Nothing was imported"):
        call_command("quicksync_import", str(path), kind="customer")


def test_the_same_number_twice_is_told(zoe, seed):
    other = GOOD.replace("A-9", "B-1")
    line, column, sentence = only("invoice", HEAD + GOOD + other + GOOD)
    assert (line, column) == (4, "number")
    assert "A-9 is already in line 2" in sentence


def test_the_same_name_twice_is_told(lists):
    line, column, sentence = only("customer", "name\nAcme\nACME\n")
    assert (line, column, sentence) == (
        3,
        "name",
        "ACME is already in line 2. Each may appear only once.",
    )


def test_lines_of_one_document_agree(zoe, seed):
    line, column, sentence = only("invoice", HEAD + GOOD + GOOD.replace("2026-03-01", "2026-03-02"))
    assert (line, column) == (3, "date")
    assert "line 2 of the same document says “2026-03-01”" in sentence


def test_a_total_that_does_not_add_up(zoe, seed):
    line, column, sentence = only("invoice", "total," + HEAD + "9.99," + GOOD)
    assert (line, column) == (2, "total")
    assert "come to 2.50" in sentence


def test_the_models_own_rules_are_told_at_their_column(zoe, seed):
    line, column, sentence = only("invoice", "due_date," + HEAD + "2026-01-01," + GOOD)
    assert (line, column) == (2, "due_date")
    assert "before the invoice's date" in sentence


PAYMENT = "number,client,date,amount,invoice,applied\n"


@pytest.mark.parametrize(
    ("row", "column", "sentence"),
    [
        ("R-1,Zoë's Café,2026-03-01,50,A-2,1", "invoice", "There is no invoice “A-2”"),
        ("R-1,Zoë's Café,2026-03-01,50,A-1,50", "applied", "invoice A-1 has 40.50 left"),
        ("R-1,Zoë's Café,2026-03-01,10,A-1,20", "amount", "The invoices take 20"),
        ("R-1,Zoë's Café,2026-03-01,-10,A-1,10", "amount", "-10 is negative"),
        ("R-1,Zoë's Café,2026-03-01,10,A-1,", "applied", "belong together"),
        ("R-1,Zoë's Café,2026-03-01,0,,", "amount", "only with a credit note"),
    ],
)
def test_payments_pay_what_is_there(invoice, row, column, sentence):
    line, found, text = only("payment", PAYMENT + row + "\n")
    assert (line, found) == (2, column)
    assert sentence in text
    assert not Receipt.objects.exists()


def test_a_payment_of_another_clients_invoice(invoice):
    Client.objects.create(name="Other")
    assert "another client" in str(refusal("payment", PAYMENT + "R-1,Other,2026-03-01,50,A-1,1\n"))


def test_all_problems_are_listed_fifty_of_them_shown(lists):
    refused = refusal("item", "name,unit_price\n" + "".join(f"Item {n},x\n" for n in range(80)))
    assert len(refused.problems) == 80
    assert len(refused.lines()) == 51
    assert refused.lines()[-1] == "... and 30 more."


def test_nothing_of_a_bad_file_stays(lists):
    refusal("item", "name,unit_price\nGood,1\nBad,x\n")
    assert not Product.objects.exists()


def test_the_command_ends_with_code_one_and_tells_every_problem(lists, tmp_path, capsys):
    path = tmp_path / "items.csv"
    path.write_text("name,unit_price\nA,x\nB,y\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"2 problems\. Nothing was imported") as caught:
        call_command("quicksync_import", str(path), kind="item")
    assert caught.value.returncode == 1
    assert "Line 2, column unit_price: “x” is not a number" in capsys.readouterr().err


def test_a_file_that_is_not_there(lists):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("quicksync_import", "nowhere.csv", kind="item")
    with pytest.raises(CommandError, match="Name a file"):
        call_command("quicksync_import")
