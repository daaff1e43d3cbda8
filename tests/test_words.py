"""Words on screen: every sentence is marked for translation, and docs/words.md lists them all."""

from __future__ import annotations

import ast
import re

import pytest
from django.template.base import Lexer, TokenType

from docs import words
from tests.tree import ROOT, tracked

# Whatever is given to these is read by people.
SAID = {"NotAllowed", "Busy", "Finding", "Banner"}
SPOKEN = [
    path
    for path in tracked("quicksync/*.py")
    if path.relative_to(ROOT).parts[1] in {"admin", "web", "sync", "books"}
]
TEMPLATES = tracked("quicksync/*.html", "templates/*.html")
READ_ALOUD = (
    r"""\b(?:title|aria-label|placeholder|alt|data-label)=["']([^"'\0]*[A-Za-z]{2}[^"'\0]*)"""
)
# The name of the program and of classes in style sheets are the same in every language.
NAMES = {"quicksync", "| quicksync", "app-quicksync model-"}


def test_the_page_is_what_the_code_says():
    text = words.PAGE.read_text(encoding="utf-8")
    assert text == words.page(), "run python -m docs.words --write"


def unmarked_in(call: ast.Call, marked: set[str]) -> list[str]:
    """Sentences among a call's arguments that no marker holds."""
    if isinstance(call.func, ast.Name) and call.func.id in marked:
        return []
    found = []
    for part in [*call.args, *(keyword.value for keyword in call.keywords)]:
        for node in ast.walk(part):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id in marked:
                    break
            elif isinstance(node, ast.Constant) and re.search(r"\w \w", str(node.value)):
                found.append(str(node.value))
    return found


@pytest.mark.parametrize("path", SPOKEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_python_says_to_people_is_marked(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    marked = set(words.markers(tree))
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SAID
    ]
    assert not [sentence for call in calls for sentence in unmarked_in(call, marked)]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_template_says_is_marked(path):
    text, marked = "", False
    for token in Lexer(path.read_text(encoding="utf-8")).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.split_contents()[0]
            marked = name in {"blocktranslate", "comment"} or (marked and name == "plural")
            text += "\0"
        elif token.token_type == TokenType.VAR:
            text += "\0"
        elif token.token_type == TokenType.TEXT and not marked:
            text += token.contents
    aloud = re.findall(READ_ALOUD, text)
    plain = re.sub(r"<(script|style|code|pre)\b.*?</\1>|<[^>]*>|&\w+;", " ", text, flags=re.DOTALL)
    shown = [part.strip() for part in re.split(r"[\0\n]", plain) if re.search(r"[A-Za-z]{2}", part)]
    assert not [*aloud, *(part for part in shown if part not in NAMES)]


def test_markers_are_known_under_any_name():
    source = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
_("One")
ngettext("%(n)s two", "%(n)s twos", n)
pgettext("nobody reads this", "Three")
unknown("Four")
"""
    assert list(words.marked(source)) == ["One", "%(n)s two", "%(n)s twos", "Three"]
