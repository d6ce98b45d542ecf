"""PyTorch checkpoints are read without running their pickle."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from earwitness_models.errors import WeightFormatError
from earwitness_models.torch_file import read_torch

VALUES = np.arange(6, dtype=np.float32)


def text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


CALL = b"cos\nsystem\n" + text("touch harmed.txt") + b"\x85R"
"""`os.system("touch harmed.txt")`."""


def tensor(kind: str = "FloatStorage", rows: int = 2) -> bytes:
    """A matrix of three columns over storage 0, as torch.save describes it."""
    storage = b"(" + text("storage") + f"ctorch\n{kind}\n".encode() + text("0") + text("cpu")
    shape = b"K\x00" + b"K" + bytes([rows]) + b"K\x03\x86" + b"K\x03K\x01\x86"
    end = b"\x89ccollections\nOrderedDict\n)RtR"
    return b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\x06tQ" + shape + end


def checkpoint(folder: Path, program: bytes) -> Path:
    path = folder / "model.pt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", program)
        archive.writestr("archive/data/0", VALUES.tobytes())
    return path


def state_dict(value: bytes) -> bytes:
    return b"\x80\x02}" + text("weight") + value + b"s."


def test_tensors_are_read(tmp_path: Path) -> None:
    read = read_torch(checkpoint(tmp_path, state_dict(tensor())))
    np.testing.assert_array_equal(read["weight"], VALUES.reshape(2, 3))


def test_tensors_below_state_dict_are_read(tmp_path: Path) -> None:
    program = b"\x80\x02}" + text("state_dict") + b"}" + text("weight") + tensor() + b"ss."
    assert list(read_torch(checkpoint(tmp_path, program))) == ["weight"]


def test_calls_in_a_checkpoint_are_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    program = b"\x80\x02}" + text("epoch") + CALL + b"s" + text("weight") + tensor() + b"s."
    assert list(read_torch(checkpoint(tmp_path, program))) == ["weight"]
    assert not (tmp_path / "harmed.txt").exists()


@pytest.mark.parametrize(
    ("program", "problem"),
    [
        (state_dict(tensor("BFloat16Storage")), "torch BFloat16Storage is unknown"),
        (state_dict(tensor(rows=3)), "storage 0 is truncated"),
        (b"\x80\x02(cos\nsystem\no.", "its description uses OBJ"),
        (b"\x80\x02K\x01.", "it contains no state dict"),
        (b"\x80\x02R.", "it is damaged"),
        (b"\x80\x02K\x01K\x02K\x03tQ.", "it is damaged"),
        (b"\x80\x02\xff", "it is damaged"),
    ],
)
def test_unreadable_checkpoint_is_rejected(tmp_path: Path, program: bytes, problem: str) -> None:
    with pytest.raises(WeightFormatError, match=problem):
        read_torch(checkpoint(tmp_path, program))


def test_file_that_is_no_zip_is_rejected(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(b"not a zip file")
    with pytest.raises(WeightFormatError, match="it is damaged"):
        read_torch(path)
