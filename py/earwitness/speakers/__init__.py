"""Tells who spoke when: segmentation, voice vectors, clustering.

It may import the modules at the top of `earwitness`, and `speech` for its audio source and
level meter. Audio and models are behind the Protocols in `protocols`.
"""
