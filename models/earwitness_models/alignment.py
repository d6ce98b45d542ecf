"""Adds nodes that turn the attention of the alignment heads into a map of tokens to frames.

The steps are those of openai/whisper `timing.py`: take the weights of the frames with audio,
standardise over the tokens, filter with a median of 7 frames, average over the heads.
"""

from __future__ import annotations

from .graph import FLOAT, Graph

MEDIAN_WIDTH = 7
MEDIAN_NETWORK = (
    *((0, 5), (0, 3), (1, 6), (2, 4), (0, 1), (3, 5), (2, 6)),
    *((2, 3), (3, 6), (4, 5), (1, 4), (1, 3), (3, 4)),
)
"""Pairs of wires to compare in turn; the smaller value goes to the first wire. Wire 3 ends with the
median (N. Devillard, "Fast median search")."""


def alignment(graph: Graph, attention: str, frames: str, tokens: str) -> str:
    """Add [batch, heads, n, all frames] -> [batch, n, largest number of frames with audio].

    `frames` int64 [batch] is the number of frames with audio, `tokens` int64 [batch] the number of
    tokens that count. Beyond these frames the result is zero; beyond these tokens it has no
    meaning.
    """
    last = graph.ints(-1)
    longest = graph.op("ReduceMax", frames, keepdims=0)
    least = graph.op("Max", longest, graph.int(MEDIAN_WIDTH))
    end = graph.op("Unsqueeze", least, graph.ints(0))
    attention = graph.slice(attention, graph.ints(0), end, 3)
    all_frames = graph.op("Squeeze", graph.op("Shape", attention, start=3, end=4), graph.ints(0))
    all_tokens = graph.op("Squeeze", graph.op("Shape", attention, start=2, end=3), graph.ints(0))
    frame = graph.op("Range", graph.int(0), all_frames, graph.int(1))
    token = graph.op("Unsqueeze", graph.op("Range", graph.int(0), all_tokens, graph.int(1)), last)
    inside = graph.op("Less", frame, graph.op("Unsqueeze", frames, graph.ints(1, 2, 3)))
    counted = graph.op("Less", token, graph.op("Unsqueeze", tokens, graph.ints(1, 2, 3)))
    mask = graph.op("Cast", counted, to=FLOAT)

    audible = graph.op("Where", inside, attention, graph.float(0.0))
    total = graph.op("ReduceSum", audible, last, keepdims=1)
    share = graph.op("Div", audible, graph.op("Max", total, graph.float(1e-30)))
    count = graph.op("ReduceSum", mask, graph.ints(2), keepdims=1)

    def mean(values: str) -> str:
        masked = graph.op("Mul", values, mask)
        return graph.op("Div", graph.op("ReduceSum", masked, graph.ints(2), keepdims=1), count)

    centred = graph.op("Sub", share, mean(share))
    spread = graph.op("Sqrt", mean(graph.op("Mul", centred, centred)))
    standard = graph.op("Div", centred, graph.op("Max", spread, graph.float(1e-12)))
    return graph.op("ReduceMean", _median(graph, standard), graph.ints(1), keepdims=0)


def _median(graph: Graph, values: str) -> str:
    """A running median of 7 over the last axis with mirrored edges, by Devillard's network."""
    half = MEDIAN_WIDTH // 2
    padded = graph.op("Pad", values, graph.ints(half, half), "", graph.ints(-1), mode="reflect")
    length = graph.op("Shape", values, start=3, end=4)
    wires = [
        graph.slice(padded, graph.ints(i), graph.op("Add", length, graph.ints(i)), 3)
        for i in range(MEDIAN_WIDTH)
    ]
    needed = _needed_outputs()
    for position, (low, high) in enumerate(MEDIAN_NETWORK):
        pair = (wires[low], wires[high])
        if (position, low) in needed:
            wires[low] = graph.op("Min", *pair)
        if (position, high) in needed:
            wires[high] = graph.op("Max", *pair)
    return wires[half]


def _needed_outputs() -> set[tuple[int, int]]:
    """The (comparison, wire) results of the network that the median depends on."""
    needed: set[tuple[int, int]] = set()
    wanted = {MEDIAN_WIDTH // 2}
    for position, pair in reversed(list(enumerate(MEDIAN_NETWORK))):
        used = wanted.intersection(pair)
        if used:
            needed.update((position, wire) for wire in used)
            wanted.update(pair)
    return needed
