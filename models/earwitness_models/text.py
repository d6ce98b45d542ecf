"""The decoder's transformer: n new tokens -> their activations, and caches longer by n."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .blocks import Blocks, Residual
from .encoder import cross_name
from .graph import Graph
from .quantise import Embeddings
from .weights import CrossAttention, SelfAttention, WhisperWeights, as_float32

Head = tuple[int, int]
"""A decoder layer and one of its heads."""


@dataclass(frozen=True)
class Text:
    """The outputs of the decoder's layers."""

    hidden: str
    """Activations [batch, n, d] before the last norm."""
    caches: list[str]
    """Keys and values of each layer in order, [batch, heads, past + n, head_dim]."""
    attention: str
    """Attention weights of the alignment heads, [batch, alignment heads, n, frames]."""


@dataclass(frozen=True)
class TextLayers:
    """Writes the decoder's layers into the body of the decode loop."""

    blocks: Blocks
    weights: WhisperWeights
    alignment_heads: Sequence[Head]
    embeddings: Embeddings

    @property
    def graph(self) -> Graph:
        """The graph that the layers are added to."""
        return self.blocks.graph

    def run(self, tokens: str, positions: str, mask: str, caches: Sequence[str]) -> Text:
        """Add the layers for `tokens` int64 [batch, n].

        `positions` int64 [n or 1] are the tokens' positions in the text. `mask` float32
        [batch, 1, n, past + n] is added to the scores of self-attention.
        """
        layers = self.weights.decoder_layers
        residual = self.blocks.start(self._embed(tokens, positions), layers[0].attention.norm)
        grown: list[str] = []
        aligned: list[str] = []
        for i, layer in enumerate(layers):
            past = (caches[2 * i], caches[2 * i + 1])
            update, key, value = self._self_attention(residual, i, layer.attention, mask, past)
            grown += [key, value]
            residual = self.blocks.add(
                residual, update, layer.attention.output.bias, layer.cross.norm
            )
            update, probabilities = self._cross_attention(residual, i, layer.cross)
            heads = [head for at, head in self.alignment_heads if at == i]
            if heads:
                chosen = self.graph.ints(*heads)
                aligned.append(self.graph.op("Gather", probabilities, chosen, axis=1))
            residual = self.blocks.add(
                residual, update, layer.cross.output.bias, layer.feed_forward.norm
            )
            last = i + 1 == len(layers)
            following = self.weights.decoder_norm if last else layers[i + 1].attention.norm
            residual = self.blocks.feed_forward(
                residual, f"decoder_{i}", layer.feed_forward, following
            )
        return Text(residual.stream, grown, self.graph.op("Concat", *aligned, axis=1))

    def logits(self, hidden: str) -> str:
        """Add the last norm and the output projection: [rows, d] -> [rows, vocabulary]."""
        normalised = self.blocks.norm(hidden, self.weights.decoder_norm)
        return self.embeddings.project(self.graph, normalised)

    def _embed(self, tokens: str, positions: str) -> str:
        graph = self.graph
        table = graph.store("positions", as_float32(self.weights.decoder_positions))
        vectors = graph.op("Gather", table, positions, axis=0)
        return graph.op("Add", self.embeddings.lookup(graph, tokens), vectors)

    def _self_attention(
        self,
        residual: Residual,
        index: int,
        layer: SelfAttention,
        mask: str,
        past: tuple[str, str],
    ) -> tuple[str, str, str]:
        graph = self.graph
        name = f"decoder_{index}"
        fused = self.blocks.linear(residual.normalised, f"{name}_qkv", layer.query_key_value)
        query, key, value = graph.ops("Split", 3, fused, axis=2, num_outputs=3)
        mixed, key, value = graph.ops(
            "MultiHeadAttention",
            3,
            *(query, key, value, "", "", mask, *past),
            num_heads=self.weights.heads,
        )
        return self.blocks.matmul(mixed, f"{name}_out", layer.output), key, value

    def _cross_attention(
        self, residual: Residual, index: int, layer: CrossAttention
    ) -> tuple[str, str]:
        """Return the update, and the attention weights [batch, heads, n, frames]."""
        graph = self.graph
        heads, head_dim = self.weights.heads, self.weights.head_dim
        name = f"decoder_{index}_cross"
        scale = float(np.float32(head_dim) ** -0.5)
        query = self.blocks.linear(residual.normalised, f"{name}_query", layer.query, scale)
        split = graph.reshape(query, 0, 0, heads, head_dim)
        turned = graph.op("Transpose", split, perm=[0, 2, 1, 3])
        scores = graph.op("MatMul", turned, cross_name("key", index))
        probabilities = graph.op("Softmax", scores, axis=-1)
        mixed = graph.op("MatMul", probabilities, cross_name("value", index))
        joined = graph.reshape(graph.op("Transpose", mixed, perm=[0, 2, 1, 3]), 0, 0, -1)
        return self.blocks.matmul(joined, f"{name}_out", layer.output), probabilities
