"""The stock peer's model: the layout that any Whisper of the model hub has, from the same weights.

Written as its usual exporter writes it (one node an operation, no fusion of ours, padding to 30 s,
caches passed in and out at every token), so that the comparison is with what people run.
"""
