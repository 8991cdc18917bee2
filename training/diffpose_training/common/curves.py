"""Curves of a training run."""

import json
from pathlib import Path

from .degrade import KINDS

STYLES = {"conv": ":", "s1": "--"}  # of the heads that are compared with the model's last answer


def plot(log: Path, target: Path) -> None:
    """Of the lines of a run log: loss, and how far AP on the validation sets lies above MoveNet's."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    lines = [json.loads(line) for line in log.read_text().splitlines()]
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4))
    left.plot([x["step"] for x in lines], [x["loss"] for x in lines], label="loss")
    left.set(xlabel="step", yscale="log", title=log.stem)
    for key in sorted({k for x in lines for k in x if "_ap_" in k and not k.endswith("_movenet")}):
        stem, who = key.rsplit("_", 1)
        place, kind = stem.removeprefix("val_").split("_ap_")
        some = [(x["step"], x[key] - x[f"{stem}_movenet"]) for x in lines if key in x and f"{stem}_movenet" in x]
        if some:
            colour, marker = f"C{('all', *KINDS).index(kind)}", "x" if place.startswith("real") else "o"
            label = ", ".join([place, kind, *([who] if who != "ours" else [])])
            right.plot(*zip(*some), STYLES.get(who, "-"), marker=marker, color=colour, markersize=3, label=label)
    right.set(xlabel="step", ylabel="AP above MoveNet's decoding")
    if right.lines:
        right.legend(fontsize=6, ncols=2)
    for axes in (left, right):
        axes.grid(True, which="both", alpha=0.3)
    figure.savefig(target, dpi=100, bbox_inches="tight")
    pyplot.close(figure)
