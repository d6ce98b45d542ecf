"""transformers.js, wrapped by transformers-js-py: ONNX graphs, tensors, tokenizers.

JavaScript imports the module, because transformers-js-py's own importer evaluates JavaScript
source, which the page's content security policy forbids.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, Protocol, cast

from pyodide.ffi import JsException
from transformers_js_py import proxies

from earwitness.browser.bridge import js_array
from earwitness.browser.manifest import TensorType
from earwitness.errors import ModelError

Device = Literal["wasm", "webgpu"]
NEVER = -1e30
"""The bias of a suppressed token."""


class PlatformInference(Protocol):
    """web/workers/inference.js."""

    def threadsFor(self, wanted: int) -> int: ...  # noqa: N802 (JavaScript's name)

    def tensor(self, module: Any, type: TensorType, values: Any, dims: Any) -> Any: ...

    def sparse(self, module: Any, length: int, places: Any, fill: float) -> Any: ...

    def rows(self, module: Any, tensor: Any, rows: Any) -> Any: ...

    def stacked(self, module: Any, parts: Any, own: Any, axis: int) -> Any: ...

    def numbers(self, tensor: Any) -> Any: ...

    def features(self, module: Any, processor: Any, windows: Any) -> Awaitable[Any]: ...

    def scores(self, logits: Any, place: int, bias: Any, ranges: Any) -> Any: ...

    def draw(
        self, logits: Any, place: int, bias: Any, ranges: Any, temperature: float, uniform: float
    ) -> Any: ...

    def hasWebGpu(self) -> Awaitable[bool]: ...  # noqa: N802 (JavaScript's name)

    def distance(self, one: Any, other: Any) -> float: ...


class ComputeError(ModelError):
    """A computation failed; the engine must be replaced."""


class Transformers:
    """transformers.js, and operations on its tensors."""

    def __init__(
        self, module: Any, inference: PlatformInference, computed: Callable[[], None]
    ) -> None:
        """`computed` is called after each run of a graph."""
        # Set by import_transformers_js, which is not used.
        proxies._TRANSFORMERS_JS = module  # pyright: ignore[reportPrivateUsage]
        self._module = module
        self._wrapped = proxies.TjsModuleProxy(module)
        self._inference = inference
        self._computed = computed
        self._biases: dict[tuple[int, tuple[int, ...]], Any] = {}

    async def graph(
        self,
        model_id: str,
        file_name: str,
        device: Device = "wasm",
        *,
        folder: str = "",
        dtype: str = "fp32",
    ) -> Graph:
        """Return an ONNX file of a model, loaded. `dtype`: the hub's suffix; fp32 has none.

        Raises:
            ComputeError: the graph is damaged or does not fit into memory.
        """
        options = {
            "config": {"model_type": "custom"},
            "model_file_name": file_name,
            "subfolder": folder,
            "dtype": dtype,
            "device": device,
        }
        try:
            model = await self._wrapped.PreTrainedModel.from_pretrained(model_id, options)
        except JsException as error:
            raise ComputeError(
                "The model did not load.",
                hint="Close other tabs if memory is short, or choose a smaller model.",
                detail=f"{model_id}/{file_name}: {error}",
            ) from error
        return Graph(model, self._computed)

    async def processor(self, model_id: str) -> Any:
        """Return the feature extractor of a model, a JavaScript object."""
        processor = await self._wrapped.AutoFeatureExtractor.from_pretrained(model_id)
        return processor._js_obj

    async def features(self, processor: Any, windows: Sequence[Any]) -> Any:
        """Return log-mel spectrograms of windows padded to 30 s: [rows, mels, frames]."""
        return await self._inference.features(self._module, processor, js_array(windows))

    def scores(
        self, logits: Any, place: int, bias: Any, ranges: Sequence[tuple[int, int]]
    ) -> list[tuple[float, float, float]]:
        """Return the largest logit, its token and the log-sum-exp of each range [start, stop).

        `place`: index of [row, position], flat. `bias` is added to logits.
        """
        found: Any = self._inference.scores(logits, place, bias, _flat(ranges))
        values = iter(found.to_py().tolist())
        return list(zip(values, values, values, strict=True))

    def draw(
        self,
        logits: Any,
        place: int,
        bias: Any,
        ranges: Sequence[tuple[int, int]],
        temperature: float,
        uniform: float,
    ) -> tuple[int, float]:
        """Return a token of these ranges, sampled at a temperature, and its logit."""
        token, logit = self._inference.draw(
            logits, place, bias, _flat(ranges), temperature, uniform
        ).to_py()
        return int(token), logit

    async def tokenizer(self, model_id: str) -> Any:
        """Return the tokenizer of a model."""
        return await self._wrapped.AutoTokenizer.from_pretrained(model_id)

    def tensor(self, type: TensorType, values: Any, dims: Sequence[int]) -> Any:
        """Return a tensor of a JavaScript array or a Python list."""
        values = js_array(cast("list[object]", values)) if isinstance(values, list) else values
        return self._inference.tensor(self._module, type, values, js_array(dims))

    def bias(self, vocabulary_size: int, suppressed: tuple[int, ...]) -> Any:
        """Return a vector that suppresses tokens when it is added to logits."""
        key = vocabulary_size, suppressed
        if key not in self._biases:
            self._biases[key] = self._inference.sparse(
                self._module, vocabulary_size, js_array(suppressed), NEVER
            )
        return self._biases[key]

    def rows(self, tensor: Any, rows: Sequence[int]) -> Any:
        """Return some rows of a batch as a tensor."""
        return self._inference.rows(self._module, tensor, js_array(rows))

    def stacked(self, parts: Sequence[Any], own: Sequence[int], axis: int) -> Any:
        """Return single rows as one batch; after `own` frames each is padded with its silence."""
        return self._inference.stacked(self._module, js_array(parts), js_array(own), axis)

    def numbers(self, tensor: Any) -> list[Any]:
        """Return all values of a tensor, flat."""
        return self._inference.numbers(tensor).to_py().tolist()

    def distance(self, one: Any, other: Any) -> float:
        """Return the relative distance of two tensors; not finite where one is damaged."""
        return self._inference.distance(one, other)


def _flat(ranges: Sequence[tuple[int, int]]) -> Any:
    return js_array([edge for each in ranges for edge in each])


class Graph:
    """A loaded ONNX graph; its named inputs and outputs are JavaScript tensors."""

    def __init__(self, model: Any, computed: Callable[[], None]) -> None:
        self._model = model
        self._computed = computed

    async def __call__(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Return the outputs for these inputs.

        Raises:
            ComputeError: the computation failed (out of memory, lost device).
        """
        try:
            outputs = await self._model(inputs)
        except JsException as error:
            raise ComputeError(
                "The model failed during computation.",
                hint="Close other tabs if memory is short, or choose a smaller model.",
                detail=str(error),
            ) from error
        self._computed()
        return {name: output._js_obj for name, output in outputs.items()}

    def dispose(self) -> Awaitable[Any]:
        """Free its memory."""
        return self._model.dispose()


class BrowserTokenizer:
    """Implements `earwitness.speech.protocols.Tokenizer`."""

    def __init__(self, tokenizer: Any, first_special: int) -> None:
        self._tokenizer = tokenizer
        self._first_special = first_special
        self._encode_options = {"add_special_tokens": False}
        self._decode_options = {"skip_special_tokens": True, "clean_up_tokenization_spaces": False}

    def encode(self, text: str) -> list[int]:
        """Return text tokens, without special tokens."""
        return list(self._tokenizer.encode(text, self._encode_options))

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text; special tokens and timestamps are skipped."""
        text = [token for token in tokens if token < self._first_special]
        if not text:
            return ""
        return self._tokenizer.decode(text, self._decode_options)
