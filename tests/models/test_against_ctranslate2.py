"""Exported graphs in full precision give the same tokens as CTranslate2 on real speech."""

from __future__ import annotations

import numpy as np
import pytest

from tests.conftest import Clip
from tests.models.native import WINDOW_SAMPLES, Exported, Reference, audio_of

CLIPS = {
    "tiny.en": ["en-echotest", "en-connection", "en-instructions"],
    "base": ["en-echotest", "es-connection", "fr-echotest", "ru-connection"],
}


@pytest.mark.slow
@pytest.mark.parametrize("timestamps", [True, False], ids=["timestamps", "text"])
def test_greedy_tokens_equal_ctranslate2_s(
    exact: Exported,
    reference: Reference,
    clips: dict[str, Clip],
    timestamps: bool,
) -> None:
    names = CLIPS[exact.manifest["id"]]
    # With timestamps every clip is compared; without them, one fewer.
    for name in names if timestamps else names[1:]:
        clip = clips[name]
        prompt = exact.start(clip.language, timestamps=timestamps)
        theirs = reference.model.generate(
            reference.encode_file(clip.path), [prompt], beam_size=1, max_length=224 + len(prompt),
            max_initial_timestamp_index=50, return_scores=True, return_no_speech_prob=True,
        )[0]  # fmt: skip
        ours = exact.decode(
            exact.encode_file(clip.path), np.array([prompt]), timestamps=np.array([timestamps])
        )
        length = int(ours["lengths"][0])
        assert ours["tokens"][0, 0, :length].tolist() == theirs.sequences_ids[0], name
        assert length > 20
        assert ours["no_speech_probability"][0] == pytest.approx(theirs.no_speech_prob, abs=1e-4)
        total = ours["log_probabilities"][0, 0, : length + 1].sum()
        assert total / length == pytest.approx(theirs.scores[0], abs=2e-3)


@pytest.mark.slow
@pytest.mark.parametrize("beams", [5])
def test_beam_search_equals_ctranslate2_s(
    exact: Exported, reference: Reference, clips: dict[str, Clip], beams: int
) -> None:
    """The same words, or likelier ones: the two end a search by slightly different rules."""
    better = 0
    for name in CLIPS[exact.manifest["id"]][1:]:
        clip = clips[name]
        prompt = np.array([exact.start(clip.language, timestamps=True)])
        theirs = reference.model.generate(
            reference.encode_file(clip.path), prompt.tolist(), beam_size=beams, max_length=448,
            max_initial_timestamp_index=50, return_scores=True,
        )[0]  # fmt: skip
        cross = exact.encode_file(clip.path)
        [ours] = exact.search(cross, prompt, beams)
        assert ours.finished
        count = len(ours.tokens)
        score = sum(ours.token_log_probabilities) / count
        if list(ours.tokens) == theirs.sequences_ids[0]:
            assert score == pytest.approx(theirs.scores[0], abs=2e-3), name
        else:
            better += 1
            assert score > theirs.scores[0] - 2e-3, name
    assert better <= 1


def test_detected_language_equals_ctranslate2_s(
    exact: Exported, reference: Reference, clips: dict[str, Clip]
) -> None:
    if not exact.manifest["multilingual"]:
        pytest.skip("an English model detects no language")
    languages: dict[str, int] = exact.tokens["languages"]
    for name in ("es-connection", "ru-connection"):
        path = clips[name].path
        ours = exact.decode(
            exact.encode_file(path), np.array([[exact.tokens["sot"]]]), max_steps=np.array([1])
        )
        logits = ours["first_logits"][0, list(languages.values())].astype(np.float64)
        shares = np.exp(logits - logits.max())
        shares /= shares.sum()
        theirs = reference.model.detect_language(reference.encode_file(path))[0]
        best = list(languages)[int(shares.argmax())]
        assert best == theirs[0][0].strip("<|>") == clips[name].language
        assert shares.max() == pytest.approx(theirs[0][1], abs=1e-3)


def test_word_times_follow_ctranslate2_s_alignment(
    exact: Exported, reference: Reference, clips: dict[str, Clip]
) -> None:
    clip = clips["en-connection"]
    audio = audio_of(clip.path)
    start = exact.start(clip.language, timestamps=False)
    cross = exact.encode_file(clip.path)
    greedy = exact.decode(cross, np.array([start]), timestamps=np.array([False]))
    text = greedy["tokens"][0, 0, : greedy["lengths"][0]].tolist()
    frames = int(clip.duration_s * 50)
    theirs = reference.model.align(
        reference.encode_file(clip.path), start[:-1], [text], frames * 2
    )[0]
    whole = np.array([[*start, *text, exact.tokens["eot"]]])
    ours = exact.decode(
        cross,
        whole,
        max_steps=np.array([1]),
        audio_frames=np.array([frames]),
    )
    costs = -ours["alignment"][0, len(start) - 1 : -1, :frames].astype(np.float64)
    path = warp(costs)
    first = dict(reversed(path))
    expected = dict(reversed(theirs.alignments))
    late = [abs(first[token] - expected[token]) for token in expected if token in first]
    assert len(late) > 20
    assert np.median(late) <= 1
    assert np.quantile(late, 0.9) <= 5
    assert audio.shape[1] == WINDOW_SAMPLES


def warp(costs: np.ndarray) -> list[tuple[int, int]]:
    """The cheapest monotonic path through a [tokens, frames] matrix."""
    rows, columns = costs.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0
    for i in range(rows):
        for j in range(columns):
            best = min(total[i, j], total[i, j + 1], total[i + 1, j])
            total[i + 1, j + 1] = costs[i, j] + best
    path: list[tuple[int, int]] = []
    i, j = rows, columns
    while i > 0 and j > 0:
        path.append((i - 1, j - 1))
        steps = {(i - 1, j - 1), (i - 1, j), (i, j - 1)}
        i, j = min(steps, key=lambda at: total[at])
    return path[::-1]
