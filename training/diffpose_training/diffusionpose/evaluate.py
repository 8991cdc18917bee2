"""The tables of the report, from annotated pictures whose boxes are given to every method.

    python -m diffpose_training.diffusionpose.evaluate --sets synth=synth_test real=person_keypoints.json

Caches the features below CACHE/test_*, runs RUNS/model.pt, every ablation RUNS/ab_*.pt and the baseline RUNS/plain.pt that exist, and writes
REPORTS/diffusionpose.{md,json,png}. The test split is for the end; `--split-name val` and clips of val for anything before.
"""

from pathlib import Path

import numpy as np
import torch

from ..common.heatmap_sigma import read_scales
from ..common.joint_sets import JointSet
from ..common.movenet import Thunder
from ..common.report import parser_of, prepare, report_file, write_report
from ..common.scene import Scene, dtype_table
from ..common.trainer import trained_steps
from .predict import ensembles, load_model, predict
from .report import markdown
from .sampler import DEFAULT, START
from .stills import read_people, stills_of

STEP_COUNTS, STARTS = (0, 1, 2, 3, 5), (50, 100, 200, 300, 500)
HYPOTHESES = (1, 3, 5)
RANDOM_STEPS = {"noise": (1, 2, 5), "coarse": (1, 2, 3)}  # of the samplers with chance


def scene_of(name: str, source: Path, cache: Path, every: int, joints: JointSet, thunder: Thunder) -> Scene:
    """A set of pictures."""
    folder = cache / (f"test_{name}" if joints.name == "coco17" else f"test_{name}_{joints.name}")
    return Scene(name, read_people(source, joints), folder, every, thunder, stills_of(joints), predict, joints)


def main_table(model, plain, scenes: list[Scene], people: int | None) -> dict:
    """Every method on every set."""
    table = {"movenet": {scene.name: scene.movenet(scene.rows(people)) for scene in scenes}}
    if plain is not None:
        table["plain"] = {scene.name: scene.run(plain, scene.rows(people), steps=0) for scene in scenes}
    for steps in STEP_COUNTS:
        table[f"s{steps}" if steps else "conv"] = {scene.name: scene.run(model, scene.rows(people), steps=steps) for scene in scenes}
    return table


def ensemble_table(model, scene: Scene, rows: np.ndarray, sampler: str) -> dict:
    """Steps and hypotheses of a sampler with chance."""
    out = {}
    for steps in RANDOM_STEPS[sampler]:
        points = ensembles(model, scene.cached, rows, HYPOTHESES, steps=steps, sampler=sampler).numpy()
        out |= {f"{steps}, {count}": scene.score(points[:, k], rows) for k, count in enumerate(HYPOTHESES)}
    return out


def dial_tables(model, scene: Scene, rows: np.ndarray) -> dict:
    """Where samplers start, what they are fed, and hypotheses: one model, one set."""
    return {
        "scene": scene.name, "people": len(rows),
        "start": {t: scene.run(model, rows, steps=2, start=t) for t in STARTS},
        "fed": {"drawn again": scene.run(model, rows, steps=2, again=True), "as answered": scene.run(model, rows, steps=2, again=False)},
        **{sampler: ensemble_table(model, scene, rows, sampler) for sampler in RANDOM_STEPS},
    }  # fmt: skip


def ablation_table(runs: Path, scene: Scene, rows: np.ndarray) -> dict:
    """Convolution head, one and two steps of each network that was trained with a small budget."""
    out = {}
    for file in sorted(runs.glob("ab_*.pt")):
        model = load_model(file)
        out[file.stem] = {"steps": trained_steps(file)} | {str(steps): scene.run(model, rows, steps=steps) for steps in (0, 1, 2)}
    return out


def main() -> None:
    parser = parser_of(__doc__, "diffusionpose", most=150)
    parser.add_argument("--sets", nargs="+", required=True, metavar="NAME=PATH", help="folders of annotated clips or pictures, or JSON files")
    parser.add_argument("--name", default="model")
    parser.add_argument("--dial", default=None, help="set of the tables below the first, default the first one")
    parser.add_argument("--people", type=int, default=None, help="at most so many of each set, to try the program out")
    args = parser.parse_args()
    thunder = prepare(args)
    file = args.runs / f"{args.name}.pt"
    model, plain = load_model(file), args.runs / "plain.pt"
    named = [part.partition("=") for part in args.sets]
    scenes = [scene_of(name, Path(path), args.cache, args.every, model.config.set, thunder) for name, _, path in named]
    dial = next((scene for scene in scenes if scene.name == args.dial), scenes[0])
    result = {
        "command": f"python -m diffpose_training.diffusionpose.evaluate --sets {' '.join(name + '=PATH' for name, _, _ in named)} --every {args.every} --most {args.most}",
        "split": args.split_name, "default": {**DEFAULT, "start": START}, "torch": torch.__version__,
        "people": {scene.name: len(scene.rows(args.people)) for scene in scenes},
        "trainedSteps": {f.stem: trained_steps(f) for f in (file, plain) if f.exists()},
        "main": main_table(model, load_model(plain) if plain.exists() else None, scenes, args.people),
    }  # fmt: skip
    if not args.quick:
        rows = dial.rows(min(args.most, args.people or args.most))
        result["dials"] = dial_tables(model, dial, rows)
        result["ablations"] = ablation_table(args.runs, dial, rows)
        result["dtypes"] = dtype_table(args.pack, model.config, dial, rows, args.threads, **DEFAULT)
        result["errorBars"] = read_scales(args.runs)
    write_report(report_file(args.reports, "diffusionpose", args.split_name), result, markdown, file.with_suffix(".jsonl"))


if __name__ == "__main__":
    main()
