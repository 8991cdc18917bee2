"""Fills stores of features from annotated clips: in turn for training, every person for a test. A stopped run goes on where it was."""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np

from .clips import Clip, clips_of, read_clips
from .feature_store import Store, Types
from .movenet import Thunder
from .windows import Window, all_windows, choose_window


@dataclass(frozen=True)
class Recipe:
    """What a store holds: arrays of one window, how they are made, and how windows are chosen."""

    types: Types
    make: Callable[[Clip, Window, Thunder, int], dict[str, np.ndarray]]
    choose: Callable[[Clip, np.random.Generator, str, int], Window | None] = choose_window


class ClipList:
    """Clips of a folder by number; folders with one annotation file each are read when asked for, so that rendering may go on."""

    def __init__(self, root: Path, expected: int | None = None, wait: bool = False, read: Callable[[Path], list[Clip]] = read_clips):
        self.root, self.expected, self.wait = root, expected, wait
        self.clips = None if expected else read(root)

    def __len__(self) -> int:
        return self.expected or len(self.clips)

    def get(self, number: int) -> Clip | None:
        """Clip `number`, or None while it is not there."""
        if self.clips is not None:
            return self.clips[number]
        file = next(self.root.glob(f"*_{number:05d}"), self.root) / "annotations.json"
        while not file.exists():
            if not self.wait:
                return None
            time.sleep(20)
            file = next(self.root.glob(f"*_{number:05d}"), self.root) / "annotations.json"
        return clips_of(file)[0]


def build(
    clips: ClipList, folder: Path, split: str, capacity: int, seed: int, thunder: Thunder, recipe: Recipe, stop_after: int | None = None
) -> int:  # fmt: skip
    """Fills (or goes on filling) a store; returns how many windows it holds."""
    store = Store(folder, capacity, recipe.types)
    count, tried = store.counts()
    begun, first = time.time(), count
    while count < store.capacity and (stop_after is None or tried < stop_after):
        number = tried % len(clips)
        clip = clips.get(number)
        if clip is None:
            print(f"clip {number} is not there yet", flush=True)
            break
        window = recipe.choose(clip, np.random.default_rng((seed, number, tried // len(clips))), split, tried)
        tried += 1
        if window is not None:
            store.write(count, recipe.make(clip, window, thunder, number))
            count += 1
        if tried % 32 == 0:
            store.save(count, tried)
        if tried % 320 == 0:
            print(f"{count} of {store.capacity} windows, {(count - first) / (time.time() - begun):.1f} a second", flush=True)
    store.save(count, tried)
    return count


def build_all(clips: list[Clip], folder: Path, every: int, thunder: Thunder, recipe: Recipe) -> int:
    """The store of a test; resumes."""
    windows = all_windows(clips, every)
    store = Store(folder, len(windows), recipe.types)
    count, _ = store.counts()
    for at in range(count, len(windows)):
        number, window = windows[at]
        store.write(at, recipe.make(clips[number], window, thunder, number))
        if at % 32 == 31 or at + 1 == len(windows):
            store.save(at + 1, at + 1)
    return len(windows)


def parser_of(doc: str, out: str, unit: str) -> argparse.ArgumentParser:
    """The command line of a program that fills stores below `out`; `unit`: what they hold."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=Path, required=True, help="folder of annotated clips or pictures, or one JSON file")
    parser.add_argument("--expect", type=int, default=None, help="how many numbered clips there will be (while they are rendered)")
    parser.add_argument("--wait", action="store_true", help="wait for clips that are not there yet")
    parser.add_argument("--out", type=Path, default=Path(out))
    parser.add_argument("--name", default=None, help="folder below OUT, default the split")
    parser.add_argument("--split", choices=["train", "val", "test"], default="train", help="val: kinds of degradation in turn, boxes exact, not mirrored; test: every person of every clip as it is")
    parser.add_argument(f"--{unit}", dest="count", type=int, default=None, help="how many; not with --split test")
    parser.add_argument("--every", type=int, default=1, help="test: only every so many frames of a clip")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--movenet", type=Path, default=None, help="pack movenet-thunder")
    return parser


def fill(args: argparse.Namespace, recipe: Recipe, read: Callable[[Path], list[Clip]] = read_clips) -> None:
    """What that command line asks for."""
    folder, thunder = args.out / (args.name or args.split), Thunder(args.movenet, args.threads)
    if args.split == "test":
        print(build_all(read(args.clips), folder, args.every, thunder, recipe))
    elif args.count is None:
        raise SystemExit(f"--split {args.split} wants a number of windows or stills")
    else:
        print(build(ClipList(args.clips, args.expect, args.wait, read), folder, args.split, args.count, args.seed, thunder, recipe))
