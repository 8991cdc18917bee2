"""Reports: their tables, their command line, their files."""

import argparse
import json
from pathlib import Path
from typing import Callable

import torch

from .curves import plot
from .movenet import Thunder


def table(head: list[str], rows: list[list]) -> str:
    """One Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(x) for x in line) + " |" for line in lines) + "\n"


def parser_of(doc: str, system: str, most: int) -> argparse.ArgumentParser:
    """The command line of a program that writes a report."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=3, help="every so many frames of a clip")
    parser.add_argument("--cache", type=Path, default=Path(f"runs/{system}/cache"))
    parser.add_argument("--runs", type=Path, default=Path(f"runs/{system}"))
    parser.add_argument("--pack", type=Path, default=Path("../models") / system.replace("_", "-"))
    parser.add_argument("--reports", type=Path, default=Path("reports"))
    parser.add_argument("--split-name", default="test")
    parser.add_argument("--most", type=int, default=most, help="people of the tables below the first")
    parser.add_argument("--quick", action="store_true", help="only the first table")
    parser.add_argument("--threads", type=int, default=2)
    return parser


def prepare(args: argparse.Namespace) -> Thunder:
    """Threads, and MoveNet for features that are not stored yet."""
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    return Thunder(threads=args.threads)


def report_file(reports: Path, system: str, split: str) -> Path:
    """The figures of a report; those of other splits than the test split have a name of their own."""
    return reports / (f"{system}.json" if split == "test" else f"{system}_{split}.json")


def write_report(file: Path, result: dict, markdown: Callable[[dict], str], log: Path | None = None) -> None:
    """Figures as JSON, tables as Markdown, and the curves of the run that they are about."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(result, indent=1) + "\n")
    file.with_suffix(".md").write_text(markdown(result))
    if log is not None and log.exists():
        plot(log, file.with_suffix(".png"))
    print(markdown(result))
