"""Reads our TRC, BVH and CSV files with other people's readers and compares positions.

    python -m venv VENV && VENV/bin/pip install numpy pandas opensim trc-data-reader bvhio pybvh
    deno run -A tests/formats/write_for_python.ts OUT [poses.ndjson]
    VENV/bin/python tests/formats/check_with_python.py OUT

Blender's own importer is asked as well where the package `bpy` is there (Python 3.11: bpy 4.5, in an environment of its own, as it
wants numpy 1). Readers that are not
installed are named and passed over; the exit code is 1 where one finds other positions than we wrote, or none is there.
"""
import contextlib
import io
import json
import pathlib
import sys

import numpy as np

# What the files round to: six decimals of metres; 0.00005 degrees along six bones of below half a metre.
TRC_TOLERANCE = 0.51e-6
BVH_TOLERANCE = 5e-6
# Blender computes poses in single precision.
BLENDER_TOLERANCE = 1e-4

MARKERS = "Hip RHip RKnee RAnkle LHip LKnee LAnkle Spine Neck HeadBase Head LShoulder LElbow LWrist RShoulder RElbow RWrist".split()
BVH_JOINTS = (
    "Hips RightUpLeg RightLeg RightFoot LeftUpLeg LeftLeg LeftFoot Spine Spine1 Neck1 Head"
    " LeftArm LeftForeArm LeftHand RightArm RightForeArm RightHand"
).split()


def trc_opensim(path):
    import opensim

    table = opensim.TimeSeriesTableVec3(str(path))
    labels = list(table.getColumnLabels())
    assert labels == MARKERS, labels
    rate = float(table.getTableMetaDataString("DataRate"))
    rows = []
    for row in range(table.getNumRows()):
        vectors = table.getRowAtIndex(row)
        rows.append([[vectors[m][axis] for axis in range(3)] for m in range(len(labels))])
    return rate, np.array(rows)


def trc_pose2sim(path):
    """As Pose2Sim, Sports2D and many scripts do it: five lines skipped by hand, the rest with pandas."""
    import pandas

    with open(path) as file:
        header = [next(file) for _ in range(5)]
    names = [name.strip() for name in header[3].split("\t")[2::3] if name.strip()]
    assert names == MARKERS, names
    table = pandas.read_csv(path, sep="\t", skiprows=4, encoding="utf-8")
    table = table.drop(table.columns[[0, 1]], axis=1)
    assert not any(str(name).startswith("Unnamed") for name in table.columns), table.columns
    return float(header[2].split("\t")[0]), table.to_numpy(dtype=float).reshape(len(table), -1, 3)


def trc_data_reader(path):
    from trc import TRCData

    data = TRCData()
    data.load(str(path))
    assert data["Markers"] == MARKERS, data["Markers"]
    rows = np.full((data["NumFrames"], len(MARKERS), 3), np.nan)
    for i, frame in enumerate(data["Frame#"]):
        _, markers = data[frame]
        for m, marker in enumerate(markers):
            if len(marker) == 3:
                rows[i, m] = marker
    return float(data["DataRate"]), rows


def bvh_pybvh(path):
    from pybvh import read_bvh_file

    clip = read_bvh_file(str(path))
    index = clip.node_index
    return 1 / clip.frame_time, clip.node_positions()[:, [index[name] for name in BVH_JOINTS]]


def bvh_bvhio(path):
    import bvhio

    with contextlib.redirect_stdout(io.StringIO()):
        root = bvhio.readAsHierarchy(str(path))
        rate = 1 / bvhio.readAsBvh(str(path)).FrameTime
    rows = []
    for frame in range(root.getKeyframeRange()[1] + 1):
        root.loadPose(frame, recursive=True)
        places = {joint.Name: joint.PositionWorld for joint, _, _ in root.layout()}
        rows.append([[places[name].x, places[name].y, places[name].z] for name in BVH_JOINTS])
    return rate, np.array(rows)


def bvh_blender(path):
    import bpy

    bpy.ops.wm.read_factory_settings(use_empty=True)
    with contextlib.redirect_stdout(io.StringIO()):
        import addon_utils

        addon_utils.enable("io_anim_bvh", default_set=False)
        bpy.ops.import_anim.bvh(
            filepath=str(path), update_scene_fps=True, update_scene_duration=True, rotate_mode="NATIVE", axis_up="Y", axis_forward="-Z"
        )
    rig = bpy.context.object
    scene = bpy.context.scene
    rows = []
    first, last = rig.animation_data.action.frame_range
    for frame in range(int(first), int(last) + 1):
        scene.frame_set(frame)
        heads = [rig.matrix_world @ rig.pose.bones[name].head for name in BVH_JOINTS]
        # Blender is z up: its importer turns y into z.
        rows.append([[v.x, v.z, -v.y] for v in heads])
    return scene.render.fps / scene.render.fps_base, np.array(rows)


def check_csv(path, expected):
    import pandas

    table = pandas.read_csv(path)
    joints = expected["joints"]
    far = 0.0
    count = 0
    for name, frames in expected["files"].items():
        if not name.endswith(".trc"):
            continue
        number = int(name.split("person")[1].split(".")[0]) if "person" in name else 1
        rows = table[table["person"] == number]
        for _, row in rows.iterrows():
            wanted = np.array([[np.nan] * 3 if p is None else p for p in frames[int(row["frame"]) - int(table["frame"].iloc[0])]], dtype=float)
            found = np.array([[row[f"{j}_x3"], -row[f"{j}_y3"], -row[f"{j}_z3"]] for j in joints], dtype=float)
            assert (np.isnan(found) == np.isnan(wanted)).all(), name
            far = max(far, np.nanmax(np.abs(found - wanted)))
            count += np.isfinite(found).all(axis=1).sum()
    return far, count


def main(folder):
    expected = json.loads((folder / "expected.json").read_text())
    readers = {
        ".trc": [(trc_opensim, TRC_TOLERANCE), (trc_pose2sim, TRC_TOLERANCE), (trc_data_reader, TRC_TOLERANCE)],
        ".bvh": [(bvh_pybvh, BVH_TOLERANCE), (bvh_bvhio, BVH_TOLERANCE), (bvh_blender, BLENDER_TOLERANCE)],
    }
    failed, asked = 0, 0
    for name, frames in expected["files"].items():
        path = folder / name
        wanted = np.array([[[np.nan] * 3 if p is None else p for p in frame] for frame in frames], dtype=float)
        for reader, tolerance in readers[path.suffix]:
            try:
                rate, found = reader(path)
            except ImportError as error:
                print(f"{name:24} {reader.__name__:16} not installed ({error.name})")
                continue
            asked += 1
            there = np.isfinite(wanted).all(axis=2)
            same = found.shape == wanted.shape and abs(rate - expected["fps"]) < 1e-3
            if path.suffix == ".trc":
                same = same and (np.isfinite(found).all(axis=2) == there).all()
            else:
                # BVH holds the last pose where the person or the point is not there.
                same = same and np.isfinite(found).all()
            far = np.abs(found - wanted)[there].max() if same else np.inf
            good = far <= tolerance
            failed += not good
            print(f"{name:24} {reader.__name__:16} {there.sum():6} points, off by {far * 1000:.6f} mm at most, {rate:.4g} frames/s{'' if good else '  WRONG'}")
    try:
        far, count = check_csv(folder / "poses.csv", expected)
        failed += far != 0
        print(f"{'poses.csv':24} {'pandas':16} {count:6} points, off by {far * 1000:.6f} mm at most{'' if far == 0 else '  WRONG'}")
    except ImportError as error:
        print(f"{'poses.csv':24} {'pandas':16} not installed ({error.name})")
    return 1 if failed or asked == 0 else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
