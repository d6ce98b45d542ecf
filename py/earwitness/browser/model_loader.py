"""Load models: fetch what is missing, keep the model and detector in use in memory."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from earwitness import engine_messages as em
from earwitness.browser.audio import PlatformSamples
from earwitness.browser.bridge import settled, settled_json
from earwitness.browser.hub_model import HubWhisper
from earwitness.browser.manifest import (
    HUB_LAYOUT,
    CarriedState,
    check_speakers_layout,
    read_hub_spec,
    read_spec,
    read_states,
)
from earwitness.browser.speaker_models import MODEL_ID as SPEAKERS_ID
from earwitness.browser.speaker_models import BrowserSpeakerModels
from earwitness.browser.transformers import (
    BrowserTokenizer,
    ComputeError,
    Device,
    Graph,
    PlatformInference,
    Transformers,
)
from earwitness.browser.vad import MODEL_ID as VAD_ID
from earwitness.browser.vad import BrowserLevels, SileroVad
from earwitness.browser.whisper_onnx import WhisperOnnx
from earwitness.errors import EarwitnessError, ModelError
from earwitness.speech.energy import EnergyVad
from earwitness.speech.protocols import ModelSpec, SpeechModel, Vad
from earwitness.speech.whisper import SAMPLE_RATE_HZ

_PROGRESS_EVERY_S = 0.1
TRIAL_S = 1.0
TOLERANCE = 0.05
"""Largest relative distance between the results of the two encoders."""

_log = logging.getLogger("earwitness.engine")
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


Setup = em.Transcribe | em.WarmUp | em.FindSpeakers
"""Its `device` and `threads` decide how models run."""


class ModelLoader:
    """The model in use, the voice activity detector, and transformers.js."""

    def __init__(self, platform: PlatformEngine, send: Callable[[em.EngineEvent], None]) -> None:
        self._platform = platform
        self._send = send
        self._transformers: Transformers | None = None
        self._threads = 1
        self._gpu = False
        self._model: SpeechModel | None = None
        self._graphs: list[Graph] = []
        self._vad: Vad | None = None
        self._speakers: BrowserSpeakerModels | None = None

    async def model(self, model_id: str, setup: Setup) -> SpeechModel:
        """Return a model, loaded; device and threads are those of the first call.

        Raises:
            ModelError: the model cannot be fetched, is damaged, or does not fit into memory.
            StorageError: the model does not fit into the browser's storage.
        """
        if self._model is not None and self._model.spec.id == model_id:
            return self._model
        await self._drop_model()
        manifest = await settled_json(
            self._platform.models.ensure(model_id, self._progress(model_id))
        )
        transformers = await self._library(setup)
        try:
            device: Device = "wasm"
            if manifest.get("layout") == HUB_LAYOUT:
                dtypes = manifest.get("dtype", {})
                self._model = await self._hub(transformers, model_id, dtypes)
            else:
                spec = read_spec(manifest)
                states = read_states(manifest)
                self._model, device = await self._own(transformers, model_id, spec, states)
        except ComputeError as error:
            if await settled(self._platform.models.heal(model_id)):
                raise ModelError(
                    "The model was damaged on this device.", hint="Try again to download it."
                ) from error
            raise
        self._send(em.EngineReady(model_id, device, self._threads))
        return self._model

    async def vad(self, setup: Setup) -> Vad:
        """Return Silero's detector, or `EnergyVad` where its file is unavailable."""
        if self._vad is None:
            try:
                await settled(self._platform.models.ensure(VAD_ID, lambda loaded, total: None))
                transformers = await self._library(setup)
                graph = await transformers.graph(VAD_ID, "vad")
                self._vad = SileroVad(graph, transformers, self._platform.samples)
            except EarwitnessError:
                self._vad = EnergyVad(BrowserLevels(self._platform.samples))
        return self._vad

    async def speakers(self, setup: Setup) -> BrowserSpeakerModels:
        """Return the models that tell speakers apart, loaded.

        Raises:
            ModelError: they cannot be fetched, are damaged, or do not fit into memory.
            StorageError: they do not fit into the browser's storage.
        """
        if self._speakers is None:
            files = self._platform.models
            ensured = files.ensure(SPEAKERS_ID, self._progress(SPEAKERS_ID))
            check_speakers_layout(await settled_json(ensured))
            transformers = await self._library(setup)
            try:
                segmentation = await transformers.graph(SPEAKERS_ID, "segmentation")
                embedding = await transformers.graph(SPEAKERS_ID, "embedding")
            except ComputeError as error:
                if await settled(files.heal(SPEAKERS_ID)):
                    raise ModelError(
                        "The speaker models were damaged on this device.",
                        hint="Try again to download them.",
                    ) from error
                raise
            samples = self._platform.samples
            self._speakers = BrowserSpeakerModels(segmentation, embedding, transformers, samples)
        return self._speakers

    async def _own(
        self,
        transformers: Transformers,
        model_id: str,
        spec: ModelSpec,
        states: tuple[CarriedState, ...],
    ) -> tuple[SpeechModel, Device]:
        encoder, device = await self._encoder(transformers, model_id)
        self._graphs.append(encoder)
        decoder = await transformers.graph(model_id, "decoder")
        self._graphs.append(decoder)
        tokenizer = BrowserTokenizer(await transformers.tokenizer(model_id), spec.eot)
        samples = self._platform.samples
        graphs = encoder, decoder
        return WhisperOnnx(spec, tokenizer, *graphs, states, transformers, samples), device

    async def _hub(
        self, transformers: Transformers, model_id: str, dtypes: dict[str, str]
    ) -> SpeechModel:
        """`dtypes`: the precision of each file, as the hub's suffixes name it."""
        files = self._platform.models
        config = await settled_json(files.text(model_id, "config.json"))
        generation = await settled_json(files.text(model_id, "generation_config.json"))
        spec, cache = read_hub_spec(model_id, config, generation)
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
            module = await settled(self._platform.loadTransformers(build, self._threads))
            self._transformers = Transformers(module, inference, lambda: self._send(em.Working()))
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
                self._send(em.ModelLoading(model_id, loaded, total))

        return progress


async def trusted_encoder(
    transformers: Transformers, model_id: str, samples: PlatformSamples, on_cpu: Graph
) -> Graph | None:
    """Return the encoder on WebGPU; None if it fails or its result differs from `on_cpu`.

    Only the encoder runs there: it is one run of large matrices a batch. The decoder's loop takes
    thousands of small steps and stays on the processor.
    """
    try:
        on_gpu = await transformers.graph(model_id, "encoder", "webgpu")
    except ComputeError as error:
        _log.warning("WebGPU cannot load the encoder: %s", error.detail)
        return None
    length = round(TRIAL_S * SAMPLE_RATE_HZ)
    audio = {"audio": transformers.tensor("float32", samples.noise(length), [1, length])}
    try:
        found, wanted = await on_gpu(audio), await on_cpu(audio)
        distance = max(transformers.distance(found[name], wanted[name]) for name in wanted)
    except ComputeError as error:
        _log.warning("WebGPU fails on the encoder: %s", error.detail)
        distance = float("inf")
    if distance <= TOLERANCE:
        return on_gpu
    _log.warning("WebGPU is not used: its result differs by %.3f", distance)
    await on_gpu.dispose()
    return None
