"""The tables of the report, from annotated pictures whose boxes are given to every method.

    python -m diffpose_training.diffusionpose.evaluate --sets synth=synth_test real=person_keypoints.json

Caches the features below CACHE/test_*, runs RUNS/model.pt and every ablation RUNS/ab_*.pt that exists, and writes REPORTS/diffusionpose.{md,json}. The test
split is for the end; `--split-name val` and clips of val for anything before.
"""

import argparse
import json
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch

from ..common.accuracy import pckh, precision
from ..common.batches import Cached
from ..common.caching import build_all
from ..common.joint_sets import JOINT_SETS, JointSet
from ..common.movenet import Thunder
from ..common.windows import all_windows
from ..diffpose_video.evaluate import Scene
from ..diffpose_video.graphs import DTYPES
from .graphs import Pack
from .model import ModelConfig
from .predict import load_model, movenet_as, predict
from .report import markdown
from .sampler import START
from .stills import read_people, stills_of

DEFAULT = {"steps": 2, "sampler": "feedback"}
STEP_COUNTS, HYPOTHESES, STARTS = (0, 1, 2, 3, 5), (1, 4, 8), (50, 100, 200, 300, 500)


class People(Scene):
    """One set of pictures: cached features, who they show, and MoveNet's answer."""

    def __init__(self, name: str, source: Path, cache: Path, every: int, joints: JointSet, thunder: Thunder):
        clips = read_people(source, joints)
        folder = cache / (f"test_{name}" if joints.name == "coco17" else f"test_{name}_{joints.name}")
        build_all(clips, folder, every, thunder, stills_of(joints))
        self.name, self.joints, self.windows = name, joints, Cached(folder)
        pairs = all_windows(clips, every)
        self.images = [1000 * number + window.key for number, window in pairs]
        self.sights = [clips[number].people[window.track][window.key] for number, window in pairs]

    def score(self, points: np.ndarray, rows: np.ndarray) -> dict:
        """Figures of predictions in cells."""
        pose, sights = self.in_frame(points, rows), [self.sights[r] for r in rows]
        out = {"oks": precision([self.images[r] for r in rows], sights, pose, self.joints)}
        return out | ({"pckh": pckh(sights, pose)} if self.joints.name == "coco17" else {})

    def decoded(self, rows: np.ndarray) -> dict:
        """Figures of MoveNet's own decoding."""
        given = torch.from_numpy(self.windows.store.arrays["movenet"][rows])
        return self.score(movenet_as(given, ModelConfig(joints=self.joints.name)).numpy(), rows)

    def run(self, model, rows: np.ndarray, **options) -> dict:
        """Figures of a model."""
        found, _ = predict(model, self.windows, rows, **options)
        return self.score(found.numpy(), rows)


def main_table(model, scenes: list[People], plain) -> dict:
    """Every method on every set."""
    table = {"movenet": {scene.name: scene.decoded(scene.rows()) for scene in scenes}}
    if plain is not None:
        table["plain"] = {scene.name: scene.run(plain, scene.rows(), steps=0) for scene in scenes}
    for steps in STEP_COUNTS:
        table[f"s{steps}" if steps else "conv"] = {scene.name: scene.run(model, scene.rows(), steps=steps) for scene in scenes}
    return table


def dial_tables(model, scene: People, rows: np.ndarray) -> dict:
    """Where samplers start, what they are fed, and hypotheses: one model, one set."""
    run = partial(scene.run, model, rows)
    return {
        "scene": scene.name, "people": len(rows),
        "start": {t: run(steps=2, start=t) for t in STARTS},
        "fed": {"drawn again": run(steps=2), "as answered": run(steps=2, again=False)},
        "noise": {f"{steps} steps, {m} hypotheses": run(steps=steps, sampler="noise", hypotheses=m) for steps in (1, 2, 5) for m in HYPOTHESES},
        "coarse": {f"{steps} steps, {m} hypotheses": run(steps=steps, sampler="coarse", hypotheses=m) for steps in (1, 2) for m in HYPOTHESES},
    }  # fmt: skip


def ablation_table(models: dict, scene: People, rows: np.ndarray) -> dict:
    """Convolution head, one and two steps of each network."""
    return {name: {str(steps): scene.run(model, rows, steps=steps) for steps in (0, 1, 2)} for name, model in models.items()}


def dtype_table(pack: Path, config: ModelConfig, scene: People, rows: np.ndarray, threads: int) -> dict:
    """Size, milliseconds and accuracy of each dtype in ONNX Runtime."""
    out = {}
    for dtype in DTYPES:
        files = [pack / f"{name}_{dtype}.onnx" for name in ("encode", "denoise")]
        session = Pack(*files, config, threads)
        begun = time.perf_counter()
        figures = scene.run(session, rows, **DEFAULT)
        spent = 1000 * (time.perf_counter() - begun) / len(rows)
        out[dtype] = {"bytes": sum(f.stat().st_size for f in files), "msPerPerson": round(spent, 1), **figures}
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", nargs="+", required=True, metavar="NAME=PATH", help="folders of annotated clips or pictures, or JSON files")
    parser.add_argument("--every", type=int, default=3, help="every so many frames of a clip")
    parser.add_argument("--cache", type=Path, default=Path("runs/diffusionpose/cache"))
    parser.add_argument("--runs", type=Path, default=Path("runs/diffusionpose"))
    parser.add_argument("--name", default="model")
    parser.add_argument("--pack", type=Path, default=Path("../models/diffusionpose"))
    parser.add_argument("--reports", type=Path, default=Path("reports"))
    parser.add_argument("--split-name", default="test")
    parser.add_argument("--dial", default=None, help="set of the tables below the first, default the first one")
    parser.add_argument("--most", type=int, default=300, help="people of those tables")
    parser.add_argument("--quick", action="store_true", help="only the first table")
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    model = load_model(args.runs / f"{args.name}.pt")
    joints, thunder = JOINT_SETS[model.config.joints], Thunder(threads=args.threads)
    named = [part.partition("=") for part in args.sets]
    scenes = [People(name, Path(path), args.cache, args.every, joints, thunder) for name, _, path in named]
    ablations = {file.stem: load_model(file) for file in sorted(args.runs.glob("ab_*.pt"))}
    plain = load_model(args.runs / "plain.pt") if (args.runs / "plain.pt").exists() else None
    dial = next((scene for scene in scenes if scene.name == args.dial), scenes[0])
    result = {
        "command": f"python -m diffpose_training.diffusionpose.evaluate --sets {' '.join(name + '=PATH' for name, _, _ in named)} --every {args.every} --most {args.most}",
        "split": args.split_name, "default": {**DEFAULT, "start": START}, "torch": torch.__version__,
        "people": {scene.name: len(scene.windows) for scene in scenes},
        "trainedSteps": {name: torch.load(args.runs / f"{name}.pt", weights_only=True)["step"] for name in (args.name, *ablations)},
        "main": main_table(model, scenes, plain),
    }  # fmt: skip
    if not args.quick:
        rows = dial.rows(args.most)
        result["dials"] = dial_tables(model, dial, rows)
        result["ablations"] = ablation_table(ablations, dial, rows)
        if (args.pack / "manifest.json").exists():
            result["dtypes"] = dtype_table(args.pack, model.config, dial, rows, args.threads)
    args.reports.mkdir(parents=True, exist_ok=True)
    stem = "diffusionpose" if args.split_name == "test" else f"diffusionpose_{args.split_name}"
    (args.reports / f"{stem}.json").write_text(json.dumps(result, indent=1) + "\n")
    (args.reports / f"{stem}.md").write_text(markdown(result))
    print(markdown(result))


if __name__ == "__main__":
    main()
