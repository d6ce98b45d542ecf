"""Stand-ins for the functions of Pyodide, so that this room can be tested on CPython."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class JsException(Exception):  # noqa: N818 (Pyodide's name)
    """As Pyodide's: a JavaScript error."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.name = "Error"
        self.message = message


def _install() -> None:
    def same(value: Any, **_: Any) -> Any:
        return value

    ffi = ModuleType("pyodide.ffi")
    ffi.__dict__.update(JsException=JsException, create_proxy=same, to_js=same)
    proxies = ModuleType("transformers_js_py.proxies")
    proxies.__dict__.update(TjsModuleProxy=same, _TRANSFORMERS_JS=None)
    library = ModuleType("transformers_js_py")
    library.__dict__.update(proxies=proxies)
    sys.modules.setdefault("pyodide", ModuleType("pyodide"))
    sys.modules.setdefault("pyodide.ffi", ffi)
    sys.modules.setdefault("transformers_js_py", library)
    sys.modules.setdefault("transformers_js_py.proxies", proxies)


_install()
