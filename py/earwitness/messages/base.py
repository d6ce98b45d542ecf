"""What every message is."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import ClassVar, dataclass_transform


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Message:
    """A frozen dataclass with a `type`: the name of its class in lower case, with hyphens."""

    type: ClassVar[str]

    def __init_subclass__(cls) -> None:
        dataclass(frozen=True)(cls)
        cls.type = re.sub(r"\B(?=[A-Z])", "-", cls.__name__).lower()


class Done(Message):
    """The request is carried out and saved."""
