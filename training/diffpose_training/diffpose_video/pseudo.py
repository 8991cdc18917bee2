"""Labels for unlabelled real clips: the frozen backbone on undegraded frames, averaged over mirroring and two sizes of the crop.

    python -m diffpose_training.diffpose_video.pseudo --out runs/diffpose_video/real_train CLIP.mp4 ...
    diffpose run CLIP.mp4 -o POSES/CLIP                                  # for clips of several people
    python -m diffpose_training.diffpose_video.pseudo --out runs/diffpose_video/real_train --poses POSES CLIP.mp4 ...

Without `--poses` one person is followed from the whole picture on, each box from the joints of the frame before.

Writes one folder a clip with its frames and `annotations.json` (COCO style, with a weight for each point), to be cached like any
other annotated clip. Needs ffmpeg.
"""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
from PIL import Image

from ..common.clips import JOINTS
from ..common.crop import PADDING, SIDE, STRIDE, crop_of, mirror_points, sample_crop
from ..common.movenet import Thunder, decode_single

PADDINGS = (PADDING, 1.5 * PADDING / 1.25)  # the two sizes
OUTLINE = 0.1  # of the longer side, from the joints to the outline of a person, at each edge
SURE, FULL = 0.25, 0.6  # scores at which a label begins to count and counts fully
SPREAD = 0.04  # deviation of the views, of the longer side, at which a label's weight has fallen to 1/e
LEAST_SCORE = 0.18  # mean score below which nobody is there (half a person has half the score)
FAR = 0.15  # median distance from the followed pose, of the longer side, above which the crop shows somebody else
AREA = 0.53  # share of its box that a person fills, as usual where no segment is known


def view(thunder: Thunder, picture: np.ndarray, box, padding: float, mirrored: bool) -> np.ndarray:
    """One look: (17, 3) x, y in px of the frame, score."""
    crop = crop_of(box, padding)
    pixels = sample_crop(picture, crop)
    points = decode_single(thunder((pixels[:, ::-1] if mirrored else pixels)[None]), 0)
    points[:, :2] *= STRIDE
    if mirrored:
        points = mirror_points(points, SIDE)
    points[:, :2] = crop.to_frame(points[:, :2])
    return points


def label(thunder: Thunder, picture: np.ndarray, box) -> tuple[np.ndarray, np.ndarray]:
    """Mean of the views (17, 3), and weights (17,)."""
    views = np.stack([view(thunder, picture, box, padding, mirrored) for padding in PADDINGS for mirrored in (False, True)])
    mean = views.mean(0)
    spread = np.sqrt(views[..., :2].var(0).sum(-1)) / max(box[2:])
    weights = np.clip((mean[:, 2] - SURE) / (FULL - SURE), 0, 1) * np.exp(-((spread / SPREAD) ** 2))
    return mean, np.where(weights > 0.05, weights, 0)


def outline(points: np.ndarray, size: tuple[int, int]) -> tuple[float, float, float, float] | None:
    """Box around sure joints with the margin of a body, within the picture."""
    sure = points[points[:, 2] >= 0.2, :2]
    if len(sure) < 4:
        return None
    low, high = sure.min(0), sure.max(0)
    margin = OUTLINE * (high - low).max()
    low, high = np.maximum(low - margin, 0), np.minimum(high + margin, size)
    return None if (high - low).min() < 2 else (*map(float, low), *map(float, high - low))


def frames_of(video: Path, folder: Path) -> list[Path]:
    """Frames of a video as JPEG files."""
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.glob("*.jpg")):
        subprocess.run(["ffmpeg", "-v", "error", "-i", str(video), "-vsync", "0", "-q:v", "2", "-start_number", "0", str(folder / "%05d.jpg")], check=True)
    return sorted(folder.glob("*.jpg"))


def follow(thunder: Thunder, files: list[Path]) -> dict[int, list[dict]]:
    """One person through the frames: {frame: [person]}; found in the whole picture, lost and found again."""
    box, people = None, {}
    for index, file in enumerate(files):
        picture = np.asarray(Image.open(file).convert("RGB"))
        size = (picture.shape[1], picture.shape[0])
        points = view(thunder, picture, box or (0, 0, *size), PADDING if box else 1.0, False)
        if box is None and (found := outline(points, size)) is not None:
            points = view(thunder, picture, found, PADDING, False)
        box = outline(points, size) if points[:, 2].mean() >= LEAST_SCORE else None
        people[index] = [{"id": 1, "keypoints": points.tolist()}] if box else []
    return people


def annotate(thunder: Thunder, video: Path, poses: Path | None, out: Path, every: int) -> int:
    """Frames and annotations of one clip; returns how many people were labelled."""
    folder = out / video.stem
    files = frames_of(video, folder)
    images, annotations = [], []
    if poses is None:
        people = follow(thunder, files)
    else:
        lines = [json.loads(line) for line in poses.read_text().splitlines()]
        people = {line["index"]: line["people"] for line in lines if line["type"] == "frame"}
    for index, file in enumerate(files):
        picture = np.asarray(Image.open(file).convert("RGB"))
        size = (picture.shape[1], picture.shape[0])
        images.append({"id": index, "file_name": f"{video.stem}/{file.name}", "width": size[0], "height": size[1], "frame_id": index})
        for person in people.get(index, []) if index % every == 0 else []:
            followed = np.array([point[:3] for point in person["keypoints"]])
            box = outline(followed, size)
            if box is None:
                continue
            points, weights = label(thunder, picture, box)
            sure = followed[:, 2] >= 0.2
            away = np.median(np.linalg.norm(points[sure, :2] - followed[sure, :2], axis=1)) / max(box[2:])
            if points[:, 2].mean() < LEAST_SCORE or away > FAR:
                continue
            flags = np.where(weights > 0, 2, 0)
            keypoints = np.where(flags[:, None] > 0, np.column_stack([points[:, :2], flags]), 0)
            annotations.append({
                "id": len(annotations) + 1, "image_id": index, "category_id": 1, "iscrowd": 0, "track_id": person["id"],
                "bbox": [round(v, 2) for v in box], "area": round(AREA * box[2] * box[3], 1),
                "keypoints": [round(float(v), 2) for v in keypoints.ravel()], "num_keypoints": int((flags > 0).sum()),
                "weights": [round(float(w), 3) for w in weights],
            })  # fmt: skip
    category = {"id": 1, "name": "person", "keypoints": list(JOINTS)}
    content = {"info": {"format": "pseudo/1", "source": video.name}, "images": images, "annotations": annotations, "categories": [category]}
    (folder / "annotations.json").write_text(json.dumps(content) + "\n")
    return len(annotations)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("videos", nargs="+", type=Path)
    parser.add_argument("--poses", type=Path, default=None, help="folder with NAME/**/poses.ndjson")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--every", type=int, default=3, help="label every so many frames")
    parser.add_argument("--movenet", type=Path, default=None, help="pack movenet-thunder")
    args = parser.parse_args()
    thunder = Thunder(args.movenet)
    for video in args.videos:
        if (args.out / video.stem / "annotations.json").exists():
            continue
        poses = next((args.poses / video.stem).rglob("poses.ndjson")) if args.poses else None
        print(video.stem, annotate(thunder, video, poses, args.out, args.every), flush=True)


if __name__ == "__main__":
    main()
