"""For those who come from another library: its names over Motifleet's kernels.

`motifleet.compat.stumpy` stands in for stumpy: change the import, keep the code.
"""
