# SPDX-License-Identifier: MIT
# CASE: a program's batches on all engines, blits in a picture on the screen, and batches that hang

. /lab/dom0/gpu.sh
gpu_judged gpu gpu
assert_clean
