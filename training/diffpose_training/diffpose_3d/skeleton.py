"""The two 17-point skeletons, their symmetries and the graph of the pose networks."""

import numpy as np

JOINTS = 17
# H36M-17: 0 hip, 1-3 right leg, 4-6 left leg, 7 spine, 8 thorax, 9 skull base, 10 head, 11-13 left arm, 14-16 right arm.
PARENT = (-1, 0, 1, 2, 0, 4, 5, 0, 7, 8, 9, 8, 11, 12, 8, 14, 15)
BONES = tuple((p, j) for j, p in enumerate(PARENT) if p >= 0)
MIRROR = (0, 4, 5, 6, 1, 2, 3, 7, 8, 9, 10, 14, 15, 16, 11, 12, 13)
H36M_NAMES = (
    "hip rhip rknee rfoot lhip lknee lfoot spine thorax neck head lshoulder lelbow lwrist rshoulder relbow rwrist".split()
)

# COCO-17: 0 nose, 1/2 left/right eye, 3/4 ears, 5/6 shoulders, 7/8 elbows, 9/10 wrists, 11/12 hips, 13/14 knees, 15/16 ankles.
COCO_MIRROR = (0, 2, 1, 4, 3, 6, 5, 8, 7, 10, 9, 12, 11, 14, 13, 16, 15)
COCO_SIGMAS = np.array([26, 25, 25, 35, 35, 79, 79, 72, 72, 62, 62, 107, 107, 87, 87, 89, 89]) / 1000
# For every copied H36M joint its COCO point.
H36M_FROM_COCO = {1: 12, 2: 14, 3: 16, 4: 11, 5: 13, 6: 15, 11: 5, 12: 7, 13: 9, 14: 6, 15: 8, 16: 10}
DERIVED = (0, 7, 8, 9, 10)


def chebyshev_basis() -> np.ndarray:
    """T0, T1, T2 of the skeleton graph, (3, 17, 17): L = I - A, A = row-normalised adjacency with self loops (order 2)."""
    adjacency = np.eye(JOINTS)
    for a, b in BONES:
        adjacency[a, b] = adjacency[b, a] = 1
    laplacian = np.eye(JOINTS) - adjacency / adjacency.sum(1, keepdims=True)
    return np.stack([np.eye(JOINTS), laplacian, 2 * laplacian @ laplacian - np.eye(JOINTS)]).astype(np.float32)
