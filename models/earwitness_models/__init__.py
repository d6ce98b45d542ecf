"""Converts published weights to ONNX graphs that run fast in a browser.

Reads CTranslate2 `model.bin`, safetensors and PyTorch checkpoints; writes ONNX with numpy and the
onnx helpers, without torch. This package imports nothing else of Earwitness, and nothing that runs
in a page may import it. Never put inference policy here; it belongs in `earwitness.speech` and
`earwitness.speakers`.
"""
