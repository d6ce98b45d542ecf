"""Models on this device, loaded once: fetched where they are missing, kept while they are used."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from earwitness.browser.audio import BrowserLevels, PlatformSamples
from earwitness.browser.bridge import answer, read
from earwitness.browser.hub_manifest import LAYOUT as HUB_LAYOUT
from earwitness.browser.hub_manifest import read_hub
from earwitness.browser.hub_model import HubWhisper
from earwitness.browser.manifest import read_spec
from earwitness.browser.tokenizer import BrowserTokenizer
from earwitness.browser.transformers import (
    ComputeError,
    Device,
    Graph,
    PlatformInference,
    Transformers,
)
from earwitness.browser.vad import MODEL_ID as VAD_ID
from earwitness.browser.vad import SileroVad
from earwitness.browser.webgpu import trusted_encoder
from earwitness.browser.whisper_onnx import WhisperModel
from earwitness.engine_messages import EngineEvent, EngineReady, ModelLoading
from earwitness.errors import EarwitnessError, ModelError
from earwitness.speech.energy import EnergyVad
from earwitness.speech.protocols import ModelSpec, SpeechModel, Vad

_PROGRESS_EVERY_S = 0.1
HUB_FILES = ("encoder_model", "decoder_model_merged")


class PlatformModelStore(Protocol):
    """`ModelFiles` in web/workers/model-files.js."""

    def ensure(self, id: str, progress: Callable[[int, int], None]) -> Awaitable[str]: ...

    def text(self, id: str, path: str) -> Awaitable[str]: ...

    def heal(self, id: str) -> Awaitable[bool]: ...


class PlatformEngine(Protocol):
    """The part of `EngineWorker.platform` in web/workers/engine-worker.js that models come from."""

    models: PlatformModelStore
    inference: PlatformInference
    samples: PlatformSamples

    def loadTransformers(self, device: str, threads: int) -> Awaitable[Any]: ...  # noqa: N802


class Setup(Protocol):
    """What of a request settles how models run: `Transcribe` and `WarmUp` have it."""

    @property
    def device(self) -> str:
        """`auto`, `wasm` or `webgpu`."""
        ...

    @property
    def threads(self) -> int:
        """0: choose."""
        ...


class Models:
    """The model in use, its voice activity detector, and the library both run on."""

    def __init__(self, platform: PlatformEngine, send: Callable[[EngineEvent], None]) -> None:
        self._platform = platform
        self._send = send
        self._transformers: Transformers | None = None
        self._threads = 1
        self._gpu = False
        self._model: SpeechModel | None = None
        self._graphs: list[Graph] = []
        self._vad: Vad | None = None

    async def model(self, model_id: str, setup: Setup) -> SpeechModel:
        """The model, ready. Device and threads are those of the first call.

        Raises:
            ModelError: it cannot be fetched, is damaged, or does not fit into memory.
            StorageError: it does not fit into this browser's storage.
        """
        if self._model is not None and self._model.spec.id == model_id:
            return self._model
        await self._drop_model()
        manifest = read(
            await answer(self._platform.models.ensure(model_id, self._progress(model_id)))
        )
        transformers = await self._library(setup)
        try:
            self._model, device = await self._load(transformers, model_id, manifest)
        except ComputeError:
            await self._explain(model_id)
            raise
        self._send(EngineReady(model_id, device, self._threads))
        return self._model

    async def _explain(self, model_id: str) -> None:
        """Why did it not load? Bytes that rotted on the disk are deleted and fetched anew.

        Raises:
            ModelError: that was it.
        """
        if await answer(self._platform.models.heal(model_id)):
            raise ModelError(
                "The model was damaged on this device.", hint="Retry: it will be fetched anew."
            )

    async def _load(
        self, transformers: Transformers, model_id: str, manifest: dict[str, Any]
    ) -> tuple[SpeechModel, Device]:
        if manifest.get("layout") == HUB_LAYOUT:
            return await self._hub(transformers, model_id, manifest.get("dtype", {})), "wasm"
        return await self._own(transformers, model_id, read_spec(manifest))

    async def vad(self, setup: Setup) -> Vad:
        """Silero; loudness alone where its file cannot be had."""
        if self._vad is None:
            try:
                await answer(self._platform.models.ensure(VAD_ID, lambda loaded, total: None))
                transformers = await self._library(setup)
                graph = await transformers.graph(VAD_ID, "vad")
                self._vad = SileroVad(graph, transformers, self._platform.samples)
            except EarwitnessError:
                self._vad = EnergyVad(BrowserLevels(self._platform.samples))
        return self._vad

    async def _own(
        self, transformers: Transformers, model_id: str, spec: ModelSpec
    ) -> tuple[SpeechModel, Device]:
        encoder, device = await self._encoder(transformers, model_id)
        self._graphs.append(encoder)
        decoder = await transformers.graph(model_id, "decoder")
        self._graphs.append(decoder)
        tokenizer = BrowserTokenizer(await transformers.tokenizer(model_id), spec.eot)
        samples = self._platform.samples
        return WhisperModel(spec, tokenizer, encoder, decoder, transformers, samples), device

    async def _hub(
        self, transformers: Transformers, model_id: str, dtypes: dict[str, str]
    ) -> SpeechModel:
        """`dtypes` names the precision of each file, as the hub's suffixes do."""
        files = self._platform.models
        config = read(await answer(files.text(model_id, "config.json")))
        generation = read(await answer(files.text(model_id, "generation_config.json")))
        spec, cache = read_hub(model_id, config, generation)
        for name in HUB_FILES:
            dtype = dtypes.get(name, "fp32")
            graph = await transformers.graph(model_id, name, folder="onnx", dtype=dtype)
            self._graphs.append(graph)
        tokenizer = BrowserTokenizer(await transformers.tokenizer(model_id), spec.eot)
        processor = await transformers.processor(model_id)
        encoder, decoder = self._graphs
        return HubWhisper(spec, tokenizer, processor, encoder, decoder, cache, transformers)

    async def _encoder(self, transformers: Transformers, model_id: str) -> tuple[Graph, Device]:
        on_cpu = await transformers.graph(model_id, "encoder")
        if self._gpu:
            on_gpu = await trusted_encoder(transformers, model_id, self._platform.samples, on_cpu)
            if on_gpu is not None:
                await on_cpu.dispose()
                return on_gpu, "webgpu"
        return on_cpu, "wasm"

    async def _library(self, setup: Setup) -> Transformers:
        if self._transformers is None:
            inference = self._platform.inference
            self._threads = inference.threadsFor(setup.threads)
            self._gpu = setup.device == "webgpu" and await inference.hasWebGpu()
            build = "webgpu" if self._gpu else "wasm"
            module = await answer(self._platform.loadTransformers(build, self._threads))
            self._transformers = Transformers(module, inference)
        return self._transformers

    async def _drop_model(self) -> None:
        self._model = None
        while self._graphs:
            await self._graphs.pop().dispose()

    def _progress(self, model_id: str) -> Callable[[int, int], None]:
        last_s = 0.0

        def progress(loaded: int, total: int) -> None:
            nonlocal last_s
            now_s = time.monotonic()
            if loaded == total or now_s - last_s >= _PROGRESS_EVERY_S:
                last_s = now_s
                self._send(ModelLoading(model_id, loaded, total))

        return progress
