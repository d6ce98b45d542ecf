"""Published Whisper weights -> ONNX graphs that run fast in a browser.

Reads CTranslate2 `model.bin` and Hub safetensors, writes ONNX with numpy alone (no torch).
Nothing here imports the rest of Earwitness, and nothing that runs in a page imports this.
"""
