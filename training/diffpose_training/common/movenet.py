"""The frozen MoveNet thunder: features, heatmap logits, and its own decoding, the starting point that DiffPose-Video is measured against."""

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import onnxruntime

HALF_DISTANCE = 1.8  # cells at which a weight falls to a half; a constant of the model
JOINTS = 17


def default_pack() -> Path:
    """The pack that `setup` makes, in the repository."""
    return Path(__file__).resolve().parents[3] / "models" / "movenet-thunder"


def sigmoid(logit: np.ndarray) -> np.ndarray:
    """The logistic function."""
    return 1 / (1 + np.exp(-np.clip(logit, -60, 60)))


@dataclass
class Seen:
    """What the network says of a batch of crops, each (n, channels, rows, columns)."""

    features_4: np.ndarray
    features_8: np.ndarray
    features_16: np.ndarray
    features_32: np.ndarray
    center: np.ndarray
    keypoint_heatmap: np.ndarray  # logits
    keypoint_regression: np.ndarray
    keypoint_offset: np.ndarray


class Thunder:
    """Graph `person` of the pack, which hands out heads and features in one pass."""

    def __init__(self, pack: Path | None = None, threads: int = 1):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        file = (pack or default_pack()) / "person_fp32.onnx"
        self.session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self.names = [field.name for field in fields(Seen)]

    def __call__(self, crops: np.ndarray) -> Seen:
        """Crops (n, side, side, 3), 0..255; one at a time, which is faster than a batch."""
        parts = [self.session.run(self.names, {"image": crop.astype(np.float32).transpose(2, 0, 1)[None]}) for crop in crops]
        return Seen(**{name: np.concatenate(values) for name, values in zip(self.names, zip(*parts))})


def decode_single(seen: Seen, index: int) -> np.ndarray:
    """The person nearest the middle: (17, 3) x, y in cells (the first cell's centre is 0.5), probability."""
    center, heat = sigmoid(seen.center[index, 0]), sigmoid(seen.keypoint_heatmap[index])
    rows, columns = center.shape
    row, column = np.mgrid[:rows, :columns]
    start = np.argmax(center / (np.hypot(row - rows / 2, column - columns / 2) + HALF_DISTANCE))
    start_row, start_column = divmod(int(start), columns)
    regression = seen.keypoint_regression[index].reshape(JOINTS, 2, rows, columns)[:, :, start_row, start_column]
    y, x = start_row + regression[:, 0, None, None], start_column + regression[:, 1, None, None]
    weight = HALF_DISTANCE / (np.hypot(row - y, column - x) + HALF_DISTANCE)
    best = (heat * weight).reshape(JOINTS, -1).argmax(1)
    offset = seen.keypoint_offset[index].reshape(JOINTS, 2, -1)[np.arange(JOINTS), :, best]
    score = heat.reshape(JOINTS, -1)[np.arange(JOINTS), best]
    return np.stack([best % columns + offset[:, 1], best // columns + offset[:, 0], score], -1).astype(np.float32)
