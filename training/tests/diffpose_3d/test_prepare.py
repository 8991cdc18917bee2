"""The capture reader on a made-up skeleton."""

import numpy as np

from diffpose_training.diffpose_3d.data import Mocap
from diffpose_training.diffpose_3d.prepare import ENDS, forward_kinematics, pieces, prepare, read_amc, read_asf, resample

CHAIN = {
    "rhipjoint": "root", "rfemur": "rhipjoint", "rtibia": "rfemur", "lhipjoint": "root", "lfemur": "lhipjoint", "ltibia": "lfemur",
    "lowerback": "root", "thorax": "lowerback", "upperneck": "thorax", "head": "upperneck", "lclavicle": "thorax",
    "lhumerus": "lclavicle", "lwrist": "lhumerus", "rclavicle": "thorax", "rhumerus": "rclavicle", "rwrist": "rhumerus",
}  # fmt: skip
WAY = {"r": "-1 0 0", "l": "1 0 0", "f": "0 -1 0", "up": "0 1 0"}


def skeleton_text() -> str:
    def way(name):
        if name.endswith(("femur", "tibia", "humerus", "wrist")):
            return WAY["f"]
        return WAY["up"] if name in ("lowerback", "thorax", "upperneck", "head") else WAY[name[0]]

    blocks = [
        f"  begin\n id {i}\n name {name}\n direction {way(name)}\n length 2.0\n axis 0 0 0 XYZ\n"
        + ("  dof rx ry rz\n" if name.endswith(("femur", "humerus")) else "") + "  end\n"
        for i, name in enumerate(ENDS)
    ]  # fmt: skip
    tree = "\n".join(f"{p} " + " ".join(c for c, q in CHAIN.items() if q == p) for p in ["root", *ENDS] if p in CHAIN.values())
    return ":units\n mass 1.0\n length 0.45\n angle deg\n:root\n:bonedata\n" + "".join(blocks) + ":hierarchy\nbegin\n" + tree + "\nend\n"


def motion_text(frames: int, bend: float = 0.0) -> str:
    lines = [":FULLY-SPECIFIED", ":DEGREES"]
    for t in range(frames):
        lines += [str(t + 1), f"root {0.01 * t} 15 0 0 0 0", f"lfemur {bend} 0 0", "rfemur 0 0 0"]
    return "\n".join(lines)


def test_forward_kinematics_of_a_straight_and_a_bent_leg():
    bone = 2.0 * 0.0254 / 0.45
    skeleton = read_asf(skeleton_text())
    joints = forward_kinematics(skeleton, read_amc(motion_text(3)))
    assert joints.shape == (3, 17, 3)
    np.testing.assert_allclose(joints[0, 4] - joints[0, 1], [0, 2 * bone, 0], atol=1e-9)  # left hip: subject's left is +y
    np.testing.assert_allclose(joints[0, 6] - joints[0, 4], [0, 0, -2 * bone], atol=1e-9)
    bent = forward_kinematics(skeleton, read_amc(motion_text(1, bend=90)))
    np.testing.assert_allclose(np.abs(bent[0, 6] - bent[0, 4]), [2 * bone, 0, 0], atol=1e-9)
    np.testing.assert_allclose(bent[0, 3] - bent[0, 1], [0, 0, -2 * bone], atol=1e-9)


def test_resampling_keeps_duration_and_glitches_are_cut_out():
    walk = np.tile(np.linspace(0, 1, 241)[:, None, None], (1, 17, 3))
    half = resample(walk, 120)
    assert len(half) == 100
    np.testing.assert_allclose(half[50], walk[120])
    half[40, 3] += 1
    parts = pieces(np.concatenate([half, half]))
    assert all(np.abs(np.diff(p, axis=0)).max() < 0.1 for p in parts) and parts


def test_prepared_files_can_be_drawn_from(tmp_path):
    (tmp_path / "01").mkdir()
    (tmp_path / "01" / "01.asf").write_text(skeleton_text())
    (tmp_path / "01" / "01_01.amc").write_text(motion_text(400))
    assert prepare(tmp_path, tmp_path / "out") == {"train": 167}
    window = Mocap(tmp_path / "out" / "train.npz").draw(np.random.default_rng(0), 3)
    assert window.joints.shape == (3, 27, 17, 3)
