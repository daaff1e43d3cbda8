"""Log lines: the caller's fields are shown, request objects are not."""

from __future__ import annotations

import json
import logging
import logging.config
import sys

from config.logs import JsonFormatter, TextFormatter, logging_settings


def record(**extra):
    made = logging.LogRecord(
        "quicksync.sync", logging.INFO, __file__, 1, "Run %s finished", ("7",), None
    )
    vars(made).update(extra)
    return made


def test_json_line_carries_the_action_and_its_fields():
    line = json.loads(JsonFormatter().format(record(action="run_finished", run=7)))
    assert line["message"] == "Run 7 finished"
    assert (line["level"], line["logger"], line["action"], line["run"]) == (
        "INFO",
        "quicksync.sync",
        "run_finished",
        7,
    )


def test_json_line_holds_the_exception():
    made = record()
    try:
        raise ValueError("no such company")
    except ValueError:
        made.exc_info = sys.exc_info()
    assert "no such company" in json.loads(JsonFormatter().format(made))["exception"]


def test_text_line_ends_with_the_fields():
    assert (
        TextFormatter()
        .format(record(action="run_finished", run=7))
        .endswith("finished action=run_finished run=7")
    )


def test_objects_such_as_requests_stay_out():
    secretive = record(request=object(), action="seen")
    assert "request" not in json.loads(JsonFormatter().format(secretive))
    assert "request" not in TextFormatter().format(secretive)


def test_settings_choose_the_style():
    for style, formatter in (("json", JsonFormatter), ("text", TextFormatter)):
        chosen = logging_settings(style=style, level="DEBUG")
        assert chosen["formatters"]["line"]["()"] is formatter
        assert chosen["loggers"]["quicksync"]["level"] == "DEBUG"
