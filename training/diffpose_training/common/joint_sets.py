"""Joint sets by name: the same order, lines, pairs and similarity constants as the layouts of the library."""

from dataclasses import dataclass

COCO = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
    "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
# How files spell joints besides the name that is used here.
SPELLINGS = {"head_top": ("head", "top_head"), "lower_neck": ("neck",)}


@dataclass(frozen=True)
class JointSet:
    """Joints of one data set."""

    name: str
    joints: tuple[str, ...]
    limbs: tuple[tuple[int, int], ...]
    sigmas: tuple[float, ...]  # of the object keypoint similarity: a distance counts in units of 2 sigma sqrt(area)
    area: float | None = None  # share of its box that a person fills, where the data set has no areas

    @property
    def count(self) -> int:
        """How many joints."""
        return len(self.joints)

    @property
    def mirror(self) -> list[int]:
        """For each joint the joint of the other side."""
        other = {"left": "right", "right": "left"}
        swapped = ("_".join([other.get(part, part) for part in joint.split("_")]) for joint in self.joints)
        return [self.joints.index(joint) for joint in swapped]

    @property
    def from_coco(self) -> list[int]:
        """For each joint its place in COCO-17, or -1."""
        return [COCO.index(joint) if joint in COCO else -1 for joint in self.joints]

    def columns(self, names: list[str]) -> list[int]:
        """For each joint its place among the names of a file, or -1."""
        return [next((names.index(n) for n in (joint, *SPELLINGS.get(joint, ())) if n in names), -1) for joint in self.joints]


COCO17 = JointSet(
    "coco17", COCO,
    ((15, 13), (13, 11), (16, 14), (14, 12), (11, 12), (5, 11), (6, 12), (5, 6), (5, 7), (6, 8), (7, 9), (8, 10), (1, 2), (0, 1), (0, 2),
     (1, 3), (2, 4), (3, 5), (4, 6)),
    (0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089),
)  # fmt: skip
CROWDPOSE14 = JointSet(
    "crowdpose14",
    ("left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
     "right_knee", "left_ankle", "right_ankle", "head_top", "lower_neck"),
    ((10, 8), (8, 6), (11, 9), (9, 7), (6, 7), (0, 6), (1, 7), (0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (12, 13), (1, 13), (0, 13)),
    (0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089, 0.089, 0.079, 0.079),
    area=0.53,
)  # fmt: skip
AIC14 = JointSet(
    "aic14",
    ("right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist", "right_hip", "right_knee", "right_ankle",
     "left_hip", "left_knee", "left_ankle", "head_top", "lower_neck"),
    ((2, 1), (1, 0), (0, 13), (13, 3), (3, 4), (4, 5), (8, 7), (7, 6), (6, 9), (9, 10), (10, 11), (12, 13), (0, 6), (3, 9)),
    (0.01388152, 0.01515228, 0.01057665, 0.01417709, 0.01497891, 0.01402144, 0.03909642, 0.03686941, 0.01981803, 0.03843971, 0.03412318,
     0.02415081, 0.01291456, 0.01236173),
    area=0.53,
)  # fmt: skip
JOINT_SETS = {s.name: s for s in (COCO17, CROWDPOSE14, AIC14)}
