"""The tables of the report, from test clips whose boxes are given to every method.

    python -m diffpose_training.diffpose_video.spoil_clips --clips TEST --out runs/diffpose_video/spoilt --kinds clean blur occlusion small dark mixed
    python -m diffpose_training.diffpose_video.evaluate --spoilt runs/diffpose_video/spoilt --stills person_keypoints.json

Caches the features below CACHE/test_*, runs every checkpoint RUNS/{model,conv,frames1,frames3,...}.pt that exists, and writes
REPORTS/diffpose_video.{md,json}. The test split is for the end; `--split-name val` and clips of val for anything before.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from ..common.accuracy import measure
from ..common.batches import Cached
from ..common.caching import build_all
from ..common.clips import Clip, Sight, read_clips
from ..common.crop import STRIDE
from ..common.degrade import KINDS
from ..common.movenet import Thunder
from ..common.windows import all_windows
from .cache import WINDOWS
from .graphs import DTYPES, Pack
from .model import DiffposeVideo, ModelConfig
from .report import markdown
from .train import predict

DEFAULT = {"sets": 3, "steps": 2}
SETS, STEP_COUNTS = (1, 5, 10, 20), (1, 2, 4, 8, 16)
LABELS = {"conv": "features + convolution head", "frames1": "DiffPose-Video, 1 frame", "frames3": "DiffPose-Video, 3 frames", "model": "DiffPose-Video, 5 frames"}


def load_model(file: Path) -> DiffposeVideo:
    """A trained network with its averaged weights."""
    saved = torch.load(file, weights_only=True)
    settings = saved["model"]["model"]
    settings = {k: tuple(v) if isinstance(v, list) else v for k, v in settings.items()}
    model = DiffposeVideo(ModelConfig(**settings))
    model.load_state_dict(saved["average"])
    return model.to(memory_format=torch.channels_last).eval()


class Scene:
    """One set of clips: its cached windows, who they show, and MoveNet's answer."""

    def __init__(self, name: str, source: Path, cache: Path, every: int, thunder: Thunder):
        clips: list[Clip] = read_clips(source)
        build_all(clips, cache / f"test_{name}", every, thunder, WINDOWS)
        self.name, self.windows = name, Cached(cache / f"test_{name}")
        self.images: list[int] = []
        self.sights: list[Sight] = []
        for number, window in all_windows(clips, every):
            self.images.append(1000 * number + window.key)
            self.sights.append(clips[number].people[window.track][window.key])

    def in_frame(self, points: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Cells of the crop as px of the frame."""
        place = np.asarray(self.windows.store.arrays["place"][rows])
        out = np.array(points, np.float64)
        out[..., :2] = out[..., :2] * STRIDE * place[:, None, 2:3] + place[:, None, :2]
        return out

    def score(self, points: np.ndarray, rows: np.ndarray) -> dict:
        """Figures of predictions in cells."""
        pose = self.in_frame(points, rows)
        return measure([self.images[r] for r in rows], [self.sights[r] for r in rows], pose)

    def movenet(self, rows: np.ndarray) -> dict:
        """Figures of the backbone's own decoding."""
        return self.score(np.asarray(self.windows.store.arrays["movenet"][rows]), rows)

    def rows(self, most: int | None = None) -> np.ndarray:
        """All windows, or an even choice."""
        count = len(self.windows)
        return np.arange(count) if most is None or most >= count else np.unique(np.linspace(0, count - 1, most).astype(int))

    def run(self, model, rows: np.ndarray, **options) -> dict:
        """Figures of a model."""
        found, _ = predict(model, self.windows, rows, **options)
        return self.score(found.numpy(), rows)


def start_table(models: dict[str, DiffposeVideo], scenes: list[Scene]) -> dict:
    """Every method on every set."""
    table: dict[str, dict] = {"movenet": {scene.name: scene.movenet(scene.rows()) for scene in scenes}}
    for name, model in models.items():
        if name in LABELS:
            table[name] = {scene.name: scene.run(model, scene.rows(), **DEFAULT) for scene in scenes}
    table["still"] = {scene.name: scene.run(models["model"], scene.rows(), still=True, **DEFAULT) for scene in scenes}
    return table


def dial_tables(model: DiffposeVideo, scene: Scene, rows: np.ndarray) -> dict:
    """Sets, steps and the start of the noise, one model, one set of clips."""
    return {
        "scene": scene.name,
        "windows": len(rows),
        "sets": {n: scene.run(model, rows, sets=n, steps=1) for n in SETS},
        "setsOf4Steps": {n: scene.run(model, rows, sets=n, steps=4) for n in SETS},
        "steps": {n: scene.run(model, rows, sets=1, steps=n) for n in STEP_COUNTS},
        "start": {kind: scene.run(model, rows, start=kind, **({**DEFAULT, "sets": 1} if kind == "zeros" else DEFAULT)) for kind in ("normal", "zeros")},
    }


def dtype_table(pack: Path, config: ModelConfig, scene: Scene, rows: np.ndarray, threads: int) -> dict:
    """Size, milliseconds and accuracy of each dtype in ONNX Runtime."""
    out = {}
    for dtype in DTYPES:
        files = [pack / f"{name}_{dtype}.onnx" for name in ("encode", "denoise")]
        session = Pack(*files, config, threads)
        begun = time.perf_counter()
        figures = scene.run(session, rows, **DEFAULT)
        spent = 1000 * (time.perf_counter() - begun) / len(rows)
        out[dtype] = {"bytes": sum(f.stat().st_size for f in files), "msPerWindow": round(spent, 1), **figures}
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spoilt", type=Path, required=True, help="folder with one folder a kind, from spoil_clips")
    parser.add_argument("--stills", type=Path, default=None, help="annotated real pictures (COCO keypoint JSON)")
    parser.add_argument("--every", type=int, default=3, help="every so many frames are key frames")
    parser.add_argument("--cache", type=Path, default=Path("runs/diffpose_video/cache"))
    parser.add_argument("--runs", type=Path, default=Path("runs/diffpose_video"))
    parser.add_argument("--models", nargs="+", default=None, help="checkpoints by name, default those that exist")
    parser.add_argument("--pack", type=Path, default=Path("../models/diffpose-video"))
    parser.add_argument("--reports", type=Path, default=Path("reports"))
    parser.add_argument("--split-name", default="test")
    parser.add_argument("--dial", default="mixed", help="set of clips of the tables of sets, steps, start, dtype")
    parser.add_argument("--most", type=int, default=150, help="windows of those tables")
    parser.add_argument("--keep", action="store_true", help="keep the table against the start of an earlier report of the same checkpoints")
    parser.add_argument("--quick", action="store_true", help="only the table against the start")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    thunder = Thunder(threads=args.threads)
    kinds = [kind for kind in KINDS if (args.spoilt / kind).is_dir()]
    scenes = [Scene(kind, args.spoilt / kind, args.cache, args.every, thunder) for kind in kinds]
    if args.stills is not None:
        scenes.append(Scene("stills", args.stills, args.cache, 1, thunder))
    names = args.models or [name for name in (*LABELS, "lmsfi_off", "lmsfi_j1", "lmsfi_all") if (args.runs / f"{name}.pt").exists()]
    models = {name: load_model(args.runs / f"{name}.pt") for name in names}
    stem = "diffpose_video" if args.split_name == "test" else f"diffpose_video_{args.split_name}"
    report = args.reports / f"{stem}.json"
    result = {
        "command": f"python -m diffpose_training.diffpose_video.evaluate --every {args.every} --dial {args.dial} --most {args.most}",
        "split": args.split_name, "default": DEFAULT, "torch": torch.__version__,
        "windows": {scene.name: len(scene.windows) for scene in scenes},
        "trainedSteps": {name: torch.load(args.runs / f"{name}.pt", weights_only=True)["step"] for name in names},
    }  # fmt: skip
    before = json.loads(report.read_text()) if args.keep and report.exists() else {}
    same = all(before.get(field) == result[field] for field in ("default", "windows", "trainedSteps"))
    result["start"] = before["start"] if same else start_table(models, scenes)
    dial = next((scene for scene in scenes if scene.name == args.dial), scenes[0])
    rows = dial.rows(args.most)
    if not args.quick:
        result["dials"] = dial_tables(models["model"], dial, rows)
        lookups = {name: model for name, model in models.items() if name.startswith("lmsfi")}
        result["lmsfi"] = {name: dial.run(model, rows, **DEFAULT) for name, model in lookups.items()}
        if (args.pack / "manifest.json").exists():
            result["dtypes"] = dtype_table(args.pack, models["model"].config, dial, rows, args.threads)
    args.reports.mkdir(parents=True, exist_ok=True)
    report.write_text(json.dumps(result, indent=1) + "\n")
    (args.reports / f"{stem}.md").write_text(markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main()
