"""Fits what the 17 points of a 2D detector are on a skeleton, from the annotations of a synthetic set.

    python3 -m synth --out SYNTH --clips 150 --frames 3 --size 352x264 --fps 3 --seed 1 --split train --no-images --ss 1
    python -m diffpose_training.diffpose_3d.fit_points SYNTH

writes, beside this file,
    coco_to_h36m.json   constants of the COCO-17 -> H36M-17 conversion (lifting_input.py and the TypeScript side read them)
    head_points.json    where nose, eyes and ears lie in the head frame (detector.py reads it)

The head frame: origin joint 9 (skull base), unit length |joint 10 - joint 9|, axes (right, up, forward) of the person.
"""

import argparse
import json
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
# Relative weights of nose, left eye, right eye, left ear, right ear in joint 10. Not fitted: every convex choice predicts
# the head centre equally well (residual 23 mm), so ears, the steadiest points, get the most, and the face stays visible.
HEAD_WEIGHTS = [1, 1, 1, 3, 3]


def read_points(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """All annotated people: COCO points (N, 17, 3) and H36M joints (N, 17, 3), camera space, metres."""
    coco, h36m = [], []
    for file in sorted(folder.glob("*/annotations.json")):
        for person in json.loads(file.read_text())["annotations"]:
            coco.append(np.reshape(person["keypoints3d"], (17, -1))[:, :3])
            h36m.append(np.reshape(person["joints3d_h36m"], (17, -1))[:, :3])
    return np.array(coco), np.array(h36m)


def fit_neck(coco: np.ndarray, h36m: np.ndarray) -> tuple[float, float]:
    """a of joint 9 = m + a (e - m), m = mid shoulders, e = mid ears; and its mean residual in metres."""
    mid = (coco[:, 5] + coco[:, 6]) / 2
    span, target = (coco[:, 3] + coco[:, 4]) / 2 - mid, h36m[:, 9] - mid
    a = float((span * target).sum() / (span * span).sum())
    return a, float(np.linalg.norm(target - a * span, axis=-1).mean())


def head_axes(up: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Orthonormal (right, up, forward) as rows (N, 3, 3); `right` need not be orthogonal to `up`."""
    up = up / np.linalg.norm(up, axis=-1, keepdims=True)
    right = right - (right * up).sum(-1, keepdims=True) * up
    right = right / np.linalg.norm(right, axis=-1, keepdims=True)
    return np.stack([right, up, np.cross(up, right)], axis=-2)


def fit_head(coco: np.ndarray, h36m: np.ndarray) -> dict:
    """Mean place of the five face points in the head frame, their spread, and the yaw against the shoulders."""
    up = h36m[:, 10] - h36m[:, 9]
    length = np.linalg.norm(up, axis=-1)
    axes = head_axes(up, coco[:, 4] - coco[:, 3])
    local = np.einsum("nij,nkj->nki", axes, coco[:, :5] - h36m[:, 9:10]) / length[:, None, None]
    body = np.einsum("nij,nj->ni", axes, coco[:, 6] - coco[:, 5])  # shoulders' right in the head frame
    yaw = np.arctan2(body[:, 2], body[:, 0])
    return {
        "points": np.round(local.mean(0), 3).tolist(),
        "spread": np.round(local.std(0), 3).tolist(),
        "yawStd": round(float(yaw.std()), 3),
        "headOverNeck": round(float(length.mean() / np.linalg.norm(h36m[:, 9] - h36m[:, 8], axis=-1).mean()), 3),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("synth", type=Path)
    args = parser.parse_args()
    coco, h36m = read_points(args.synth)
    neck, residual = fit_neck(coco, h36m)
    made_by = f"python -m diffpose_training.diffpose_3d.fit_points SYNTH ({len(coco)} people, split train, seed 1)"
    (HERE / "coco_to_h36m.json").write_text(
        json.dumps({"neck": round(neck, 2), "head": HEAD_WEIGHTS, "neckResidualMetres": round(residual, 4), "madeBy": made_by}) + "\n"
    )
    (HERE / "head_points.json").write_text(json.dumps({**fit_head(coco, h36m), "madeBy": made_by}) + "\n")
    print((HERE / "coco_to_h36m.json").read_text(), (HERE / "head_points.json").read_text())


if __name__ == "__main__":
    main()
