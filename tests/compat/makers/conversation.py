"""`python -m tests.compat.makers.conversation`: what the built page and a real server say.

Writes `conversation/exchanges.json` (every request to the API and its answer, in order) and
`conversation/expected.json` (what the page's library replied and wrote down).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Error

from tests.compat.conversation import FOREIGN, Network, RefusedError, content, kept, live, named
from tests.compat.makers.machine import FIXTURES, Process, browsing, visit
from tests.compat.makers.recorder import Recorder
from tests.compat.makers.server import add_keys, submit, wait
from tests.compat.origin import QUIET, ask, dump, write_json


def main() -> None:
    """Make both files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key = add_keys({"EARWITNESS_DATA": str(folder / "data")})["ada"]
        server = Process(
            folder / "data", EARWITNESS_REQUIRE_KEYS="true", EARWITNESS_UPLOAD_DAYS="36500"
        )
        recorder = Recorder(server.port)
        try:
            wait(server.url, key, submit(server.url, key, FOREIGN, content(FOREIGN))["id"])
            with browsing(folder / "profile") as context:
                page = visit(context, recorder.url)

                def asked(type_: str, file: bytes | None = None, **fields: Any) -> Any:
                    try:
                        return ask(page, type_, file, **fields)
                    except Error as error:
                        raise RefusedError(
                            error.message.partition("Error: ")[2].split("\n")[0]
                        ) from error

                network = Network(
                    lambda: setattr(recorder, "cut_upload", True),
                    lambda: setattr(recorder, "cut_stream", True),
                    recorder.answered,
                )
                replies = live(asked, network, recorder.url, key)
                quiet = context.new_page()
                page.close()
                quiet.goto(f"{recorder.url}/{QUIET}")
                stores = kept(dump(quiet)["stores"], recorder.url)
        finally:
            recorder.shutdown()
            server.stop()
    write_json(FIXTURES / "conversation" / "exchanges.json", recorder.exchanges)
    plain = named(replies, recorder.url)
    write_json(
        FIXTURES / "conversation" / "expected.json", {"key": key, "replies": plain, **stores}
    )


if __name__ == "__main__":
    main()
