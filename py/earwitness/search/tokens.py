"""Tokenize text exactly as FTS5 does, for an index in another database.

FTS5's `unicode61` works a character at a time: a character is part of a word, in its folded form,
or ends the word. SQLite itself is asked for each character once, so the two cannot disagree.
"""

from __future__ import annotations

import sqlite3
from threading import Lock

from earwitness.search.index import TOKENIZER


class Tokenizer:
    """Splits text into words. Any thread may use it."""

    def __init__(self) -> None:
        self._map = _Characters()

    def __call__(self, text: str) -> list[str]:
        """Return the words of a text from `normalize.index_text` or `normalize.query_phrases`."""
        return text.translate(self._map).split()


class _Characters(dict[int, str]):
    """Code point -> its folded form in FTS5; a space where it ends a word."""

    def __init__(self) -> None:
        super().__init__()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute(f'CREATE VIRTUAL TABLE one USING fts5 (text, tokenize="{TOKENIZER}")')
        self._db.execute("CREATE VIRTUAL TABLE made USING fts5vocab (one, 'instance')")
        self._lock = Lock()

    def __missing__(self, code: int) -> str:
        with self._lock:
            made = self[code] = self._ask(code)
        return made

    def __del__(self) -> None:
        self._db.close()

    def _ask(self, code: int) -> str:
        if 0xD800 <= code < 0xE000:
            return " "
        with self._db:
            self._db.execute("DELETE FROM one")
            self._db.execute("INSERT INTO one VALUES (?)", (f"x{chr(code)}x",))
            made = self._db.execute("SELECT term FROM made ORDER BY offset").fetchall()
        return str(made[0][0])[1:-1] if len(made) == 1 else " "
