"""Writes conversions.txt: what is copied, derived, missing and lost between every two layouts.

    python3 tests/skeleton/conversions.py > tests/skeleton/conversions.txt

Typed apart from the library, from the lists of the data sets and tools and from the weights below, worked out by hand from the
heights 0 shoulders, .2 thorax, .3 lower neck, .55 upper neck, .91 neck and nose, 1 ears, 1.41 head, 1.57 head top:
the point t between a and b has the weights (b - t) / (b - a) and (t - a) / (b - a).
"""


def limbs(side: str, *parts: str) -> list[str]:
    return [f"{side}_{part}" for part in parts]


def pairs(*parts: str) -> list[str]:
    return [f"{side}_{part}" for part in parts for side in ("left", "right")]


ARM, LEG = ("shoulder", "elbow", "wrist"), ("hip", "knee", "ankle")
BODY = pairs(*ARM, *LEG)
MPII_LEGS = ["right_ankle", "right_knee", "right_hip", "left_hip", "left_knee", "left_ankle"]
MPII_ARMS = ["right_wrist", "right_elbow", "right_shoulder", "left_shoulder", "left_elbow", "left_wrist"]
ARMS_25 = ["nose", "mid_shoulder", *limbs("right", *ARM), *limbs("left", *ARM)]
FACE_25 = ["right_eye", "left_eye", "right_ear", "left_ear"]

LAYOUTS = {
    "coco17": ["nose", *pairs("eye", "ear"), *BODY],
    "h36m17": ["pelvis", *limbs("right", *LEG), *limbs("left", *LEG), "spine", "thorax", "neck", "head",
               *limbs("left", *ARM), *limbs("right", *ARM)],
    "posetrack18": ["nose", "upper_neck", "head_top", *pairs("ear"), *BODY],
    "posetrack15": [*MPII_LEGS, *MPII_ARMS, "upper_neck", "nose", "head_top"],
    "mpii16": [*MPII_LEGS, "pelvis", "thorax", "upper_neck", "head_top", *MPII_ARMS],
    "crowdpose14": [*BODY, "head_top", "lower_neck"],
    "aic14": [*limbs("right", *ARM), *limbs("left", *ARM), *limbs("right", *LEG), *limbs("left", *LEG),
              "head_top", "lower_neck"],
    "body25": [*ARMS_25, "pelvis", *limbs("right", *LEG), *limbs("left", *LEG), *FACE_25,
               *limbs("left", "big_toe", "small_toe", "heel"), *limbs("right", "big_toe", "small_toe", "heel")],
    "coco18": [*ARMS_25, *limbs("right", *LEG), *limbs("left", *LEG), *FACE_25],
}

SHOULDERS, EARS, HIPS = pairs("shoulder"), pairs("ear"), pairs("hip")


def both(weight: float, names: list[str]) -> dict[str, float]:
    return {name: weight for name in names}


HIP = {"pelvis": both(0.5, HIPS)}
SHOULDER = {"mid_shoulder": both(0.5, SHOULDERS), "thorax": both(0.5, SHOULDERS)}
SPINE = {"spine": {**both(0.25, HIPS), **both(0.25, SHOULDERS)}}

# From COCO's face and shoulders.
FACE = {
    **HIP, **SHOULDER, **SPINE,
    "neck": {**both(0.045, SHOULDERS), **both(0.455, EARS)},
    "head": {"nose": 0.111, "left_eye": 0.111, "right_eye": 0.111, "left_ear": 0.333, "right_ear": 0.333},
    "upper_neck": {**both(0.225, SHOULDERS), **both(0.275, EARS)},
    "lower_neck": {**both(0.35, SHOULDERS), **both(0.15, EARS)},
    "head_top": {**both(-0.285, SHOULDERS), **both(0.785, EARS)},
}
# From Human3.6M's spine.
SPINAL = {
    **SHOULDER,
    "nose": {"neck": 1},
    "lower_neck": {"thorax": 0.859, "neck": 0.141},
    "upper_neck": {"thorax": 0.507, "neck": 0.493},
    "head_top": {"neck": -0.32, "head": 1.32},
}
# From the head segment of MPII and PoseTrack.
UPPER = {
    **HIP, **SHOULDER, **SPINE,
    "nose": {"upper_neck": 0.647, "head_top": 0.353},
    "neck": {"upper_neck": 0.647, "head_top": 0.353},
    "head": {"upper_neck": 0.157, "head_top": 0.843},
    "lower_neck": {**both(0.227, SHOULDERS), "upper_neck": 0.545},
}
MPII = {**UPPER, "spine": {"pelvis": 0.5, "thorax": 0.5}, "lower_neck": {"thorax": 0.714, "upper_neck": 0.286}}
# From neck and head top of CrowdPose and AI Challenger.
LOWER = {
    **HIP, **SHOULDER, **SPINE,
    "nose": {"lower_neck": 0.52, "head_top": 0.48},
    "neck": {"lower_neck": 0.52, "head_top": 0.48},
    "head": {"lower_neck": 0.126, "head_top": 0.874},
    "upper_neck": {"lower_neck": 0.803, "head_top": 0.197},
}
GIVES = {
    "coco17": FACE, "coco18": FACE, "body25": FACE, "h36m17": SPINAL, "posetrack18": UPPER, "posetrack15": UPPER,
    "mpii16": MPII, "crowdpose14": LOWER, "aic14": LOWER,
}


def formula(weights: dict[str, float]) -> str:
    text = ""
    for name, weight in weights.items():
        sign = ("-" if weight < 0 else "") if not text else (" - " if weight < 0 else " + ")
        text += sign + ("" if weight == 1 else f"{abs(weight):g} ") + name
    return text


def main() -> None:
    for source, have in LAYOUTS.items():
        for target, want in LAYOUTS.items():
            copied = [joint for joint in want if joint in have]
            derived = [joint for joint in want if joint not in have and joint in GIVES[source]]
            used = {name for joint in derived for name in GIVES[source][joint]} | set(copied)
            missing = [joint for joint in want if joint not in have and joint not in derived]
            lost = [joint for joint in have if joint not in used]
            print(f"{source} -> {target}")
            print(f"  copied {len(copied)}: {', '.join(copied)}")
            for joint in derived:
                print(f"  derived: {joint} = {formula(GIVES[source][joint])}")
            for word, joints in (("missing", missing), ("lost", lost)):
                if joints:
                    print(f"  {word} {len(joints)}: {', '.join(joints)}")


if __name__ == "__main__":
    main()
