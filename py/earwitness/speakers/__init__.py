"""Tells who spoke when: segmentation, voice vectors, clustering, words to speakers.

It may import the modules at the top of `earwitness`, and `speech` for its audio source. Audio and
models are behind the Protocols in `protocols`.
"""
