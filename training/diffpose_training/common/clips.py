"""Annotated clips: folders of frames with COCO-style or PoseTrack18 JSON, people followed through them.

Every `*.json` with `images` and `annotations` below the root counts (but `index.json`). Frames of a clip are the images of one
file with the same `vid_id` (PoseTrack18) or, without one, all images of the file, in the order of `frame_id`; a file whose
images have no `frame_id` holds stills, each a clip of one frame. People are followed by `track_id`. Keypoints are mapped to COCO-17
by their names in `categories`; an annotation may carry `weights` (17), e.g. of pseudo labels, else a visible point weighs 1.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .joint_sets import COCO17, JointSet

JOINTS = COCO17.joints
OCCLUDED_WEIGHT = 0.5  # of a point that is annotated but hidden


@dataclass
class Sight:
    """One person in one frame."""

    box: tuple[float, float, float, float]
    full_box: tuple[float, float, float, float]  # hidden parts included, where known
    points: np.ndarray  # (17, 3) x, y px, v: 2 visible, 1 hidden, 0 not annotated
    weights: np.ndarray  # (17,)
    area: float
    exact: bool  # absent points are known to be out of the picture (rendered truth), not merely unlabelled
    head: float = 0.0  # head size of PCKh: 0.6 of the diagonal of the head's box, px; 0 where unknown


@dataclass
class Clip:
    """Frames in order and who is in them."""

    name: str
    files: list[Path]
    people: dict[int, dict[int, Sight]]  # track -> frame -> sight


def columns_of(categories: list[dict], joints: JointSet = COCO17) -> list[int]:
    """For each joint its column in the file, or -1. A file that names no joints has all of them in order."""
    return joints.columns(next((c["keypoints"] for c in categories if c.get("keypoints")), list(joints.joints)))


def sight_of(annotation: dict, columns: list[int], exact: bool) -> Sight:
    """One annotation with the joints of `columns`."""
    given = np.asarray(annotation["keypoints"], np.float32).reshape(-1, 3)
    points = np.stack([given[c] if c >= 0 else np.zeros(3, np.float32) for c in columns])
    weights = annotation.get("weights")
    weights = np.where(points[:, 2] >= 2, 1.0, np.where(points[:, 2] > 0, OCCLUDED_WEIGHT, 0.0)) if weights is None else np.asarray(weights)
    box = tuple(annotation["bbox"])
    area = float(annotation.get("area") or box[2] * box[3])
    head = 0.6 * float(np.hypot(*annotation["head_bbox"][2:])) if "head_bbox" in annotation else 0.0
    return Sight(box, tuple(annotation.get("bbox_full", box)), points, weights.astype(np.float32), area, exact, head)


def clips_of(file: Path, joints: JointSet = COCO17) -> list[Clip]:
    """All clips of one annotation file; frames are looked for beside it and one folder up, also in `images`."""
    content = json.loads(file.read_text())
    columns = columns_of(content.get("categories", []), joints)
    exact = content.get("info", {}).get("format", "").startswith("synth")
    roots = (file.parent.parent, file.parent, file.parent / "images", file.parent.parent / "images")
    root = next((r for r in roots if content["images"] and (r / content["images"][0]["file_name"]).exists()), file.parent.parent)
    groups: dict[str, list[dict]] = {}
    for image in content["images"]:
        still = "frame_id" not in image
        key = f"{file.stem}/{image['id']}" if still else str(image.get("vid_id", file.parent.name if file.stem == "annotations" else file.stem))
        groups.setdefault(key, []).append(image)
    by_image: dict[int, list[dict]] = {}
    for annotation in content["annotations"]:
        if not annotation.get("iscrowd") and any(annotation.get("keypoints", [])) and min(annotation.get("bbox", [0] * 4)[2:]) > 0:
            by_image.setdefault(annotation["image_id"], []).append(annotation)
    clips = []
    for name, images in groups.items():
        images.sort(key=lambda image: image.get("frame_id", 0))
        people: dict[int, dict[int, Sight]] = {}
        for frame, image in enumerate(images):
            for annotation in by_image.get(image["id"], []):
                people.setdefault(int(annotation.get("track_id", annotation["id"])), {})[frame] = sight_of(annotation, columns, exact)
        clips.append(Clip(name, [root / image["file_name"] for image in images], people))
    return clips


def read_clips(root: Path, joints: JointSet = COCO17) -> list[Clip]:
    """All clips below a folder, or of one JSON file, in the order of their paths."""
    if root.is_file():
        return clips_of(root, joints)
    return [clip for file in sorted(root.rglob("*.json")) if file.name != "index.json" for clip in clips_of(file, joints)]


def frames_around(key: int, count: int, length: int, step: int = 1) -> list[int]:
    """Frames of a window; at the ends the nearest frame is repeated."""
    return [min(max(key + step * (i - count // 2), 0), length - 1) for i in range(count)]
