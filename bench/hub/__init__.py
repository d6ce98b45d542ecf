"""Exports the same weights in the peers' layouts: the model hub's ONNX and whisper.cpp's file.

The ONNX graphs have the form that the hub's usual exporter gives them: one node per operation, no
fusion, padding to 30 s, caches as inputs and outputs of every token.
"""
