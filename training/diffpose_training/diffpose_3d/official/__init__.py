"""Official mode: the networks, the checkpoints and the step lists of the code published with the CVPR 2023 paper."""
