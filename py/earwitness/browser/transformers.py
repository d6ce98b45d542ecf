"""transformers.js, wrapped by transformers-js-py: single ONNX graphs and tokenizers.

The shim imports and sets up the module, because transformers-js-py's own importer evaluates
JavaScript source, which the page's content security policy forbids.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, Literal, Protocol, cast

from pyodide.ffi import JsException
from transformers_js_py import proxies

from earwitness.browser.bridge import array
from earwitness.errors import ModelError

Device = Literal["wasm", "webgpu"]
TensorType = Literal["float32", "int64", "bool"]


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
        self,
        logits: Any,
        place: int,
        bias: Any,
        ranges: Any,
        temperature: float,
        uniform: float,
    ) -> Any: ...

    def hasWebGpu(self) -> Awaitable[bool]: ...  # noqa: N802 (JavaScript's name)

    def distance(self, one: Any, other: Any) -> float: ...


class ComputeError(ModelError):
    """The engine itself is in doubt: what comes next needs a fresh one."""


class Transformers:
    """The library, and tensors for it."""

    def __init__(self, module: Any, inference: PlatformInference) -> None:
        # What import_transformers_js would have set.
        proxies._TRANSFORMERS_JS = module  # pyright: ignore[reportPrivateUsage]
        self._module = module
        self._wrapped = proxies.TjsModuleProxy(module)
        self._inference = inference

    async def graph(
        self,
        model_id: str,
        file_name: str,
        device: Device = "wasm",
        *,
        folder: str = "",
        dtype: str = "fp32",
    ) -> Graph:
        """Load one ONNX file of a model. `dtype` chooses the hub's suffix: fp32 has none.

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
                "The model could not be loaded.",
                hint="Close other tabs if memory is short, or choose a smaller model.",
                detail=f"{model_id}/{file_name}: {error}",
            ) from error
        return Graph(model)

    async def processor(self, model_id: str) -> Any:
        """The feature extractor of a model on this device, a JavaScript object."""
        processor = await self._wrapped.AutoFeatureExtractor.from_pretrained(model_id)
        return processor._js_obj

    async def features(self, processor: Any, windows: Sequence[Any]) -> Any:
        """Log-mel spectrograms of windows of samples, padded to 30 s: [rows, mels, frames]."""
        return await self._inference.features(self._module, processor, array(windows))

    def scores(self, logits: Any, place: int, bias: Any, ranges: Sequence[int]) -> list[float]:
        """Largest logit, its token and the log-sum-exp of each range [start, stop).

        `place` counts [row, position] through; `ranges` is flat; `bias` is added.
        """
        return self._inference.scores(logits, place, bias, array(ranges)).to_py().tolist()

    def draw(
        self,
        logits: Any,
        place: int,
        bias: Any,
        ranges: Sequence[int],
        temperature: float,
        uniform: float,
    ) -> tuple[int, float]:
        """A token of these ranges drawn at a temperature, and its logit."""
        token, logit = self._inference.draw(
            logits, place, bias, array(ranges), temperature, uniform
        ).to_py()
        return int(token), logit

    async def tokenizer(self, model_id: str) -> Any:
        """The tokenizer of a model on this device."""
        return await self._wrapped.AutoTokenizer.from_pretrained(model_id)

    def tensor(self, type: TensorType, values: Any, dims: Sequence[int]) -> Any:
        """A tensor of a JavaScript array or a Python list."""
        values = array(cast("list[object]", values)) if isinstance(values, list) else values
        return self._inference.tensor(self._module, type, values, array(dims))

    def sparse(self, length: int, places: Sequence[int], fill: float) -> Any:
        """A float vector that is `fill` at `places` and 0 elsewhere."""
        return self._inference.sparse(self._module, length, array(places), fill)

    def rows(self, tensor: Any, rows: Sequence[int]) -> Any:
        """Some rows of a batch, as a tensor of their own."""
        return self._inference.rows(self._module, tensor, array(rows))

    def stacked(self, parts: Sequence[Any], own: Sequence[int], axis: int) -> Any:
        """Single rows as one batch. After `own` frames each is silence, prolonged as needed."""
        return self._inference.stacked(self._module, array(parts), array(own), axis)

    def numbers(self, tensor: Any) -> list[Any]:
        """All values of a tensor, flat."""
        return self._inference.numbers(tensor).to_py().tolist()

    def distance(self, one: Any, other: Any) -> float:
        """Relative distance of two tensors; not finite where one is damaged."""
        return self._inference.distance(one, other)


class Graph:
    """A loaded ONNX graph: named tensors in, named tensors out, all of them JavaScript objects."""

    def __init__(self, model: Any) -> None:
        self._model = model

    async def __call__(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """Run it.

        Raises:
            ComputeError: the computation failed (out of memory, lost device).
        """
        try:
            outputs = await self._model(inputs)
        except JsException as error:
            raise ComputeError(
                "The model failed while it computed.",
                hint="Close other tabs if memory is short, or choose a smaller model.",
                detail=str(error),
            ) from error
        return {name: output._js_obj for name, output in outputs.items()}

    def dispose(self) -> Awaitable[Any]:
        """Free its memory."""
        return self._model.dispose()
