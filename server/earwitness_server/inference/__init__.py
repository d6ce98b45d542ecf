"""Inference: Whisper and Silero on this machine, and who may use them. Knows no HTTP."""
