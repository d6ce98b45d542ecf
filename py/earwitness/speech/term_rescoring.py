"""Write expected terms into a decoded window, where the model finds them likely enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from earwitness.speech.fallback import Decoded
from earwitness.speech.protocols import Branch, Hypothesis, SpeechModel
from earwitness.speech.settings import TermSettings
from earwitness.speech.terms import Candidate, Term, candidates, text_tokens


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate, and how likely it is."""

    candidate: Candidate
    values: tuple[float, ...]
    """Log-probabilities of its tokens."""


@dataclass(frozen=True, slots=True)
class TermRescorer:
    """A model and the terms of a run."""

    model: SpeechModel
    terms: tuple[Term, ...]
    settings: TermSettings

    async def rescore(self, decoded: Decoded, prompt: Sequence[int]) -> Decoded:
        """Return the decode with the terms that it sounds like and that are likely enough.

        `prompt` is as in `SpeechModel.align`.

        Raises:
            ModelError: the computation failed.
        """
        spec, hypothesis = self.model.spec, decoded.hypothesis
        if decoded.verdict == "silent":
            return decoded
        tried = candidates(spec, self.model.tokenizer, hypothesis, self.terms, self.settings)
        if not tried:
            return decoded
        text = text_tokens(spec, hypothesis)
        tail = self.settings.tail_tokens
        branches = [
            Branch(each.first, (*each.tokens, *text[each.last : each.last + tail]))
            for each in tried
        ]
        own: tuple[float, ...] = ()
        scores: list[tuple[float, ...]] = []
        for at in range(0, len(branches), self.settings.scored_together):
            part = branches[at : at + self.settings.scored_together]
            values = await self.model.score(decoded.encoded, decoded.row, prompt, text, part)
            if values is None:
                return decoded
            own = values[0]
            scores += values[1:]
        chosen = choose(tried, own, scores)
        if not chosen:
            return decoded
        return replace(decoded, hypothesis=written(spec.eot, hypothesis, chosen))


def choose(
    tried: Sequence[Candidate],
    text: Sequence[float],
    branches: Sequence[Sequence[float]],
) -> list[Scored]:
    """Return the candidates to write, in the order of the text; no two take the same place.

    `text`: log-probabilities of the text as it is; `branches`: of each candidate and the tail.
    """
    likely: list[tuple[float, Scored]] = []
    for candidate, values in zip(tried, branches, strict=True):
        tail = len(values) - len(candidate.tokens)
        gain = sum(values) - sum(text[candidate.first : candidate.last + tail])
        if gain + candidate.margin >= 0:
            own = tuple(values[: len(candidate.tokens)])
            likely.append((gain + candidate.margin, Scored(candidate, own)))
    likely.sort(key=lambda each: -each[0])
    chosen: list[Scored] = []
    for _, scored in likely:
        place = scored.candidate
        if all(
            place.last <= other.candidate.first or other.candidate.last <= place.first
            for other in chosen
        ):
            chosen.append(scored)
    return sorted(chosen, key=lambda each: each.candidate.first)


def written(eot: int, hypothesis: Hypothesis, chosen: Sequence[Scored]) -> Hypothesis:
    """Return the hypothesis with the chosen candidates in their places."""
    tokens: list[int] = []
    values: list[float] = []
    old = hypothesis.token_log_probabilities
    waiting = list(chosen)
    index = 0
    for token, value in zip(hypothesis.tokens, old, strict=False):
        if token >= eot:
            tokens.append(token)
            values.append(value)
            continue
        place = waiting[0].candidate if waiting else None
        if place is not None and index == place.first:
            tokens += place.tokens
            values += waiting[0].values
        if place is None or index < place.first:
            tokens.append(token)
            values.append(value)
        index += 1
        if place is not None and index == place.last:
            waiting.pop(0)
    values += old[len(hypothesis.tokens) :]
    # What competed with the old text does not with this one.
    return replace(
        hypothesis, tokens=tuple(tokens), token_log_probabilities=tuple(values), competitors=()
    )
