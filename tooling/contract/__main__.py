"""Write the generated files, or with `--check` tell which of them differ."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import get_args

from earwitness import engine_messages, errors, messages, tool_messages, transcript
from earwitness.browser import host_messages
from earwitness.domain.speaker_edits import SameNameError
from earwitness.domain.versions import EditConflictError
from earwitness.library import ports, store
from earwitness.library.texts.reruns import CorrectionsError
from earwitness.remote import http

from tooling.contract import documents, tables
from tooling.contract.typescript import Writer, declared, quoted, union
from tooling.paths import ROOT

COMMAND = "python3 build.py contract"
HEADER = f"// Written by `{COMMAND}` from py/earwitness. Edit the Python, not this file.\n\n"
PAGE = declared("messages", [transcript, errors, messages])
ENGINE = declared("engine-messages", [engine_messages])
TOOLS = declared("tool-messages", [tool_messages])
PLATFORM = declared(
    "platform",
    [store, http, ports, host_messages],
    ["Table", "Put", "Delete", "DeletePrefix", "Change", "AudioPart", "Request", "Response",
     "StoredAudio", "HostFacts", "HostCall", "HostNotice"],
)  # fmt: skip


def generated(root: Path) -> dict[Path, str]:
    """Return what every generated file should hold, by path below `root`."""
    writer = Writer([PAGE, ENGINE, TOOLS, PLATFORM])
    folder, document = root / "web" / "generated", root / "docs" / "messages.md"
    page = writer.declarations(PAGE, inputs=get_args(messages.Request))
    return {
        folder / "messages.d.ts": HEADER + page + _conversation() + _error_kinds(),
        folder / "engine-messages.d.ts": HEADER + writer.declarations(ENGINE),
        folder / "tool-messages.d.ts": HEADER + writer.declarations(TOOLS),
        folder / "platform.d.ts": HEADER
        + writer.declarations(PLATFORM, inputs=[ports.StoredAudio, ports.HostFacts]),
        folder / "constants.js": HEADER + tables.constants(),
        document: documents.with_tables(document.read_text(encoding="utf-8")),
    }


def _conversation() -> str:
    lines = [
        f"  {quoted(kind.type)}: {{ request: {kind.__name__}; reply: {kind.reply.__name__} }};\n"
        for kind in get_args(messages.Request)
    ]
    return (
        "\n/** Each request beside its reply. */\nexport interface Conversation {\n"
        + "".join(lines)
        + "}\nexport type RequestType = keyof Conversation;\n"
    )


def _error_kinds() -> str:
    platform = [kind.__name__ for kind in errors.PLATFORM_ERRORS]
    shared = [
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.EarwitnessError)
    ]
    own = (CorrectionsError, SameNameError, EditConflictError)
    kinds = [*shared, *(kind.__name__ for kind in own)]
    return "\n".join(
        (
            "",
            union(
                "PlatformErrorKind",
                map(quoted, platform),
                "Errors that JavaScript raises by the name of their Python class.",
            ),
            union(
                "ErrorKind",
                map(quoted, kinds),
                "Values of `ErrorView.type` that the library gives and the page may compare.",
            ),
        )
    )


def main(root: Path = ROOT, arguments: list[str] | None = None) -> int:
    """Write the files below `root`; with `--check`, return 1 if any of them differs."""
    parser = argparse.ArgumentParser(prog="build.py contract", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check: bool = parser.parse_args(arguments).check
    wanted = generated(root)
    differing = [path for path, text in wanted.items() if _content(path) != text]
    names = ", ".join(path.relative_to(root).as_posix() for path in differing)
    if check:
        if differing:
            print(f"Generated files differ from the Python classes: {names}. Run: {COMMAND}")
        return 1 if differing else 0
    for path in differing:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], encoding="utf-8", newline="\n")
    print(f"Wrote {names}." if names else "Every generated file is up to date.")
    return 0


def _content(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main())
