"""What the manifests of packs have in common."""

import json
from pathlib import Path

from .graphs import sha256

DATA = (
    "clips rendered from CC0 bodies, clothes and pictures, moved by motions of the CMU Graphics Lab Motion Capture Database (mocap.cs.cmu.edu), "
    "with degradations; real clips under permissive licences (CC BY 4.0 Intel Corporation, BSD 3-Clause pose2sim, Apache-2.0 tfjs-models) "
    "with labels of MoveNet thunder"
)
DATA_LICENSE = "CC0; CMU: free for research and commercial projects, do not resell the data; CC BY 4.0, BSD 3-Clause, Apache-2.0"


def value(name: str, shape: list) -> dict:
    """One input or output."""
    return {"name": name, "dtype": "float32", "shape": shape}


def values(shapes: dict[str, tuple[int, ...]], axis: str) -> list[dict]:
    """Inputs or outputs with a first axis of that name."""
    return [value(name, [axis, *shape]) for name, shape in shapes.items()]


def graph_entries(files: dict[str, dict[str, Path]], ports: dict[str, dict], optimised: tuple[str, ...] = ()) -> dict:
    """Files of each graph by dtype, and its ports. `optimised`: dtypes whose files hold the runtime's optimisation."""

    def entry(dtype: str, file: Path) -> dict:
        return {"file": file.name, "bytes": file.stat().st_size, "sha256": sha256(file)} | ({"optimised": True} if dtype in optimised else {})

    return {name: {dtype: entry(dtype, file) for dtype, file in by_dtype.items()} | ports[name] for name, by_dtype in files.items()}


def report_rows(result: dict, table: str, methods: tuple[str, ...]) -> list[dict]:
    """Accuracy as a report's table of methods and sets says it; `methods`: those that count."""
    return [
        {"split": f"{result['split']}, {name}", "method": method, "metric": "OKS AP", "value": row["oks"]["AP"], "unit": "%", "command": result["command"]}
        for method in methods for name, row in result[table].get(method, {}).items()
    ]  # fmt: skip


def log_rows(log: Path, program: str) -> list[dict]:
    """Accuracy as the last validation of a run log says it."""
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    last = next((line for line in reversed(lines) if any(key.startswith("val_") for key in line)), {})
    out = []
    for key, figure in last.items():
        place, found, rest = key.removeprefix("val_").partition("_ap_")
        if found:
            kind, method = rest.rsplit("_", 1)
            out.append({
                "split": f"{place}, {kind}", "method": method.replace("ours", "model"), "metric": "OKS AP, all scores equal", "value": round(figure, 2),
                "unit": "%", "command": f"python -m diffpose_training.{program}.train",
            })  # fmt: skip
    return out


def accuracy_rows(report: Path, log: Path, program: str, table: str, methods: tuple[str, ...]) -> list[dict]:
    """Those of the report, or before there is one those of the run log."""
    return report_rows(json.loads(report.read_text()), table, methods) if report.exists() else log_rows(log, program)
