"""Runs senko on one 16 kHz mono WAV file: its path -> JSON with turns and seconds."""

import json
import os
import sys
import time
import warnings


def main() -> None:
    """Print {"turns": [[start_s, end_s, who]], "took_s", "cpu_s"}; loading is not counted."""
    warnings.filterwarnings("ignore")
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    import senko

    diarizer = senko.Diarizer(device="cpu", warmup=False, quiet=True)
    took_s, cpu_s = time.monotonic(), time.process_time()
    found = diarizer.diarize(sys.argv[1]) or {}
    answer = {
        "took_s": time.monotonic() - took_s,
        "cpu_s": time.process_time() - cpu_s,
        "turns": [[s["start"], s["end"], s["speaker"]] for s in found.get("merged_segments", [])],
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
