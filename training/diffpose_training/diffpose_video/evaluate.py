"""The tables of the report, from test clips whose boxes are given to every method.

    python -m diffpose_training.diffpose_video.spoil_clips --clips TEST --out runs/diffpose_video/spoilt --kinds clean blur occlusion small dark mixed
    python -m diffpose_training.diffpose_video.evaluate --spoilt runs/diffpose_video/spoilt --stills person_keypoints.json

Caches the features below CACHE/test_*, runs every checkpoint RUNS/{model,conv,frames1,frames3,...}.pt that exists, and writes
REPORTS/diffpose_video.{md,json,png}. The test split is for the end; `--split-name val` and clips of val for anything before.
"""

import json
from pathlib import Path

import numpy as np
import torch

from ..common.clips import read_clips
from ..common.degrade import KINDS
from ..common.movenet import Thunder
from ..common.report import parser_of, prepare, report_file, write_report
from ..common.scene import Scene, dtype_table
from ..common.trainer import load_trained, trained_steps
from .cache import WINDOWS
from .model import DiffposeVideo, ModelConfig
from .report import markdown
from .train import predict

DEFAULT = {"sets": 3, "steps": 2}
SETS, STEP_COUNTS = (1, 5, 10, 20), (1, 2, 4, 8, 16)
ROWS = ("conv", "frames1", "frames3", "frames5", "model")  # checkpoints of the table against the start


def load_model(file: Path) -> DiffposeVideo:
    """A trained network with its averaged weights."""
    return load_trained(file, lambda settings: DiffposeVideo(ModelConfig.read(settings)))


def scene_of(name: str, source: Path, cache: Path, every: int, thunder: Thunder) -> Scene:
    """A set of clips."""
    return Scene(name, read_clips(source), cache / f"test_{name}", every, thunder, WINDOWS, predict)


def start_table(models: dict[str, DiffposeVideo], scenes: list[Scene], kept: dict[str, dict]) -> dict:
    """Every method on every set; rows of `kept` are not measured again."""

    def row(name: str, model: DiffposeVideo, **options) -> dict:
        return kept.get(name) or {scene.name: scene.run(model, scene.rows(), **DEFAULT, **options) for scene in scenes}

    table: dict[str, dict] = {"movenet": {scene.name: scene.movenet(scene.rows()) for scene in scenes}}
    table |= {name: row(name, models[name]) for name in ROWS if name in models}
    return table | {"still": row("still", models["model"], still=True)}


def kept_rows(before: dict, result: dict) -> dict[str, dict]:
    """Rows of an earlier report that this one would repeat: of networks that were trained for as many steps."""
    if any(before.get(field) != result[field] for field in ("default", "windows")):
        return {}
    steps = [report["trainedSteps"] | {"still": report["trainedSteps"].get("model")} for report in (before, result)]
    return {name: row for name, row in before["start"].items() if name in steps[0] and steps[0][name] == steps[1].get(name)}


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


def main() -> None:
    parser = parser_of(__doc__, "diffpose_video", most=150)
    parser.add_argument("--spoilt", type=Path, required=True, help="folder with one folder a kind, from spoil_clips")
    parser.add_argument("--stills", type=Path, default=None, help="annotated real pictures (COCO keypoint JSON)")
    parser.add_argument("--models", nargs="+", default=None, help="checkpoints by name, default those that exist")
    parser.add_argument("--dial", default="mixed", help="set of clips of the tables of sets, steps, start, dtype")
    parser.add_argument("--keep", action="store_true", help="keep those rows of an earlier report against the start whose checkpoints are the same")
    args = parser.parse_args()
    thunder = prepare(args)
    kinds = [kind for kind in KINDS if (args.spoilt / kind).is_dir()]
    scenes = [scene_of(kind, args.spoilt / kind, args.cache, args.every, thunder) for kind in kinds]
    if args.stills is not None:
        scenes.append(scene_of("stills", args.stills, args.cache, 1, thunder))
    names = args.models or [name for name in (*ROWS, "lmsfi_off", "lmsfi_j1", "lmsfi_all") if (args.runs / f"{name}.pt").exists()]
    models = {name: load_model(args.runs / f"{name}.pt") for name in names}
    report = report_file(args.reports, "diffpose_video", args.split_name)
    result = {
        "command": f"python -m diffpose_training.diffpose_video.evaluate --every {args.every} --dial {args.dial} --most {args.most}",
        "split": args.split_name, "default": DEFAULT, "torch": torch.__version__,
        "windows": {scene.name: len(scene.cached) for scene in scenes},
        "trainedSteps": {name: trained_steps(args.runs / f"{name}.pt") for name in names},
    }  # fmt: skip
    before = json.loads(report.read_text()) if args.keep and report.exists() else {}
    result["start"] = start_table(models, scenes, kept_rows(before, result) if before else {})
    dial = next((scene for scene in scenes if scene.name == args.dial), scenes[0])
    rows = dial.rows(args.most)
    if not args.quick:
        result["dials"] = dial_tables(models["model"], dial, rows)
        lookups = {name: model for name, model in models.items() if name.startswith("lmsfi")}
        result["lmsfi"] = {name: dial.run(model, dial.rows(), **DEFAULT) for name, model in lookups.items()}
        result["dtypes"] = dtype_table(args.pack, models["model"].config, dial, rows, args.threads, **DEFAULT)
    write_report(report, result, markdown, args.runs / "model.jsonl")


if __name__ == "__main__":
    main()
