"""Tells who spoke when: segmentation, voice vectors, clustering, words to speakers.

Runs in the page and on the server. It may import the modules at the top of `earwitness` and the
standard library. Audio and models are behind the Protocols in `protocols`.
"""
