"""`build.py check --rooms`: rooms, arrows, import cycles and lines of code."""

from __future__ import annotations

import pytest

from tooling.lines import count_lines, lines_of_code
from tooling.rooms import circles, module_graph, module_of, packages, reachable

LIBRARY = {
    "py/earwitness/__init__.py": "",
    "py/earwitness/errors.py": "import sys\n",
    "py/earwitness/messages.py": "from earwitness.errors import A, B\nimport earwitness.errors\n",
    "py/earwitness/search/__init__.py": "from earwitness.search.find import find\n",
    "py/earwitness/search/find.py": "from earwitness import errors, messages\n",
    "py/earwitness/search/rank.py": "def f():\n    from earwitness.search import find\n",
    "server/earwitness_server/__main__.py": "from earwitness_server.app import run\n",
    "server/earwitness_server/app.py": "from earwitness.search import find\n",
    "web/app/main.js": "import './x.js';\n",
}


def test_rooms_are_modules_and_sub_packages() -> None:
    found = packages(LIBRARY)
    assert set(found["earwitness"].rooms) == {"errors", "messages", "search"}
    assert set(found["earwitness.search"].rooms) == {"find", "rank"}
    assert set(found["earwitness_server"].rooms) == {"__main__", "app"}


def test_imports_between_two_rooms_are_one_arrow() -> None:
    found = packages(LIBRARY)
    assert found["earwitness"].rooms == {
        "errors": set(),
        "messages": {"errors"},
        "search": {"errors", "messages"},
    }
    assert found["earwitness"].arrows == 3
    assert found["earwitness.search"].rooms == {"find": set(), "rank": {"find"}}
    assert found["earwitness_server"].arrows == 1, "another package is no room of this one"


def test_import_cycles_are_found() -> None:
    graph = module_graph(LIBRARY)
    assert circles(graph) == []
    back = {"py/earwitness/errors.py": "def f():\n    import earwitness.search.find\n"}
    assert circles(module_graph(LIBRARY | back)) == [
        ["earwitness.errors", "earwitness.messages", "earwitness.search.find"]
    ]


def test_separate_cycles_are_reported_separately() -> None:
    graph = {"a": {"b"}, "b": {"a", "c"}, "c": {"d"}, "d": {"c"}, "e": {"a"}}
    assert circles(graph) == [["a", "b"], ["c", "d"]]


PYTHON = '''"""What the module is.

More of it.
"""

import sys  # why

LIMIT = 3
"""What the limit is."""


class A:
    """What it is."""

    text = """one

    # three"""  # a comment


def f() -> None:
    # A comment.
    raise ValueError(
        "no"
    )
'''


def test_blank_lines_comments_and_docstrings_of_python_do_not_count() -> None:
    code = ["import", "LIMIT", "class", "text", "# three", "def", "raise", '"no"', ")"]
    assert count_lines("py/a.py", PYTHON) == len(code)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("// one\nlet a; // two\n/* three */ let b;\n\n", 2),
        ("/**\n * @param {string} a\n */\nfunction f(a) {}\n", 1),
        ("const url = 'https://a'; // x\nconst b = \"/*\";\nlet c; /* */\n", 3),
        ("const a = `\n// text\n\n/* text */`;\n", 3),
        ("const slash = /[/'\"`]/;\n// a comment\nlet b = '';\n", 2),
        ("const a = b / 2; // half\n// c / d\nconst e = f(g) / 2 / h;\n", 2),
        ("return /^\\/\\/x/.test(a);\n// gone\n", 1),
        ("a = [...b].map((c) => c) / 2; // '\n// '\nlet d;\n", 2),
    ],
)
def test_blank_lines_and_comments_of_javascript_do_not_count(text: str, expected: int) -> None:
    assert count_lines("web/a.js", text) == expected


def test_blank_lines_and_comments_of_css_and_html_do_not_count() -> None:
    assert count_lines("web/a.css", "/* a\n b */\na {\n  b: url(//c);\n}\n") == 3
    assert count_lines("web/a.html", "<!-- a\n-->\n<p>\n  text\n</p>\n\n") == 3


def test_generated_files_do_not_count() -> None:
    sources = {"web/generated/a.js": "let a;\n", "web/app/b.js": "let b;\n", "py/c.py": "c = 1\n"}
    assert lines_of_code(sources) == {"py": 1, "server": 0, "web": 1}


def test_imported_modules_are_reachable() -> None:
    graph = module_graph(LIBRARY)
    assert reachable(graph, "earwitness_server.__main__") == {
        "earwitness_server.__main__", "earwitness_server.app", "earwitness.search.find",
        "earwitness.search.__init__", "earwitness.__init__", "earwitness.errors",
        "earwitness.messages",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "module"),
    [
        ("py/earwitness/search/find.py", "earwitness.search.find"),
        ("server/earwitness_server/__main__.py", "earwitness_server.__main__"),
        ("py/compile_for_page.py", ""),
        ("web/app/main.js", ""),
    ],
)
def test_module_names_follow_from_paths(path: str, module: str) -> None:
    assert module_of(path) == module
