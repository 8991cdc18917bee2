"""OKS average precision with the evaluator of COCO (pycocotools), and PCKh, for people whose boxes are given."""

import contextlib
import io

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from .clips import JOINTS, Sight
from .joint_sets import COCO17, JointSet

PCKH = 0.5
NAMES = ("AP", "AP50", "AP75", "APM", "APL", "AR")
FIGURES = (0, 1, 2, 3, 4, 5)  # of COCOeval.stats for keypoints


def quiet(function, *inputs):
    """Without the evaluator's prints."""
    with contextlib.redirect_stdout(io.StringIO()):
        return function(*inputs)


def precision(images: list[int], sights: list[Sight], points: np.ndarray, joints: JointSet = COCO17) -> dict[str, float]:
    """AP of predictions (n, J, 3) x, y in px of the frame, score, one for each person; percent. A person's score is the mean over its joints."""
    truth, found = [], []
    for number, (image, sight, pose) in enumerate(zip(images, sights, points)):
        labels = np.column_stack([sight.points[:, :2], sight.points[:, 2]])
        truth.append({
            "id": number + 1, "image_id": image, "category_id": 1, "iscrowd": 0, "area": sight.area, "bbox": list(map(float, sight.box)),
            "num_keypoints": int((labels[:, 2] > 0).sum()), "keypoints": labels.ravel().tolist(),
        })  # fmt: skip
        keypoints = np.column_stack([pose[:, :2], np.ones(joints.count)]).ravel().tolist()
        found.append({"image_id": image, "category_id": 1, "keypoints": keypoints, "score": float(pose[:, 2].mean())})
    coco = COCO()
    coco.dataset = {
        "info": {}, "images": [{"id": image} for image in sorted(set(images))], "annotations": truth,
        "categories": [{"id": 1, "name": "person", "keypoints": list(joints.joints)}],
    }  # fmt: skip
    quiet(coco.createIndex)
    evaluator = COCOeval(coco, quiet(coco.loadRes, found), "keypoints")
    evaluator.params.kpt_oks_sigmas = np.array(joints.sigmas)
    for stage in (evaluator.evaluate, evaluator.accumulate, evaluator.summarize):
        quiet(stage)
    return {name: round(100 * float(evaluator.stats[i]), 2) for name, i in zip(NAMES, FIGURES)}


def pckh(sights: list[Sight], points: np.ndarray) -> dict[str, float]:
    """Share of annotated joints within half a head, percent: over all joints ("all") and for each joint with left and right together."""
    heads = np.array([sight.head for sight in sights])
    truth = np.stack([sight.points for sight in sights])
    known = (truth[..., 2] > 0) & (heads > 0)[:, None]
    if not known.any():
        return {}
    near = np.linalg.norm(points[..., :2] - truth[..., :2], axis=-1) <= PCKH * heads[:, None]
    out = {"all": round(100 * float(near[known].mean()), 2)}
    for name in dict.fromkeys(joint.split("_")[-1] for joint in JOINTS):
        columns = [i for i, joint in enumerate(JOINTS) if joint.endswith(name)]
        if known[:, columns].any():
            out[name] = round(100 * float(near[:, columns][known[:, columns]].mean()), 2)
    return out


def measure(images: list[int], sights: list[Sight], points: np.ndarray, joints: JointSet = COCO17) -> dict:
    """Both; PCKh only of COCO's joints."""
    out = {"oks": precision(images, sights, points, joints)}
    return out | ({"pckh": pckh(sights, points)} if joints is COCO17 else {})
