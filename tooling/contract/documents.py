"""The tables of messages in `docs/messages.md`, from the docstrings of the classes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, get_args

from earwitness import engine_messages, messages

from tooling.contract import docstrings

_BLOCK = "<!-- {name}: written by `build.py contract` -->\n"
_END = "<!-- end -->\n"


def with_tables(text: str) -> str:
    """Return the document with every marked block written anew.

    Raises:
        ValueError: a block is missing.
    """
    for name, table in _tables().items():
        begin = _BLOCK.format(name=name)
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(_END)}", re.DOTALL)
        if len(pattern.findall(text)) != 1:
            raise ValueError(f"docs/messages.md needs one block {begin.strip()} … {_END.strip()}.")
        text = pattern.sub(lambda _, body=f"{begin}{table}{_END}": body, text)
    return text


def _tables() -> dict[str, str]:
    return {
        "requests": _requests(),
        "events": _of("event", get_args(messages.Event)),
        "engine requests": _of("request", get_args(engine_messages.EngineRequest)),
        "engine events": _of("event", _engine_events()),
    }


def _engine_events() -> list[Any]:
    return [*get_args(engine_messages.EngineEvent), engine_messages.EngineBootFailed]


def _requests() -> str:
    rows = ["| request | reply | meaning |\n|---|---|---|\n"]
    for kind in get_args(messages.Request):
        reply: type = kind.reply
        name = getattr(reply, "type", reply.__name__)
        rows.append(f"| `{kind.type}` | `{name}` | {_first_paragraph(kind)} |\n")
    return "".join(rows)


def _of(title: str, kinds: Iterable[Any]) -> str:
    rows = [f"| {title} | meaning |\n|---|---|\n"]
    rows += [f"| `{kind.type}` | {_first_paragraph(kind)} |\n" for kind in kinds]
    return "".join(rows)


def _first_paragraph(kind: type) -> str:
    return " ".join(docstrings.of_class(kind).split("\n\n")[0].split())
