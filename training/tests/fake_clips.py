"""A stand-in for MoveNet, and clips of noise."""

import json

import numpy as np
from PIL import Image

from diffpose_training.common.clips import JOINTS
from diffpose_training.common.movenet import Seen


class FakeThunder:
    """Features that follow from the crop's mean."""

    def __init__(self):
        self.crops = 0

    def __call__(self, crops: np.ndarray) -> Seen:
        self.crops += len(crops)
        level = crops.mean((1, 2, 3))[:, None, None, None]

        def plane(channels: int, side: int) -> np.ndarray:
            return np.broadcast_to(level / 100, (len(crops), channels, side, side)).astype(np.float32)

        return Seen(
            plane(24, 64), plane(24, 32), plane(32, 16), plane(64, 8), plane(1, 64), plane(17, 64) - 3, plane(34, 64), plane(34, 64)
        )


def write_clip(folder, name: str, frames: int = 4, size=(120, 90), **extra) -> None:
    """Pictures of noise and one person who walks to the right."""
    (folder / name).mkdir(parents=True)
    rng = np.random.default_rng(len(name))
    images, annotations = [], []
    for frame in range(frames):
        picture = rng.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
        Image.fromarray(picture).save(folder / name / f"{frame:03d}.png")
        images.append({"id": frame, "file_name": f"{name}/{frame:03d}.png", "frame_id": frame})
        points = [[40 + frame + joint, 30 + 2 * joint, 1 + joint % 2] for joint in range(17)]
        annotations.append({
            "id": frame, "image_id": frame, "track_id": 1, "category_id": 1, "bbox": [35 + frame, 25, 30, 45], "area": 700.0,
            "keypoints": [v for p in points for v in p],
        })  # fmt: skip
    category = {"id": 1, "name": "person", "keypoints": extra.pop("names", list(JOINTS))}
    content = {"info": extra, "images": images, "annotations": annotations, "categories": [category]}
    (folder / name / "annotations.json").write_text(json.dumps(content))
