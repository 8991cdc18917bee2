"""CMU motion capture files (ASF skeleton, AMC motion) to the three arrays that training reads.

    python -m diffpose_training.diffpose_3d.prepare CMU OUT

CMU holds one folder a subject, as mocap.cs.cmu.edu and its mirrors give them: CMU/01/01.asf, CMU/01/01_01.amc, ...
OUT gets train.npz, val.npz and test.npz, split by subject: rel, root, start, subject, name, kind, fps (see data.py).
"""

import argparse
import re
from pathlib import Path

import numpy as np

SPLIT = {
    "train": {1, 5, 14, 16, 26, 27, 32, 35, 38, 43, 60, 61, 85, 113, 127, 135, 139, 140, 143},
    "val": {3, 7, 17, 45, 46, 47, 55, 118, 131, 133, 141},
    "test": {8, 10, 11, 12, 13, 94, 114, 144},
}
AT_60_HZ = {33, 34, 60, 61, 62, 74, 75, 77, 79, 80, 87, 88, 89}  # the other subjects were captured at 120
FPS = 50
FASTEST = 18.0  # m/s; a joint beyond is a glitch and ends the clip
SHORTEST = 53  # frames: one window at half rate
# ASF bones whose ends are joints 1..16 (joint 0 is the middle of 1 and 4).
ENDS = (
    "rhipjoint rfemur rtibia lhipjoint lfemur ltibia lowerback thorax upperneck head "
    "lclavicle lhumerus lwrist rclavicle rhumerus rwrist"
).split()


def rotation(degrees: np.ndarray) -> np.ndarray:
    """Rz Ry Rx (..., 3, 3) of angles (..., 3) about x, y, z."""
    x, y, z = np.moveaxis(np.radians(degrees), -1, 0)
    (cx, cy, cz), (sx, sy, sz) = (f([x, y, z]) for f in (np.cos, np.sin))
    rows = [
        cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx, sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx,
        -sy, cy * sx, cy * cx,
    ]  # fmt: skip
    return np.stack(rows, -1).reshape(*x.shape, 3, 3)


def read_asf(text: str) -> tuple[dict, dict, float]:
    """Bones (offset in metres, axis rotation, degrees of freedom), parents, and metres per file unit."""
    unit = 0.0254 / float(re.search(r"length\s+([\d.]+)", text)[1])
    bones, parent = {}, {}
    for block in text[text.index(":bonedata") : text.index(":hierarchy")].split("begin")[1:]:
        fields = dict(re.findall(r"^\s*(\w+)\s+(.*?)\s*$", block, re.M))
        offset = np.array(fields["direction"].split(), float) * float(fields["length"].split()[0]) * unit
        bones[fields["name"]] = (offset, rotation(np.array(fields["axis"].split()[:3], float)), fields.get("dof", "").split())
    for line in text[text.index(":hierarchy") :].splitlines():
        words = line.split()
        if len(words) > 1 and (words[0] == "root" or words[0] in bones):
            parent |= {child: words[0] for child in words[1:]}
    return bones, parent, unit


def read_amc(text: str) -> dict[str, np.ndarray]:
    """Channels (T, .) of every bone."""
    columns: dict[str, list] = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1 and not words[0].startswith((":", "#")):
            columns.setdefault(words[0], []).append([float(x) for x in words[1:]])
    frames = min(len(rows) for rows in columns.values())
    return {bone: np.array(rows[:frames]) for bone, rows in columns.items()}


def forward_kinematics(skeleton: tuple[dict, dict, float], motion: dict[str, np.ndarray]) -> np.ndarray:
    """Joints (T, 17, 3) in metres, z up."""
    bones, parent, unit = skeleton
    root = motion["root"]  # x y z rx ry rz
    turn, place = {"root": rotation(root[:, 3:])}, {"root": root[:, :3] * unit}
    waiting = list(parent)
    while waiting:
        bone = waiting.pop(0)
        if parent[bone] not in turn:
            waiting.append(bone)
            continue
        offset, axis, freedom = bones[bone]
        angles = np.zeros((len(root), 3))
        for i, name in enumerate(freedom if bone in motion else ()):
            angles[:, "xyz".index(name[1])] = motion[bone][:, i]
        turn[bone] = turn[parent[bone]] @ axis @ rotation(angles) @ axis.T
        place[bone] = place[parent[bone]] + turn[bone] @ offset
    joints = np.stack([place[ENDS[0]], *(place[name] for name in ENDS)], 1)
    joints[:, 0] = (joints[:, 1] + joints[:, 4]) / 2
    return joints[..., [2, 0, 1]]  # y up -> z up, still right-handed


def resample(joints: np.ndarray, fps: float) -> np.ndarray:
    """To 50 frames a second, linearly."""
    time = np.arange(0, len(joints) - 1, fps / FPS)
    low = time.astype(int)
    part = (time - low)[:, None, None]
    return (1 - part) * joints[low] + part * joints[np.minimum(low + 1, len(joints) - 1)]


def pieces(joints: np.ndarray) -> list[np.ndarray]:
    """The clip without glitches and two frames on either side of each; short rests are dropped."""
    fast = np.linalg.norm(np.diff(joints, axis=0), axis=-1).max(-1) * FPS > FASTEST
    bad = np.convolve(np.concatenate([fast, [False]]), np.ones(5), "same") > 0
    runs = np.split(np.arange(len(joints)), np.flatnonzero(np.diff(bad)) + 1)
    return [joints[run] for run in runs if not bad[run[0]] and len(run) >= SHORTEST]


def prepare(cmu: Path, out: Path) -> dict[str, int]:
    """Writes all splits; returns their numbers of frames."""
    out.mkdir(parents=True, exist_ok=True)
    frames = {}
    for split, subjects in SPLIT.items():
        clips, names, owners = [], [], []
        for subject in sorted(subjects):
            folder = cmu / f"{subject:02d}"
            if not (folder / f"{subject:02d}.asf").exists():
                continue
            skeleton = read_asf((folder / f"{subject:02d}.asf").read_text(errors="replace"))
            for file in sorted(folder.glob("*.amc")):
                joints = forward_kinematics(skeleton, read_amc(file.read_text(errors="replace")))
                for piece in pieces(resample(joints, 60 if subject in AT_60_HZ else 120)):
                    clips.append(piece), names.append(file.stem), owners.append(subject)
        if not clips:
            continue
        joints = np.concatenate(clips)
        np.savez_compressed(
            out / f"{split}.npz", rel=(joints - joints[:, :1]).astype(np.float16), root=joints[:, 0].astype(np.float32),
            start=np.concatenate([[0], np.cumsum([len(c) for c in clips])]).astype(np.int32), subject=np.array(owners, np.int16),
            name=np.array(names), kind=np.array(["amc"] * len(clips)), fps=np.float32(FPS),
        )  # fmt: skip
        frames[split] = len(joints)
    return frames


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cmu", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    print(prepare(args.cmu, args.out))


if __name__ == "__main__":
    main()
