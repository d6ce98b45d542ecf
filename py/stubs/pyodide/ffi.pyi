from collections.abc import Callable
from typing import Any

class JsException(Exception):  # noqa: N818, its own name
    name: str
    message: str
    stack: str

def create_proxy(obj: Callable[..., Any]) -> Callable[..., Any]: ...
def to_js(obj: object, *, dict_converter: object = ...) -> Any: ...
