"""Lines of code: without blank lines, comments and docstrings."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from pathlib import PurePosixPath

from tooling.sources import FOLDERS, Sources

GENERATED = "web/generated/"
_NO_CODE = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT,
    tokenize.ENCODING, tokenize.ENDMARKER,
}  # fmt: skip
_AFTER_A_VALUE = re.compile(r"[\w$)\]}'\"`]$")
_BEFORE_A_REGEX = re.compile(r"\b(?:return|typeof|case|in|of|do|else|void|delete|await|yield)$")
_SCRIPT = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<text>'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)
    |(?P<regex>/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*)
    |(?P<other>.)""",
    re.DOTALL | re.VERBOSE,
)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_HTML_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def lines_of_code(sources: Sources) -> dict[str, int]:
    """Folder -> lines of code below it; generated files are left out."""
    counts = dict.fromkeys(FOLDERS, 0)
    for path, text in sources.items():
        if not path.startswith(GENERATED):
            counts[path.split("/")[0]] += count_lines(path, text)
    return counts


def count_lines(path: str, text: str) -> int:
    """Lines of one file that hold code; its name's ending tells the language."""
    match PurePosixPath(path).suffix:
        case ".py" | ".pyi":
            return _python(text)
        case ".css":
            return _filled(_CSS_COMMENT.sub(_blank, text))
        case ".html":
            return _filled(_HTML_COMMENT.sub(_blank, text))
        case _:
            return _filled(_without_script_comments(text))


def _python(text: str) -> int:
    lines = text.splitlines()
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _NO_CODE:
            code.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            # A string that stands alone documents a module, class, function or attribute.
            code.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return sum(1 for number in code if lines[number - 1].strip())


def _without_script_comments(text: str) -> str:
    kept: list[str] = []
    at = 0
    while at < len(text):
        found = _SCRIPT.match(text, at)
        assert found, "the last alternative matches anything"
        piece = found[0]
        if found["regex"] and _is_division(kept):
            piece = "/"
        kept.append(_blank(found) if found["comment"] else piece)
        at += len(piece)
    return "".join(kept)


def _is_division(before: list[str]) -> bool:
    """Whether a slash after this text divides; otherwise it begins a regular expression."""
    text = "".join(before[-200:]).rstrip()
    return bool(_AFTER_A_VALUE.search(text)) and not _BEFORE_A_REGEX.search(text)


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def _filled(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip())
