"""Whisper and Silero on this machine, behind the Protocols of `earwitness.speech`."""
