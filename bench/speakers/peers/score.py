"""Scores diarizations with pyannote.metrics: JSON from standard input to standard output.

Input: {id: {"reference": turns, "answers": {engine: turns}}}; a turn is [start_s, end_s, who].
Output: {id: {engine: {"total_s", "missed_s", "false_s", "confused_s"}}}. There is no collar, and
overlapping speech counts.
"""

import json
import sys
import warnings


def main() -> None:
    """Read, score, write."""
    warnings.filterwarnings("ignore")
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

    def annotation(turns):
        made = Annotation()
        for number, (start_s, end_s, who) in enumerate(turns):
            made[Segment(start_s, end_s), number] = who
        return made

    scores = {}
    for id, given in json.load(sys.stdin).items():
        whole = Timeline([Segment(0, given["duration_s"])])
        reference = annotation(given["reference"])
        scores[id] = {}
        for engine, turns in given["answers"].items():
            parts = DiarizationErrorRate(collar=0.0, skip_overlap=False)(
                reference, annotation(turns), uem=whole, detailed=True
            )
            scores[id][engine] = {
                "total_s": parts["total"],
                "missed_s": parts["missed detection"],
                "false_s": parts["false alarm"],
                "confused_s": parts["confusion"],
            }
    json.dump(scores, sys.stdout)


if __name__ == "__main__":
    main()
